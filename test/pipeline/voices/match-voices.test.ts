import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  confidenceOf,
  type HeardVoice,
  matchVoices,
  NARROW_THRESHOLDS,
  VOICE_THRESHOLDS,
} from '../../../src/pipeline/voices/match-voices.ts';
import { cosine, meanVector } from '../../../src/pipeline/voices/voice-vector.ts';
import { span } from '../../builders/meeting.ts';
import { voiceVector } from '../../builders/voice-vector.ts';

const IDS = [1, 2, 3].map(n => `01990000-0000-7000-8000-00000000000${n}`);
const [MAYA = '', KENJI = ''] = IDS;
const references = [
  { personId: MAYA, vector: voiceVector(1) },
  { personId: KENJI, vector: voiceVector(2) },
];
const heard = (voice: number, vector = voiceVector(1), seconds = 10): HeardVoice => ({
  voice,
  vector,
  seconds,
  isNarrow: false,
});
const decisions = (...args: Parameters<typeof matchVoices>) =>
  matchVoices(...args).map(({ voice, personId, decision }) => [voice, personId, decision]);

test('a voice that is clearly somebody gets the name, one that is probably somebody a suggestion, others nothing', () => {
  const probably = voiceVector(2, { spread: 1 });
  const score = cosine(probably, voiceVector(2));
  assert.ok(score > VOICE_THRESHOLDS.suggested && score < VOICE_THRESHOLDS.automatic, `${score}`);
  assert.deepEqual(decisions([heard(0), heard(1, probably), heard(2, voiceVector(9))], references), [
    [0, MAYA, 'automatic'],
    [1, KENJI, 'suggested'],
  ]);
});

test('a voice over a telephone is compared with what telephones let through, by a stricter threshold', () => {
  const narrow = voiceVector(8);
  const known = references.map(reference => (reference.personId === MAYA ? { ...reference, narrow } : reference));
  const called = { ...heard(0, narrow), isNarrow: true };
  assert.deepEqual(decisions([called], known), [[0, MAYA, 'automatic']]);
  assert.deepEqual(decisions([{ ...called, isNarrow: false }], known), []);
  assert.deepEqual(decisions([{ ...heard(0), isNarrow: true }], known), [], 'not with the voice as it is');
  assert.deepEqual(decisions([called], references), [], 'nobody has one');
  const between = (from: number, to: number) =>
    Array.from({ length: 60 }, (_, take) => voiceVector(8, { spread: 0.5 + take / 60, take })).find(vector => {
      const score = cosine(vector, narrow);
      return score > from && score < to;
    });
  const probably = between(VOICE_THRESHOLDS.automatic, NARROW_THRESHOLDS.automatic);
  assert.ok(probably);
  assert.deepEqual(decisions([{ ...called, vector: probably }], known), [[0, MAYA, 'suggested']]);
  assert.deepEqual(decisions([{ ...called, vector: voiceVector(9) }], known), []);
});

test('less than three seconds of speech say nothing', () => {
  assert.deepEqual(decisions([heard(0, voiceVector(1), 2.9)], references), []);
  assert.deepEqual(decisions([heard(0, voiceVector(1), 3)], references), [[0, MAYA, 'automatic']]);
});

test('somebody who hardly leads another is only suggested', () => {
  const twin = { personId: IDS[2] ?? '', vector: voiceVector(1, { spread: 0.3 }) };
  const between = meanVector([voiceVector(1), twin.vector]);
  assert.deepEqual(
    decisions([heard(0, between)], [references[0]!, twin]).map(([, , decision]) => decision),
    ['suggested'],
  );
  assert.deepEqual(decisions([heard(0, between)], references), [[0, MAYA, 'automatic']]);
});

test('nobody speaks at the same time as themselves: the better match keeps the name', () => {
  const weaker = voiceVector(1, { spread: 0.4 });
  const voices = [heard(0, weaker), heard(1)];
  const apart = [span(0, 0, 5_000), span(1, 6_000, 9_000)];
  assert.deepEqual(
    decisions(voices, references, apart).map(([voice]) => voice),
    [0, 1],
  );
  const together = [span(0, 0, 5_000), span(1, 4_000, 9_000)];
  assert.deepEqual(decisions(voices, references, together), [[1, MAYA, 'automatic']]);
});

test('where nobody agreed to be recognised nobody is', () => {
  assert.deepEqual(matchVoices([heard(0)], []), []);
});

test('confidence rises with the score and meets the thresholds', () => {
  assert.equal(confidenceOf(VOICE_THRESHOLDS.automatic), 0.9);
  assert.ok(confidenceOf(VOICE_THRESHOLDS.suggested) < 0.1);
  assert.ok(confidenceOf(1) > 0.99 && confidenceOf(-1) < 0.01);
});
