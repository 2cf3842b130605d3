/** A small meeting with something of everything: templates are tried on it before they are used, and previewed with it. */
import { assignSpeakers } from '../stages/assign-speakers.ts';
import type { Minutes } from './minutes.ts';

const LINES = [
  { speaker: 0, startMs: 500, text: 'Good morning. Do we paint the shed red or green?' },
  { speaker: 1, startMs: 5_000, text: 'Green, please. And the budget is 120 euros.' },
  { speaker: 0, startMs: 10_000, text: 'Agreed, green it is. Who waters the plants in summer?' },
  { speaker: 1, startMs: 15_000, text: 'No idea. But I will buy the paint by Friday.' },
] as const;
const WORD_MS = 400;
const LENGTH_MS = 20_000;

/** A word of the sample that every file about the meeting shows. */
export const SAMPLE_WORD = 'shed';

export function sampleMinutes(): Minutes {
  const words = LINES.flatMap(({ startMs, text }) =>
    text.split(' ').map((word, index) => ({
      ...{ text: word, confidence: 0.9 },
      ...{ startMs: startMs + index * WORD_MS, endMs: startMs + (index + 1) * WORD_MS },
    })),
  );
  const spans = LINES.map(({ speaker, startMs, text }) => ({
    ...{ speaker, startMs, endMs: startMs + text.split(' ').length * WORD_MS },
  }));
  const transcription = { language: 'en', words, speech: [], warnings: [] };
  const diarization = { spans, speakerCount: 2, warnings: [] };
  const evidence = (turn: number) => {
    const { startMs, text } = LINES[turn] ?? LINES[0];
    return [{ turn: `T000${turn + 1}`, start: startMs / 1000, end: startMs / 1000 + 3, quote: text }];
  };
  const sure = { verified: true, reason: null };
  return {
    transcription,
    diarization,
    transcript: assignSpeakers(transcription, diarization, LENGTH_MS),
    summary: {
      ...{
        schemaVersion: 1,
        title: 'Colour of the shed',
        language: 'en',
        method: 'extractive',
        model: null,
        coverage: 1,
      },
      abstract: 'The shed will be green. The paint is bought by Friday.',
      topics: [{ title: 'The shed', start: 0.5, end: 20 }],
      decisions: [{ id: 'D1', text: 'The shed is painted green', evidence: evidence(2), ...sure }],
      actionItems: [
        {
          ...{ id: 'A1', text: 'Buy the paint', evidence: evidence(3), ...sure, owner: 'SPEAKER_01', status: 'open' },
          due: { text: 'by Friday', date: '2026-11-20' },
        },
        {
          ...{
            id: 'A2',
            text: 'Water the plants',
            evidence: [],
            verified: false,
            reason: 'no place in the recording is given',
          },
          ...{ owner: null, due: null, status: 'cancelled' },
        },
      ],
      questions: [{ id: 'Q1', text: 'Who waters the plants in summer?', evidence: evidence(2), ...sure }],
      numbers: [{ id: 'N1', text: 'The budget is 120 euros', evidence: evidence(1), ...sure }],
      warnings: ['This is a sample.'],
    },
    meta: {
      ...{ schemaVersion: 1, meetingId: '01990000-0000-7000-8000-000000000001', meetingDate: '2026-11-17' },
      ...{ timeZone: 'Europe/Berlin', processedAt: '2026-11-17T09:30:00.000Z', durationSeconds: LENGTH_MS / 1000 },
      recording: {
        ...{ fileName: 'shed.m4a', sha256: '0'.repeat(64), sizeBytes: 100_000, container: 'm4a', statedSeconds: 20 },
        ...{ bitsPerSecond: 32_000, createdAt: null, title: null, video: null, chosenTrack: 0 },
        ...{ audioTracks: [], chapters: [] },
      },
      ...{ versions: { hansard: 'sample' }, device: { name: 'cpu', reason: 'a sample' }, models: [] },
      ...{ options: {}, stages: {}, glossaryCorrections: 0, warnings: [] },
    },
  };
}
