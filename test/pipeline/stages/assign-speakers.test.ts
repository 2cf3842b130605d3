import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assignSpeakers, nameSpans } from '../../../src/pipeline/stages/assign-speakers.ts';
import { assignVoices } from '../../../src/pipeline/stages/assign-voices.ts';
import { say, span, transcription } from '../../builders/meeting.ts';

describe('words get the voice that', () => {
  test('covers most of them', () => {
    const word = { text: 'hello', startMs: 1000, endMs: 1600, confidence: 1 };
    assert.deepEqual(assignVoices([word], [span(0, 0, 1100), span(1, 1100, 2000)]), [1]);
  });

  test('is nearest when none covers them', () => {
    const word = { text: 'hello', startMs: 1000, endMs: 1200, confidence: 1 };
    assert.deepEqual(assignVoices([word], [span(0, 0, 500), span(1, 1400, 2000)]), [1]);
  });

  test('speaks around a single word inside a clause that another voice grazes', () => {
    const words = say(0, 'we will send the report on Friday', 250);
    const voices = assignVoices(words, [span(0, 0, 900), span(1, 880, 1100), span(0, 1100, 2100)]);
    assert.deepEqual(
      voices,
      words.map(() => 0),
    );
  });

  test('keeps a short answer by another voice where the spans are clear', () => {
    const words = [...say(0, 'Shall we go on?'), ...say(1300, 'Yeah.'), ...say(1700, 'Then the budget.')];
    const voices = assignVoices(words, [span(0, 0, 1200), span(1, 1250, 1600), span(0, 1650, 3000)]);
    assert.deepEqual(voices, [0, 0, 0, 0, 1, 0, 0, 0]);
  });

  test('said the sentence, when the next voice begins a word too early', () => {
    const words = [...say(0, 'by next Friday.', 250), ...say(1000, 'All right.')];
    const voices = assignVoices(words, [span(0, 0, 640), span(1, 640, 2000)]);
    assert.deepEqual(voices, [0, 0, 0, 1, 1]);
  });
});

describe('the transcript', () => {
  test('numbers speakers by their first word and leaves out voices without one', () => {
    const heard = transcription(say(1000, 'First me.'), say(4000, 'Then me.'));
    const spans = [span(0, 0, 300), span(2, 900, 2000), span(1, 3900, 5000)];
    const { speakers, turns } = assignSpeakers(heard, { spans }, 6000);
    assert.deepEqual(
      turns.map(({ id, speaker, text }) => [id, speaker, text]),
      [
        ['T0001', 'SPEAKER_00', 'First me.'],
        ['T0002', 'SPEAKER_01', 'Then me.'],
      ],
    );
    assert.deepEqual(
      speakers.map(({ id, speechMs }) => [id, speechMs]),
      [
        ['SPEAKER_00', 1100],
        ['SPEAKER_01', 1100],
      ],
    );
    assert.deepEqual(
      nameSpans(heard.words, spans).map(({ speaker }) => speaker),
      ['SPEAKER_02', 'SPEAKER_00', 'SPEAKER_01'],
    );
  });

  test('has one speaker when the diarizer heard none', () => {
    const transcript = assignSpeakers(transcription(say(0, 'Hello there.')), { spans: [] }, 1000);
    assert.deepEqual(transcript.speakers, [{ id: 'SPEAKER_00', label: 'SPEAKER_00', speechMs: 550 }]);
    assert.equal(transcript.turns.length, 1);
  });

  test('of silence is empty', () => {
    const transcript = assignSpeakers(transcription(), { spans: [] }, 60_000);
    assert.deepEqual(transcript, { language: 'en', durationMs: 60_000, speakers: [], turns: [] });
  });

  test('marks the turns during which another voice is heard', () => {
    const heard = transcription(say(0, 'one two three.'), say(2000, 'four five six.'));
    const spans = [span(0, 0, 1000), span(1, 500, 900), span(0, 1900, 3000), span(1, 2900, 3000)];
    assert.deepEqual(
      assignSpeakers(heard, { spans }, 4000).turns.map(turn => turn.overlap),
      [true],
      'one turn, as the pause is short',
    );
    const apart = transcription(say(0, 'one two three.'), say(4000, 'four five six.'));
    const later = [span(0, 0, 1000), span(1, 500, 900), span(0, 3900, 5000), span(1, 4900, 5000)];
    assert.deepEqual(
      assignSpeakers(apart, { spans: later }, 6000).turns.map(turn => turn.overlap),
      [true, false],
      'less than 200 ms is a soft edge',
    );
  });

  test('keeps every word once and in order, whatever the voices say', () => {
    const words = fc.array(fc.tuple(fc.nat(60_000), fc.nat(900), fc.constantFrom('so', 'well,', 'done.', '')));
    const spans = fc.array(fc.tuple(fc.nat(3), fc.nat(60_000), fc.integer({ min: 1, max: 20_000 })));
    fc.assert(
      fc.property(words, spans, (said, heard) => {
        const list = said.map(([startMs, length, text]) => ({ text, startMs, endMs: startMs + length, confidence: 1 }));
        const transcript = assignSpeakers(
          transcription(list),
          { spans: heard.map(([voice, startMs, length]) => span(voice, startMs, startMs + length)) },
          90_000,
        );
        const kept = transcript.turns.flatMap(turn => turn.words);
        const sorted = list.toSorted((a, b) => a.startMs - b.startMs);
        assert.deepEqual(
          kept.map(({ speaker, ...word }) => word),
          sorted,
        );
        const order = [...new Set(kept.map(word => word.speaker))];
        assert.deepEqual(
          order,
          transcript.speakers.map(({ id }) => id),
        );
        for (const turn of transcript.turns) assert.ok(turn.words.every(word => word.speaker === turn.speaker));
      }),
    );
  });
});
