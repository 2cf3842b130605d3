import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { cutSubtitles, type Subtitle } from '../../../src/pipeline/stages/cut-subtitles.ts';
import { say, span, transcription } from '../../builders/meeting.ts';

function cut(...lines: ReturnType<typeof say>[]): Subtitle[] {
  return cutSubtitles(assignSpeakers(transcription(...lines), { spans: [] }, 600_000));
}

describe('subtitles', () => {
  test('break at sentences and clauses rather than inside', () => {
    const subtitles = cut(
      say(
        0,
        'We looked at the numbers for the whole of last year, and they are better than we thought. Next topic.',
        200,
      ),
    );
    assert.deepEqual(
      subtitles.map(subtitle => subtitle.lines),
      [
        ['We looked at the', 'numbers for the whole of last year,'],
        ['and they are better than we thought.', 'Next topic.'],
      ],
    );
  });

  test('name the speaker where the speaker changes', () => {
    const heard = transcription(say(0, 'One thing.'), say(3_000, 'Yes?'), say(8_000, 'Really?'));
    const spans = [span(0, 0, 1_000), span(1, 3_000, 8_800)];
    assert.deepEqual(
      cutSubtitles(assignSpeakers(heard, { spans }, 9_000)).map(subtitle => subtitle.label),
      ['SPEAKER_00', 'SPEAKER_01', null],
    );
  });

  test('stay long enough to be read, but not into the next', () => {
    const [first, second] = cut(say(0, 'Yes.'), say(5_000, 'No.'));
    assert.deepEqual([first?.endMs, second?.endMs], [1_000, 6_000]);
    const [hurried, next] = cut(say(0, 'Yes. I see.', 100), say(1_500, 'No.'));
    assert.equal(hurried?.endMs, 1_000);
    assert.equal(next?.startMs, 1_500);
  });

  test('end at a pause', () => assert.equal(cut(say(0, 'one'), say(1_300, 'two')).length, 2));

  test('of silence are none', () => assert.deepEqual(cut(), []));

  test('keep their limits, whatever is said', () => {
    const word = fc.oneof(
      fc.constantFrom('a', 'well,', 'right.', 'and', 'responsibility'),
      fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }),
    );
    const words = fc.array(fc.tuple(word, fc.nat(2_000), fc.nat(1_500), fc.nat(2)), { maxLength: 60 });
    fc.assert(
      fc.property(words, said => {
        let ms = 0;
        const list = said.map(([text, pauseMs, lengthMs]) => {
          const startMs = ms + pauseMs;
          ms = startMs + lengthMs;
          return { text: text.replace(/\s/g, 'x'), startMs, endMs: ms, confidence: 1 };
        });
        const spans = list.map((at, index) => span(said[index]![3], at.startMs, at.endMs + 1));
        const subtitles = cutSubtitles(assignSpeakers(transcription(list), { spans }, ms));
        subtitles.forEach(({ lines, label, startMs, endMs }, index) => {
          assert.ok(lines.length === 1 || lines.length === 2);
          const shown = [(label === null ? '' : `${label}: `) + lines[0], ...lines.slice(1)];
          for (const line of shown) assert.ok([...line].length <= 42, line);
          assert.ok(endMs > startMs);
          assert.ok(endMs <= (subtitles[index + 1]?.startMs ?? Number.POSITIVE_INFINITY));
        });
        const text = subtitles.flatMap(subtitle => subtitle.lines).join('');
        assert.equal(text.replaceAll(' ', ''), list.map(at => at.text).join(''));
      }),
    );
  });
});
