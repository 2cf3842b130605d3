/** The meetings as the pipeline hears them: words and voices of the recordings instead of the truth. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { Transcript } from '../../pipeline/meeting.ts';
import { findRecordings } from '../find-recordings.ts';
import type { SummaryCase } from './read-cases.ts';

/** @returns the recording's transcript */
export type Hear = (file: string, meetingDate: string) => Promise<Transcript>;

/**
 * The cases that have a recording beside them, in order.
 * @throws HansardError `invalid_usage` where none has
 */
export async function hearCases(folder: string, cases: readonly SummaryCase[], hear: Hear): Promise<SummaryCase[]> {
  const { recordings } = await findRecordings(folder);
  const files = new Map(recordings.map(({ file, truthBase }) => [path.basename(truthBase), file]));
  const heard: SummaryCase[] = [];
  for (const one of cases) {
    const file = files.get(one.name);
    if (file === undefined) continue;
    const transcript = await hear(file, one.meetingDate);
    heard.push({ ...one, transcript, names: nameVoices(transcript, one.transcript) });
  }
  if (heard.length === 0) throw new HansardError('invalid_usage', `${folder} has no recording beside NAME.facts.json.`);
  return heard;
}

/** Whoever of the truth speaks during most of a voice's turns, as a person would name it. */
function nameVoices(heard: Transcript, truth: Transcript): Map<string, string> {
  return new Map(
    heard.speakers.flatMap(({ id, label }) => {
      const turns = heard.turns.filter(({ speaker }) => speaker === id);
      const sharedMs = (name: string) =>
        turns.reduce((sum, turn) => sum + truth.turns.reduce((ms, one) => ms + shared(turn, one, name), 0), 0);
      const [best] = truth.speakers
        .map(speaker => ({ name: speaker.label, ms: sharedMs(speaker.id) }))
        .toSorted((a, b) => b.ms - a.ms);
      return best && best.ms > 0 ? [[label, best.name] as const] : [];
    }),
  );
}

function shared(heard: { startMs: number; endMs: number }, said: Transcript['turns'][number], speaker: string): number {
  if (said.speaker !== speaker) return 0;
  return Math.max(0, Math.min(heard.endMs, said.endMs) - Math.max(heard.startMs, said.startMs));
}
