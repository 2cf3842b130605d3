/** Ours against meeteval, sctk and Whisper's normaliser on the same texts (recorded by bench/record_reference_scores.py). */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { countSpeakerWordErrors } from '../../src/bench/cp-word-errors.ts';
import { countDiarizationErrors, diarizationErrorRate } from '../../src/bench/diarization-errors.ts';
import { normalizeEnglish } from '../../src/bench/normalize-english.ts';
import { countWordErrors, type WordErrors } from '../../src/bench/word-errors.ts';

const utterances = z.array(z.object({ speaker: z.string(), start: z.number(), end: z.number(), text: z.string() }));
const errors = z.object({ words: z.number(), errors: z.number() });
const diarization = z.object({
  scoredSeconds: z.number(),
  missedSeconds: z.number(),
  falseAlarmSeconds: z.number(),
  confusedSeconds: z.number(),
  percent: z.number(),
});
const recorded = z
  .object({
    normalizer: z.array(z.object({ text: z.string(), words: z.array(z.string()) })),
    meetings: z.array(
      z.object({
        name: z.string(),
        duration: z.number(),
        reference: utterances,
        hypothesis: utterances,
        wer: errors,
        scliteErrors: z.number(),
        cpwer: errors,
        der: diarization,
        derCollar250: diarization,
      }),
    ),
  })
  .parse(
    JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../fixtures/bench/reference-scores.json'), 'utf8')),
  );

describe("the normaliser agrees with Whisper's", () => {
  for (const { text, words } of recorded.normalizer) {
    test(`on "${text}"`, () => assert.deepEqual(normalizeEnglish(text), words));
  }
});

for (const meeting of recorded.meetings) {
  describe(`with ${meeting.name}`, () => {
    const reference = meeting.reference.map(toSpan);
    const hypothesis = meeting.hypothesis.map(toSpan);

    test('word errors are those of meeteval and of sclite', () => {
      const counted = countWordErrors(reference, hypothesis);
      assert.equal(errorsOf(counted), meeting.wer.errors);
      assert.equal(errorsOf(counted), meeting.scliteErrors);
      assert.equal(counted.words, meeting.wer.words);
    });

    test('word errors by speaker are those of meeteval', () => {
      const counted = countSpeakerWordErrors(reference, hypothesis);
      assert.equal(errorsOf(counted), meeting.cpwer.errors);
      assert.equal(counted.words, meeting.cpwer.words);
    });

    for (const [collarMs, expected] of [
      [0, meeting.der],
      [250, meeting.derCollar250],
    ] as const) {
      test(`diarization errors with a collar of ${collarMs} ms are those of md-eval`, () => {
        const durationMs = meeting.duration * 1000;
        const counted = countDiarizationErrors({ reference, hypothesis, durationMs, collarMs });
        const hundredths = (ms: number) => Math.round(ms / 10);
        assert.deepEqual(
          [counted.scoredMs, counted.missedMs, counted.falseAlarmMs, counted.confusedMs].map(hundredths),
          [expected.scoredSeconds, expected.missedSeconds, expected.falseAlarmSeconds, expected.confusedSeconds].map(
            seconds => Math.round(seconds * 100),
          ),
        );
        assert.equal((diarizationErrorRate(counted)! * 100).toFixed(2), expected.percent.toFixed(2));
      });
    }
  });
}

function toSpan({ speaker, start, end, text }: z.infer<typeof utterances>[number]) {
  return { speaker, text, startMs: start * 1000, endMs: end * 1000 };
}

function errorsOf({ substitutions, deletions, insertions }: WordErrors): number {
  return substitutions + deletions + insertions;
}
