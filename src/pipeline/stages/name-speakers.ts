/** Gives speakers the names that people chose for them. */
import type { Transcript } from '../meeting.ts';

/** @param names by speaker id; who has none keeps the id */
export function nameSpeakers(transcript: Transcript, names: Readonly<Record<string, string>> = {}): Transcript {
  const speakers = transcript.speakers.map(speaker => ({ ...speaker, label: names[speaker.id] ?? speaker.label }));
  return { ...transcript, speakers };
}
