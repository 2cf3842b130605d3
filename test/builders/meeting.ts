/** Small meetings for tests; each test states only what matters to it. */
import type { MetaFile } from '../../src/pipeline/files.ts';
import type { SpeakerSpan, Transcription, Word } from '../../src/pipeline/meeting.ts';
import type { Minutes } from '../../src/pipeline/render/minutes.ts';
import { assignSpeakers } from '../../src/pipeline/stages/assign-speakers.ts';
import type { ActionItem, Summary, SummaryItem } from '../../src/pipeline/summary.ts';

/** One line of speech: its words follow each other, `wordMs` each with 50 ms between. */
export function say(startMs: number, text: string, wordMs = 250): Word[] {
  return text.split(' ').map((word, index) => {
    const wordStartMs = startMs + index * (wordMs + 50);
    return { text: word, startMs: wordStartMs, endMs: wordStartMs + wordMs, confidence: 0.9 };
  });
}

export function span(speaker: number, startMs: number, endMs: number): SpeakerSpan {
  return { speaker, startMs, endMs };
}

export function transcription(...lines: Word[][]): Transcription {
  return { language: 'en', words: lines.flat(), speech: [], warnings: [] };
}

export function item(id: string, text: string, changes: Partial<SummaryItem> = {}): SummaryItem {
  return { id, text, evidence: [], verified: true, reason: null, ...changes };
}

export function action(id: string, text: string, changes: Partial<ActionItem> = {}): ActionItem {
  return { ...item(id, text), owner: null, due: null, status: 'open', ...changes };
}

export function summary(changes: Partial<Summary> = {}): Summary {
  return {
    schemaVersion: 1,
    title: 'Garden shed',
    language: 'en',
    abstract: '',
    topics: [],
    decisions: [],
    actionItems: [],
    questions: [],
    numbers: [],
    method: 'extractive',
    model: null,
    coverage: 1,
    warnings: [],
    ...changes,
  };
}

export function meta(changes: Partial<MetaFile> = {}): MetaFile {
  return {
    schemaVersion: 1,
    meetingId: '01990000-0000-7000-8000-000000000001',
    meetingDate: '2026-11-17',
    timeZone: 'Europe/Berlin',
    processedAt: '2026-11-18T09:30:00.000Z',
    durationSeconds: 30,
    recording: {
      fileName: 'garden shed.m4a',
      sha256: '0'.repeat(64),
      sizeBytes: 123_456,
      container: 'm4a',
      statedSeconds: 30.02,
      bitsPerSecond: 32_000,
      createdAt: '2026-11-17T08:00:00.000Z',
      title: null,
      video: null,
      audioTracks: [
        { codec: 'aac', channels: 1, sampleRateHz: 44_100, language: null, title: null, durationSeconds: 30.02 },
      ],
      chosenTrack: 0,
      chapters: [],
    },
    versions: { hansard: '0.1.0', node: '24.0.0', ffmpeg: '5.1' },
    device: { name: 'cpu', reason: 'no GPU was found' },
    models: [{ name: 'moonshine-base', files: [{ name: 'encoder.onnx', sha256: '1'.repeat(64) }] }],
    options: { language: 'auto', model: 'moonshine-base' },
    stages: { transcribe: { seconds: 1.5, cpuSeconds: 1.4, rtf: 0.05, stored: false } },
    glossaryCorrections: 0,
    warnings: [],
    ...changes,
  };
}

/** Two voices, 30 s, a decision, an action with a due date and one that could not be verified. */
export function minutes(changes: Partial<Minutes> = {}): Minutes {
  const heard = transcription(
    say(500, 'Good morning. So, the shed: do we paint it red or green?'),
    say(5_000, 'Green, please. Red looks like a fire station & nobody wants that.'),
    say(9_400, 'Agreed, green it is. Can you buy the paint by Friday?'),
    say(13_500, 'Yes.'),
    say(17_500, 'And the budget is 120 euros, not a cent more.'),
  );
  const diarization = {
    spans: [
      span(0, 400, 4_200),
      span(1, 4_900, 9_000),
      span(0, 9_300, 13_400),
      span(1, 12_900, 14_000),
      span(0, 17_400, 20_900),
    ],
    speakerCount: 2,
    warnings: [],
  };
  return {
    transcription: heard,
    diarization,
    transcript: assignSpeakers(heard, diarization, 30_000),
    summary: summary({
      abstract: 'The shed will be green. The paint is bought by Friday and may cost 120 euros.',
      topics: [{ title: 'Colour of the shed', start: 0.5, end: 14 }],
      decisions: [
        item('D1', 'The shed is painted green.', {
          evidence: [{ turn: 'T0003', start: 9.4, end: 10.5, quote: 'Agreed, green it is.' }],
        }),
      ],
      actionItems: [
        action('A1', 'Buy the paint', {
          owner: 'SPEAKER_01',
          due: { text: 'by Friday', date: '2026-11-20' },
          evidence: [{ turn: 'T0003', start: 10.6, end: 12.6, quote: 'Can you buy the paint by Friday?' }],
        }),
        action('A2', 'Paint the fire station', {
          verified: false,
          reason: 'not found in the words',
          due: { text: 'tomorrow', date: '2026-11-18' },
        }),
      ],
      questions: [
        item('Q1', 'Do we paint it red or green?', {
          evidence: [{ turn: 'T0001', start: 2.3, end: 4, quote: 'do we paint it red or green?' }],
        }),
      ],
      numbers: [
        item('N1', '120 euros', {
          evidence: [{ turn: 'T0005', start: 17.5, end: 20.4, quote: 'the budget is 120 euros' }],
        }),
      ],
    }),
    meta: meta(),
    ...changes,
  };
}
