import assert from 'node:assert/strict';
import test from 'node:test';
import {
  findDoubtful,
  frameLabels,
  type LabelledPieces,
  relabelDoubtful,
} from '../../../src/gpu-worker/diarization/refine-doubtful.ts';
import { stack, voiceEmbedding } from './synthetic-voices.ts';

const pure = (voice: number) => voiceEmbedding(voice, 0, () => 0);
const half = stack([pure(0).map((value, i) => Math.SQRT1_2 * (value + pure(1)[i]!))]);

/** Two clear stretches of voice 0 and 1, then one stretch of two pieces that sound like both. */
const pieces: LabelledPieces = {
  spans: [
    { from: 0, to: 800 },
    { from: 1000, to: 1800 },
    { from: 2000, to: 2080 },
    { from: 2080, to: 2160 },
  ],
  embeddings: stack([pure(0), pure(1), half, half]),
  labels: Int32Array.of(0, 1, 0, 0),
};
const voiceCounts = new Uint8Array(2200).fill(1, 0, 800).fill(1, 1000, 1800).fill(1, 2000, 2160);

test('frames take the voice of their piece', () => {
  const voices = frameLabels(pieces, 2200);
  assert.equal(voices[50], 0);
  assert.equal(voices[900], -1);
  assert.equal(voices[1500], 1);
});

test('only the stretch without a clear lead is heard again, its windows cover it', () => {
  const [stretch, ...others] = findDoubtful(pieces, voiceCounts);
  assert.equal(others.length, 0);
  assert.equal(stretch!.from, 2000);
  assert.equal(stretch!.windows[0]!.from, 2000);
  assert.equal(stretch!.windows.at(-1)!.to, 2160);
  assert.ok(stretch!.windows.every(({ from }, i) => i === 0 || from <= stretch!.windows[i - 1]!.to));
});

test('a stretch too short for a second look keeps its voice', () => {
  const short = { ...pieces, spans: [...pieces.spans.slice(0, 2), { from: 2000, to: 2020 }, { from: 2020, to: 2040 }] };
  const counts = new Uint8Array(2200).fill(1, 0, 800).fill(1, 1000, 1800).fill(1, 2000, 2040);
  assert.deepEqual(findDoubtful(short, counts), []);
});

test('the fine windows move the change of voice to where it is', () => {
  const doubtful = findDoubtful(pieces, voiceCounts);
  const voices = frameLabels(pieces, 2200);
  const fine = stack(doubtful[0]!.windows.map(({ from, to }) => pure(Number((from + to) / 2 > 2080))));
  const change = new Float32Array(2200);
  change[2080] = 1;
  relabelDoubtful(voices, doubtful, fine, pieces, { voiceCounts, change });
  assert.ok(voices.subarray(2000, 2075).every(voice => voice === 0));
  assert.ok(voices.subarray(2085, 2160).every(voice => voice === 1));
  assert.ok(
    voices.subarray(0, 800).every(voice => voice === 0),
    'clear stretches are left alone',
  );
});

test('one odd window does not make a change of voice', () => {
  const doubtful = findDoubtful(pieces, voiceCounts);
  const voices = frameLabels(pieces, 2200);
  const { windows } = doubtful[0]!;
  const fine = stack(windows.map((_, i) => (i === 1 ? half.slice() : pure(0))));
  relabelDoubtful(voices, doubtful, fine, pieces, { voiceCounts, change: new Float32Array(2200) });
  assert.ok(voices.subarray(2000, 2160).every(voice => voice === 0));
});
