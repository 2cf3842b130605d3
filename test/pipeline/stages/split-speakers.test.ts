import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { splitSpans, splitSpeakers } from '../../../src/pipeline/stages/split-speakers.ts';
import { say, span, transcription } from '../../builders/meeting.ts';

const heard = transcription(
  say(0, 'The first one speaks.'),
  say(5_000, 'The second one speaks.'),
  say(10_000, 'Others too.'),
);
const transcript = assignSpeakers(heard, { spans: [span(0, 0, 7_000), span(1, 10_000, 12_000)] }, 15_000);
const split = { from: 'SPEAKER_00', to: 'SPEAKER_02', startMs: 5_000, endMs: 7_000 };

test('a stretch goes to a speaker of its own, and the others keep what they said', () => {
  const { turns, speakers } = splitSpeakers(transcript, [split]);
  assert.deepEqual(
    turns.map(({ id, speaker, text }) => [id, speaker, text]),
    [
      ['T0001', 'SPEAKER_00', 'The first one speaks.'],
      ['T0002', 'SPEAKER_02', 'The second one speaks.'],
      ['T0003', 'SPEAKER_01', 'Others too.'],
    ],
  );
  assert.deepEqual(
    speakers.map(({ id }) => id),
    ['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_02'],
  );
  assert.ok(speakers.every(({ speechMs }) => speechMs > 0));
});

test('without splits, or with one of a speaker who does not speak then, nothing changes', () => {
  assert.equal(splitSpeakers(transcript), transcript);
  const other = splitSpeakers(transcript, [{ ...split, from: 'SPEAKER_01' }]);
  assert.deepEqual(
    other.turns.map(({ speaker }) => speaker),
    transcript.turns.map(({ speaker }) => speaker),
  );
});

test('spans go by their middle', () => {
  const spans = [
    { speaker: 'SPEAKER_00', startMs: 0, endMs: 4_000 },
    { speaker: 'SPEAKER_00', startMs: 4_800, endMs: 7_000 },
  ];
  assert.deepEqual(
    splitSpans(spans, [split]).map(({ speaker }) => speaker),
    ['SPEAKER_00', 'SPEAKER_02'],
  );
});
