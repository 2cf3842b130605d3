import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTranslation } from '../../../src/pipeline/stages/build-translation.ts';

const word = (text: string, startMs: number) => ({ text, startMs, endMs: startMs + 400, confidence: 1 });

test('translated words go to whoever speaks then, or spoke nearest', () => {
  const turn = { text: '', overlap: false, words: [] };
  const speakers = ['SPEAKER_00', 'SPEAKER_01'].map(id => ({ id, label: id, speechMs: 1 }));
  const turns = [
    { ...turn, id: 'T0001', speaker: 'SPEAKER_00', startMs: 0, endMs: 2_000 },
    { ...turn, id: 'T0002', speaker: 'SPEAKER_01', startMs: 3_000, endMs: 5_000 },
  ];
  const transcript = { language: 'de', durationMs: 6_000, speakers, turns };
  const english = buildTranslation(transcript, [word('Good', 100), word('day.', 1_900), word('Hello.', 4_900)]);
  assert.deepEqual(
    english.turns.map(({ speaker, text }) => [speaker, text]),
    [
      ['SPEAKER_00', 'Good day.'],
      ['SPEAKER_01', 'Hello.'],
    ],
  );
  assert.deepEqual([english.language, english.speakers], ['en', speakers]);
});
