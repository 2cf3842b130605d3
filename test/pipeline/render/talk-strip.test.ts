import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Resvg } from '@resvg/resvg-js';
import type { SpeakerSpan } from '../../../src/pipeline/meeting.ts';
import { buildTalkStrip, VOICE_COLOURS } from '../../../src/pipeline/render/build-talk-strip.ts';
import { drawPictures } from '../../../src/pipeline/render/draw-pictures.ts';
import { renderFiles } from '../../../src/pipeline/render/render-files.ts';
import { voiceColour } from '../../../src/pipeline/render/render-talk-strip.ts';
import { assignSpeakers, nameSpans } from '../../../src/pipeline/stages/assign-speakers.ts';
import { action, item, minutes, say, span, summary, transcription } from '../../builders/meeting.ts';

function strip(spans: SpeakerSpan[], durationMs: number, shown = summary()) {
  const heard = transcription(...spans.map(({ startMs, endMs }) => say((startMs + endMs) / 2, 'word', 60)));
  return buildTalkStrip(assignSpeakers(heard, { spans }, durationMs), nameSpans(heard.words, spans), shown);
}

test('each speaker has a row, drawn where the voice is heard', () => {
  const { rows } = strip([span(0, 0, 5_000), span(1, 4_000, 10_000)], 10_000);
  assert.deepEqual(
    rows.map(({ voice }) => voice),
    ['M0 0H5000V1H0Z', 'M4000 0H10000V1H4000Z'],
  );
  assert.deepEqual(
    rows.map(({ overlap }) => overlap),
    ['M4000 0H5000V1H4000Z', 'M4000 0H5000V1H4000Z'],
  );
});

test('a short word in a long meeting can be seen, also at its end', () => {
  const hours = 3 * 3_600_000;
  const [first] = strip([span(0, 1_000, 1_200), span(0, hours - 150, hours)], hours).rows;
  assert.equal(first?.voice, 'M1 0H13V1H1ZM9988 0H10000V1H9988Z');
});

test('the path stays short however much is said', () => {
  const spans = Array.from({ length: 5_000 }, (_, index) => span(index % 2, index * 2_000, index * 2_000 + 1_500));
  const [first] = strip(spans, 10_000_000).rows;
  assert.ok(first && first.voice.length < 30_000, `${first?.voice.length}`);
});

test('decisions and open action items have marks where they were said', () => {
  const evidence = [{ turn: 'T0001', start: 2.5, end: 3, quote: 'word' }];
  const { marks } = strip(
    [span(0, 2_400, 4_000)],
    10_000,
    summary({
      decisions: [item('D1', 'Green', { evidence })],
      actionItems: [
        action('A1', 'Buy', { evidence, verified: false }),
        action('A2', 'Sell', { evidence, status: 'cancelled' }),
        action('A3', 'Nowhere said'),
      ],
    }),
  );
  const place = { turn: 'T0001', clock: '00:02', percent: '25.00' };
  assert.deepEqual(marks, [
    { kind: 'decision', text: 'Green', verified: true, ...place },
    { kind: 'action', text: 'Buy', verified: false, ...place },
  ]);
});

test('the time axis has a few whole steps', () => {
  const clocks = (durationMs: number) => strip([], durationMs).ticks.map(({ clock }) => clock);
  assert.deepEqual(clocks(30_000), ['00:00', '00:05', '00:10', '00:15', '00:20', '00:25']);
  assert.deepEqual(clocks(3 * 3_600_000), ['00:00', '30:00', '1:00:00', '1:30:00', '2:00:00', '2:30:00']);
  assert.deepEqual(clocks(0), []);
  assert.ok(clocks(400 * 3_600_000).length <= 9);
});

test('the picture has the same bytes each time, and its names can be read without fonts of the system', async () => {
  const files = renderFiles(minutes());
  const [first, again] = [await drawPictures(files), await drawPictures(files)];
  const png = first.get('talk-strip.png');
  assert.ok(png instanceof Uint8Array);
  assert.deepEqual([...png.slice(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  assert.deepEqual(png, again.get('talk-strip.png'));
  const svg = files.get('talk-strip.svg') ?? '';
  const nameless = svg.replaceAll(/>SPEAKER_0\d<\/text>/g, '></text>');
  assert.notEqual(nameless, svg);
  assert.notDeepEqual(png, (await drawPictures(new Map([['talk-strip.svg', nameless]]))).get('talk-strip.png'));
  assert.equal(new Resvg(svg).width, 1200);
});

test('the file has the colours of the page', () => {
  const css = fs.readFileSync(path.join(import.meta.dirname, '../../../templates/minutes.css'), 'utf8');
  for (let colour = 0; colour < VOICE_COLOURS; colour++) {
    assert.match(css, new RegExp(`--v${colour}: light-dark\\(${voiceColour(colour)},`));
  }
});
