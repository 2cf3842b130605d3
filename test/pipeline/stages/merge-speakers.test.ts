import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { mergeSpans, mergeSpeakers } from '../../../src/pipeline/stages/merge-speakers.ts';
import { say, span, transcription } from '../../builders/meeting.ts';

const words = transcription(say(0, 'one two'), say(1_000, 'three four'), say(2_000, 'five six'), say(6_000, 'seven'));
const spans = [span(0, 0, 900), span(1, 1_000, 1_900), span(2, 2_000, 2_900), span(0, 6_000, 6_900)];
const transcript = assignSpeakers(words, { spans }, 10_000);
const said = ({ turns }: typeof transcript) => turns.map(({ speaker, text }) => `${speaker.slice(-2)} ${text}`);

describe('speakers that are one person', () => {
  test('become one, with the turns and the time of both, and the others keep their numbers', () => {
    const merged = mergeSpeakers(transcript, { SPEAKER_01: 'SPEAKER_02' });
    assert.deepEqual(said(transcript), ['00 one two', '01 three four', '02 five six', '00 seven']);
    assert.deepEqual(said(merged), ['00 one two', '02 three four five six', '00 seven']);
    assert.deepEqual(
      merged.speakers.map(({ id, speechMs }) => [id, speechMs]),
      [
        ['SPEAKER_00', 1_800],
        ['SPEAKER_02', 1_800],
      ],
    );
    assert.deepEqual(
      merged.turns.map(({ id }) => id),
      ['T0001', 'T0002', 'T0003'],
    );
    assert.ok(merged.turns.every(turn => turn.words.every(word => word.speaker === turn.speaker)));
  });

  test('may be three: chains are followed', () => {
    const merged = mergeSpeakers(transcript, { SPEAKER_02: 'SPEAKER_01', SPEAKER_01: 'SPEAKER_00' });
    assert.deepEqual(said(merged), ['00 one two three four five six', '00 seven']);
  });

  test('stay apart in a circle, or with somebody who is not there', () => {
    assert.equal(mergeSpeakers(transcript, { SPEAKER_00: 'SPEAKER_01', SPEAKER_01: 'SPEAKER_00' }), transcript);
    assert.equal(mergeSpeakers(transcript, { SPEAKER_00: 'SPEAKER_09', SPEAKER_08: 'SPEAKER_00' }), transcript);
    assert.equal(mergeSpeakers(transcript), transcript);
  });

  test('are one in the spans as well', () => {
    const named = spans.map(({ speaker, ...rest }) => ({ ...rest, speaker: `SPEAKER_0${speaker}` }));
    const merged = mergeSpans(named, { SPEAKER_01: 'SPEAKER_02' });
    assert.deepEqual(
      merged.map(({ speaker }) => speaker.slice(-2)),
      ['00', '02', '02', '00'],
    );
  });
});
