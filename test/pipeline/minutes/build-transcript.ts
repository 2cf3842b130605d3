/** Transcripts from lines of "Name: words" or from the truth of a sample meeting. */
import { speakerId, type Transcript } from '../../../src/pipeline/meeting.ts';

export interface Line {
  speaker: string;
  text: string;
  /** Seconds; lines follow each other where it is missing. */
  start?: number;
  end?: number;
}

const WORD_MS = 300;

/** "Ana: I'll send it." per line. */
export function meetingOf(text: string, changes: Partial<Transcript> = {}): Transcript {
  const lines = text
    .split('\n')
    .filter(line => line.includes(':'))
    .map(line => ({
      speaker: line.slice(0, line.indexOf(':')).trim(),
      text: line.slice(line.indexOf(':') + 1).trim(),
    }));
  return { ...transcriptOf(lines), ...changes };
}

export function transcriptOf(lines: readonly Line[]): Transcript {
  const ids = new Map<string, string>();
  let clockMs = 0;
  const turns = lines.map(({ speaker: label, text, start, end }, index) => {
    const speaker = ids.get(label) ?? speakerId(ids.size);
    ids.set(label, speaker);
    const said = text.split(/\s+/u).filter(Boolean);
    const startMs = start === undefined ? clockMs : start * 1_000;
    const endMs = end === undefined ? startMs + said.length * WORD_MS : end * 1_000;
    clockMs = endMs + WORD_MS;
    const stepMs = (endMs - startMs) / Math.max(1, said.length);
    const words = said.map((word, place) => ({
      text: word,
      startMs: startMs + place * stepMs,
      endMs: startMs + (place + 1) * stepMs,
      confidence: 0.9,
      speaker,
    }));
    const id = `T${String(index + 1).padStart(4, '0')}`;
    return { id, speaker, text: said.join(' '), startMs, endMs, overlap: false, words };
  });
  const speakers = [...ids].map(([label, id]) => ({ id, label, speechMs: 1_000 }));
  return { language: 'en', durationMs: clockMs, speakers, turns };
}
