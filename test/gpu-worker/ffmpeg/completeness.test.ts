import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessCompleteness } from '../../../src/gpu-worker/ffmpeg/completeness.ts';
import { buildMediaFacts, ffprobeSchema } from '../../../src/gpu-worker/ffmpeg/media-facts.ts';

const MIN = 60;

/** Facts of a recording whose container and track state these lengths, in seconds. */
function build(containerSeconds: number | undefined, trackSeconds?: number, isGuess = false, endsInsideBlock = false) {
  const stream = { codec_type: 'audio', codec_name: 'aac', duration: trackSeconds };
  const probed = ffprobeSchema.parse({ format: { format_name: 'mp3', duration: containerSeconds }, streams: [stream] });
  const file = { sizeBytes: 1, head: Buffer.alloc(0), wavDurationMs: null };
  return buildMediaFacts(probed, { ...file, durationIsGuess: isGuess, endsInsideBlock });
}

const shares: [decodedSeconds: number, declaredSeconds: number, said: string | null][] = [
  [31 * MIN, 62 * MIN, '31 of 62 min'],
  [62 * MIN - 3, 62 * MIN, '3717 of 3720 s'],
  [62 * MIN - 1.9, 62 * MIN, null],
  [62 * MIN, 62 * MIN, null],
  [30, 62 * MIN, '30 of 3720 s'],
  [15, 30, '15 of 30 s'],
  [9.76, 10, null],
  [9.6, 10, '9.6 of 10.0 s'],
  [2.9, 3, null],
  [1, 1.3, '1.0 of 1.3 s'],
];
for (const [decoded, declared, said] of shares) {
  test(`${decoded} of ${declared} s is ${said ? `reported as ${said}` : 'taken as whole'}`, () => {
    const { truncated } = assessCompleteness(build(declared, declared), decoded * 1000, []);
    assert.equal(truncated, said === null ? null : `recording looks truncated: ${said}`);
  });
}

test('the length of the container alone must differ by two seconds and two per cent', () => {
  assert.equal(assessCompleteness(build(10), 8_500, []).truncated, null);
  assert.equal(assessCompleteness(build(3600), 3_590_000, []).truncated, null);
  assert.equal(assessCompleteness(build(3600), 3_500_000, []).truncated, 'recording looks truncated: 58 of 60 min');
});

test('a guessed length proves nothing', () => {
  const { declaredDurationMs, truncated } = assessCompleteness(build(100, 100, true), 50_000, []);
  assert.deepEqual([declaredDurationMs, truncated], [null, null]);
});

test('without a stated length the end inside a block tells, or the words of ffmpeg', () => {
  const broken = 'recording looks truncated: it breaks off after 50 s';
  assert.equal(assessCompleteness(build(undefined), 50_000, []).truncated, null);
  assert.equal(assessCompleteness(build(undefined), 50_000, ['[matroska] File ended prematurely']).truncated, broken);
  assert.equal(assessCompleteness(build(50, 50, false, true), 50_000, []).truncated, broken);
});

test('sound that goes on far beyond the stated length is noticed', () => {
  assert.equal(assessCompleteness(build(10, 10), 11_000, []).isLongerThanDeclared, false);
  assert.equal(assessCompleteness(build(10, 10), 13_000, []).isLongerThanDeclared, true);
});
