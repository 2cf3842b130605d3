import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { mergeSpeakers } from '../../../src/pipeline/stages/merge-speakers.ts';
import { CLIP_MS, chooseLineUp } from '../../../src/pipeline/voices/choose-line-up.ts';
import { say, span, transcription } from '../../builders/meeting.ts';

const mumbled = say(0, 'Well this is what I mumble about all the time here').map(word => ({
  ...word,
  confidence: 0.3,
}));
const heard = transcription(
  mumbled,
  say(10_000, 'Now I say it loudly and for everybody'),
  say(30_000, 'Yes.'),
  say(45_000, 'Not over each other'),
);
const voices = {
  spans: [
    span(0, 0, 9_000),
    span(0, 10_000, 15_000),
    span(1, 30_000, 30_900),
    span(2, 39_000, 60_000),
    span(0, 40_000, 42_000),
  ],
};
const transcript = assignSpeakers(heard, voices, 60_000);

test('each speaker is heard alone, clearly, and for at most eight seconds', () => {
  const [first, ...others] = chooseLineUp(transcript, heard, voices);
  assert.equal(first?.speaker, 'SPEAKER_00');
  assert.ok(first && first.startMs > 10_000 && first.endMs < 15_000, JSON.stringify(first));
  for (const { startMs, endMs } of others) assert.ok(endMs - startMs <= CLIP_MS);
  const last = others.at(-1);
  assert.ok(last && last.startMs >= 42_000, 'not while the other speaks');
});

test('a speaker who is heard for a moment has no clip, and merged speakers have one', () => {
  const speakers = chooseLineUp(transcript, heard, voices).map(({ speaker }) => speaker);
  assert.deepEqual(speakers, ['SPEAKER_00', 'SPEAKER_02']);
  const merges = { SPEAKER_01: 'SPEAKER_00' };
  const clips = chooseLineUp(mergeSpeakers(transcript, merges), heard, voices, { speakerMerges: merges });
  assert.deepEqual(
    clips.map(({ speaker }) => speaker),
    ['SPEAKER_00', 'SPEAKER_02'],
  );
});
