import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clock, createProgress, createSilence, type Screen } from '../../src/cli/progress.ts';

function createScreen(isTTY: boolean, columns?: number) {
  let text = '';
  const screen: Screen = {
    isTTY,
    ...(columns === undefined ? {} : { columns }),
    write: piece => {
      text += piece;
    },
  };
  return { screen, text: () => text };
}

const controlSequence = '\x1b[';

/** What stays in view of a terminal that obeys `\r`, cursor-up and erase-below. */
function view(text: string): string[] {
  const lines = [''];
  let row = 0;
  for (const piece of text.replaceAll(controlSequence, '␛').split(/(\r|\n|␛\d+[AJ])/)) {
    if (piece === '\r' || piece === '') continue;
    const up = /^␛(\d+)A$/.exec(piece);
    if (up) row -= Number(up[1]);
    else if (piece === '␛0J') lines.splice(row, lines.length, '');
    else if (piece === '\n') lines[++row] ??= '';
    else lines[row] += piece;
  }
  return lines.filter(line => line !== '');
}

describe('without a terminal', () => {
  test('there is a plain line for each stage that ended', () => {
    const { screen, text } = createScreen(false);
    const progress = createProgress(screen);
    progress.onStageStart('accept');
    progress.onStageEnd('accept', { seconds: 0, stored: false });
    progress.onStageStart('decode');
    progress.onStageProgress('decode', 0.5);
    progress.onStageEnd('decode', { seconds: 1.25, stored: false });
    progress.onDuration(60_000);
    progress.onStageEnd('transcribe', { seconds: 2, stored: false });
    progress.onStageEnd('diarize', { seconds: 2, stored: true });
    progress.clear();
    assert.equal(text(), '  decode: 1.3 s\n  transcribe: 2.0 s, 30x real time\n  diarize: stored result\n');
  });
});

describe('in a terminal', () => {
  test('stages side by side have a bar each, which become a line each', () => {
    const { screen, text } = createScreen(true, 100);
    const progress = createProgress(screen);
    progress.onDuration(60_000);
    progress.onStageStart('transcribe');
    progress.onStageStart('diarize');
    assert.deepEqual(
      view(text()).map(line => line.trim().split(' ')[0]),
      ['transcribe', 'diarize'],
    );
    assert.match(view(text())[0] ?? '', /░{24} {3}0 %$/);
    progress.onStageEnd('diarize', { seconds: 2, stored: false });
    progress.onStageEnd('transcribe', { seconds: 4, stored: false });
    assert.deepEqual(view(text()), ['  ✓ diarize    2.0 s, 30x real time', '  ✓ transcribe 4.0 s, 15x real time']);
  });

  test('a stage that is stored leaves no line, and clearing takes the bars away', () => {
    const { screen, text } = createScreen(true);
    const progress = createProgress(screen);
    progress.onStageStart('decode');
    progress.onStageEnd('decode', { seconds: 1, stored: true });
    progress.onStageStart('transcribe');
    progress.clear();
    assert.deepEqual(view(text()), []);
  });

  for (const columns of [20, 0])
    test(`no line is broken when it says that it has ${columns} columns`, () => {
      const { screen, text } = createScreen(true, columns);
      const progress = createProgress(screen);
      progress.onStageStart('transcribe');
      progress.onStageEnd('transcribe', { seconds: 12.5, stored: false });
      progress.onStageStart('summarize');
      assert.ok(view(text()).every(line => line.length < (columns || 80)));
    });
});

test('silence says nothing', () => {
  const silence = createSilence();
  silence.onStageStart('decode');
  silence.onStageEnd('decode', { seconds: 1, stored: false });
  silence.clear();
});

test('a clock has hours only where there are some', () => {
  assert.deepEqual([0, 59.6, 123, 3723].map(clock), ['0:00', '1:00', '2:03', '1:02:03']);
});
