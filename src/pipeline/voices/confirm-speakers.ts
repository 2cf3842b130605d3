/** People say who is who: whoever is known is linked to the voice, and whoever agreed to it is known better from then on. */
import { type BlobStore, blobKeys } from '../blobs/blob-store.ts';
import type { Diarization, Span, Transcription } from '../meeting.ts';
import { type RecordingOptions, recordingOptions } from '../recording-options.ts';
import { speakersOfVoices } from '../stages/assign-speakers.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import { findSolo } from './choose-line-up.ts';
import { areVoicesOn, workspaceOf } from './plan-voices.ts';
import { LEAST_LEARNED_SECONDS } from './solo-spans.ts';

/** Words and voices of a meeting, before anybody was named. */
export interface HeardMeeting {
  transcription: Pick<Transcription, 'words'>;
  diarization: Pick<Diarization, 'spans'>;
}

/** Who a speaker is said to be: by name, or by the platform's account. */
export interface SaidSpeaker {
  name: string;
  account?: string | undefined;
}

/**
 * Where a voice had been taken for that person by itself, and they agreed to be recognised, the meeting teaches their voice.
 * @returns the names to set: people who are known are called as they are known
 */
export async function confirmSpeakers(
  { store, blobs }: { store: Store; blobs: BlobStore },
  meeting: Meeting,
  heard: HeardMeeting,
  said: Readonly<Record<string, SaidSpeaker>>,
): Promise<Record<string, string>> {
  const { words } = heard.transcription;
  const voices = new Map([...speakersOfVoices(words, heard.diarization.spans)].map(([voice, id]) => [id, voice]));
  const names: Record<string, string> = {};
  for (const [speaker, who] of Object.entries(said)) {
    const person = findPerson(store, workspaceOf(meeting), who);
    names[speaker] = person?.name ?? who.name;
    const voice = voices.get(speaker);
    const before = store.speakers.of(meeting.id).find(known => known.voice === voice);
    if (voice === undefined) continue;
    if (!person) {
      const isOther = before && (who.account !== undefined || before.name !== who.name);
      if (isOther) store.speakers.unlink(meeting.id, voice);
      continue;
    }
    store.speakers.confirm(meeting.id, voice, person.id);
    const isByVoice = before?.personId === person.id && before.decision !== 'confirmed';
    if (isByVoice && hasAgreed(store, person)) {
      const sound = await findSound(blobs, meeting, speaker, heard);
      const lesson = { state: 'learning', personId: person.id, meetingId: meeting.id, expiresAt: null } as const;
      if (sound) store.lessons.add({ ...lesson, workspace: person.workspace, ...sound });
    }
  }
  return names;
}

/** Several people of one name are nobody in particular. */
function findPerson(store: Store, workspace: string, { name, account }: SaidSpeaker): Person | undefined {
  if (account !== undefined) return store.people.findByAccount(account, workspace);
  const [person, other] = store.people.findAll(name, workspace);
  return other ? undefined : person;
}

function hasAgreed(store: Store, { id }: Person): boolean {
  const now = new Date().toISOString();
  return areVoicesOn(store) && store.voiceprints.of(id).some(({ expiresAt }) => expiresAt > now);
}

/** More changes a voice no more. */
const MOST_MS = 60_000;

/**
 * The recording, and where in it the speaker is heard alone.
 * @returns undefined when that is too little, or the recording is no longer kept
 */
export async function findSound(
  blobs: BlobStore,
  { fileHash, options }: Pick<Meeting, 'fileHash' | 'options'>,
  speaker: string,
  { transcription, diarization }: HeardMeeting,
): Promise<{ fileHash: string; spans: Span[] } | undefined> {
  const changes: Pick<RecordingOptions, 'speakerMerges' | 'speakerSplits'> = recordingOptions
    .pick({ speakerMerges: true, speakerSplits: true })
    .parse(options);
  const spans: Span[] = [];
  let takenMs = 0;
  for (const span of findSolo(transcription, diarization, changes)(speaker)) {
    if (takenMs >= MOST_MS) break;
    spans.push(span);
    takenMs += span.endMs - span.startMs;
  }
  if (fileHash === null || takenMs < LEAST_LEARNED_SECONDS * 1000) return undefined;
  return (await blobs.stat(blobKeys.source(fileHash))) && { fileHash, spans };
}
