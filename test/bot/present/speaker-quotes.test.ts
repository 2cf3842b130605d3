import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintsOf } from '../../../src/bot/present/speaker-quotes.ts';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { say, transcription } from '../../builders/meeting.ts';

const words = transcription(say(0, 'Good morning. Kenji, can you start?'), say(3_000, 'Yes, the order is placed.'));
const spans = [
  { speaker: 0, startMs: 0, endMs: 2_500 },
  { speaker: 1, startMs: 3_000, endMs: 5_000 },
];
const transcript = assignSpeakers(words, { spans }, 6_000);
const textOf = (id: string, of = transcript) =>
  hintsOf(id, of, [])
    .map(({ text }) => text)
    .join('');

test('a speaker without a name is told by what they say, and by what others call them', () => {
  assert.match(textOf('SPEAKER_00'), /^\[00:00\] “Good morning\. Kenji, can you start\?”$/);
  assert.match(textOf('SPEAKER_01'), /“Yes, the order is placed\.” Perhaps Kenji: “Kenji, can you start\?”$/);
});

test('a name that a language model read is told with its quote too', () => {
  const heard = transcription(say(0, 'Grace, can you start?'), say(3_000, 'Yes, in the grace period.'));
  const meeting = assignSpeakers(heard, { spans }, 6_000);
  const evidence = { turn: 'T0001', start: 0, end: 2, quote: 'Grace, can you start?' };
  const hint = hintsOf('SPEAKER_01', meeting, [{ speaker: 'SPEAKER_01', name: 'Grace', evidence }]);
  assert.match(hint.map(({ text }) => text).join(''), / Perhaps Grace: “Grace, can you start\?”$/);
});

test('one that is only like a voice is told so, and one that has a name is not guessed at', () => {
  const withMaybe = (label: string) => ({
    ...transcript,
    speakers: transcript.speakers.map(speaker =>
      speaker.id === 'SPEAKER_00' ? { ...speaker, label, maybe: { name: 'Maya', confidence: 0.6 } } : speaker,
    ),
  });
  assert.match(textOf('SPEAKER_00', withMaybe('SPEAKER_00')), /Perhaps Maya, by the voice\.$/);
  const named = { ...transcript, speakers: transcript.speakers.map(one => ({ ...one, label: 'Kenji' })) };
  assert.doesNotMatch(textOf('SPEAKER_01', named), /Perhaps/);
  assert.match(textOf('SPEAKER_09'), /says nothing/);
});
