/** Everything that is held about a person, for them to have. */
import type { BlobStore } from '../blobs/blob-store.ts';
import { createResultStore } from '../results/result-store.ts';
import { findOutcome } from '../run-stage.ts';
import { transcriptSchema } from '../stage-results.ts';
import type { AuditRow } from '../store/audit.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import type { Voiceprint, VoiceReference } from '../store/voiceprints.ts';
import { meetingsOf } from './forget-person.ts';

export interface PersonExport {
  person: Person;
  /** `vector`, `narrow`: the numbers of the voice, where they are asked for and can be read. */
  voiceprints: (Voiceprint & { vector?: number[]; narrow?: number[] })[];
  meetings: {
    id: string;
    title: string;
    at: string;
    /** What they said there, as it was heard. */
    turns: { startMs: number; text: string }[];
  }[];
  /** What was done with it: consents, changes. */
  audit: AuditRow[];
}

/** @throws HansardError `unknown_person`; with `withVoice` what reading the key throws */
export async function exportPerson(
  { store, blobs }: { store: Store; blobs: BlobStore },
  personId: string,
  { withVoice }: { withVoice: boolean },
): Promise<PersonExport> {
  const person = store.people.get(personId);
  const results = createResultStore(blobs);
  const meetings = [];
  for (const { id, title, createdAt } of meetingsOf(store, person)) {
    const key = store.stages.get(id, 'assign').resultKey ?? '';
    const transcript = (key === '' ? undefined : await findOutcome(results, key, transcriptSchema))?.result;
    const ids = transcript?.speakers.filter(({ label }) => label === person.name).map(speaker => speaker.id) ?? [];
    const turns = (transcript?.turns ?? []).filter(({ speaker }) => ids.includes(speaker));
    meetings.push({ id, title, at: createdAt, turns: turns.map(({ startMs, text }) => ({ startMs, text })) });
  }
  const voiceprints = store.voiceprints.of(personId).map(voiceprint => ({
    ...voiceprint,
    ...(withVoice && numbersOf(store.voiceprints.vectors(voiceprint.id))),
  }));
  return { person, voiceprints, meetings, audit: store.audit.list({ limit: MOST_ROWS }).filter(isAbout(personId)) };
}

function numbersOf({ vector, narrow }: Pick<VoiceReference, 'vector' | 'narrow'>) {
  return { vector: [...vector], ...(narrow && { narrow: [...narrow] }) };
}

const MOST_ROWS = 1_000_000;

function isAbout(personId: string): (row: AuditRow) => boolean {
  return ({ detail }) => detail.person === personId;
}
