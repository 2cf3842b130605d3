import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillHoles } from '../../../src/gpu-worker/asr/fill-holes.ts';
import type { Heard } from '../../../src/gpu-worker/asr/hear-languages.ts';
import type { PieceTranscript } from '../../../src/gpu-worker/asr/piece-transcript.ts';
import { VAD_FRAME_MS } from '../../../src/gpu-worker/asr/vad-frames.ts';
import type { Span } from '../../../src/pipeline/meeting.ts';

/** Somebody speaks all the time, but from 20 s on. */
const probabilities = Float32Array.from({ length: 1_000 }, (_, frame) => (frame * VAD_FRAME_MS < 20_000 ? 1 : 0));

/** Words [text, startMs, endMs] from the start of their window. */
function say(...words: readonly [string, number, number][]): PieceTranscript {
  return {
    words: words.map(([text, startMs, endMs]) => ({ text, startMs, endMs, confidence: 0.9 })),
    ...{ tokenCount: words.length, logProbability: -0.1 * words.length, language: 'de' },
  };
}

async function fill(heard: readonly Heard[], answer: PieceTranscript = say(['Haus', 100, 600], ['und', 700, 900])) {
  const asked: { spans: readonly Span[]; language: string | undefined }[] = [];
  const hearAny = async (spans: readonly Span[], language?: string) => {
    asked.push({ spans, language });
    return spans.map(() => answer);
  };
  const filled = await fillHoles({ hearAny }, heard, probabilities);
  return { asked, words: filled.map(({ transcript }) => transcript.words.map(word => [word.text, word.startMs])) };
}

const holed = say(['Das', 0, 300], ['Haus', 300, 4_300], ['ist', 4_300, 4_500]);
const window: Heard = { startMs: 5_000, endMs: 9_500, transcript: holed, language: 'de' };

test('a word that lasts too long is heard again by itself, and gives way to what is found there', async () => {
  const { asked, words } = await fill([window]);
  assert.deepEqual(asked, [{ spans: [{ startMs: 5_200, endMs: 9_400 }], language: 'de' }]);
  assert.deepEqual(words, [
    [
      ['Das', 0],
      ['Haus', 300],
      ['und', 900],
      ['ist', 4_300],
    ],
  ]);
});

test('what comes after the last word is heard again with it', async () => {
  const { asked, words } = await fill([{ ...window, transcript: say(['Das', 0, 300], ['Haus', 300, 900]) }]);
  assert.deepEqual(asked[0]!.spans, [{ startMs: 5_200, endMs: 9_500 }]);
  assert.deepEqual(words[0]!.at(-1), ['und', 900]);
});

test('several holes of a window are filled at once, each language by itself', async () => {
  const both = say(['eins', 0, 2_000], ['zwei', 2_000, 2_300], ['drei', 2_300, 4_500]);
  const french: Heard = { ...window, startMs: 10_000, endMs: 14_500, transcript: both, language: 'fr' };
  const { asked, words } = await fill([window, french]);
  assert.deepEqual(
    asked.map(({ spans, language }) => [spans.length, language]),
    [
      [1, 'de'],
      [2, 'fr'],
    ],
  );
  assert.deepEqual(
    words[1]!.map(([text]) => text),
    ['Haus', 'und', 'zwei', 'Haus', 'und'],
  );
});

test('a pause is no hole, nor is a word that is said slowly, nor a number of several words', async () => {
  const pause: Heard = { ...window, startMs: 19_000, endMs: 26_000, transcript: say(['ja', 0, 6_000]) };
  const alone = (word: string, lengthMs: number): Heard => ({
    ...{ ...window, endMs: window.startMs + lengthMs },
    transcript: say([word, 0, lengthMs]),
  });
  const slow = alone('Donaudampfschifffahrt', 1_400);
  const amount = (lengthMs: number) => alone('42.000', lengthMs);
  assert.deepEqual((await fill([pause, slow, amount(2_500)])).asked, []);
  assert.equal((await fill([amount(3_500)])).asked.length, 1);
});

test('one word more, or a guess, is not better than what there was', async () => {
  const before = holed.words.map(({ text }) => text);
  const guess = { ...say(['was', 0, 100], ['soll', 100, 200]), logProbability: -9 };
  for (const answer of [say(['Haus', 0, 400]), say(), guess]) {
    const { asked, words } = await fill([window], answer);
    assert.equal(asked.length, 1);
    assert.deepEqual(
      words[0]!.map(([text]) => text),
      before,
    );
  }
});

test('windows of a recogniser that names no language stay as they are', async () => {
  const { language: _, ...english } = holed;
  assert.deepEqual((await fill([{ ...window, transcript: english, language: 'en' }])).asked, []);
});
