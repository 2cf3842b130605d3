/** Everything that is held about a person, for them to have. */
import { unlessMissing } from '../blobs/unless-missing.ts';
import type { Transcript } from '../meeting.ts';
import { recordingOptions } from '../recording-options.ts';
import { speakersOfVoices } from '../stages/assign-speakers.ts';
import { mergeSpans } from '../stages/merge-speakers.ts';
import type { AuditRow } from '../store/audit.ts';
import type { Lesson } from '../store/lessons.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import type { KnownSpeaker } from '../store/speakers.ts';
import type { Voiceprint, VoiceReference } from '../store/voiceprints.ts';
import type { HeardMeeting } from './confirm-speakers.ts';
import { meetingsOf } from './forget-person.ts';

export interface PersonExport {
  person: Person;
  /** `vector`, `narrow`: the numbers of the voice, where they are asked for and can be read. */
  voiceprints: (Voiceprint & { vector?: number[]; narrow?: number[] })[];
  /** Voices of theirs that are to be learned. */
  lessons: Lesson[];
  meetings: ExportedMeeting[];
  /** What was done with it, and what their accounts did: consents, changes; newest first. */
  audit: AuditRow[];
}

export interface ExportedMeeting {
  id: string;
  at: string;
  platform: string;
  channel: string;
  /** Null where a voice was only suggested to be theirs, and the meeting may be other people's. */
  title: string | null;
  /** Which voices of the meeting are taken for theirs, and who says so; none where only the name was typed. */
  voices: Pick<KnownSpeaker, 'voice' | 'decision' | 'confidence'>[];
  /** What they said there, as it was heard. */
  turns: { id: string; startMs: number; endMs: number; text: string }[];
}

export interface ExportParts {
  store: Store;
  /** Both throw HansardError `blob_missing` when it is no longer kept, or not there yet. */
  minutes: { transcript(meetingId: string): Promise<Transcript>; heard(meetingId: string): Promise<HeardMeeting> };
}

/**
 * @param options.byName whether the name alone makes a meeting or a speaker theirs. Others may have it, and people choose how
 *   they are called: whoever asks for themselves gets only what a voice, an account or a confirmation says is theirs.
 * @throws HansardError `unknown_person`; with `withVoice` what reading the key throws
 */
export async function exportPerson(
  parts: ExportParts,
  personId: string,
  { withVoice, byName }: { withVoice: boolean; byName: boolean },
): Promise<PersonExport> {
  const { store } = parts;
  const person = store.people.get(personId);
  const links = Map.groupBy(store.speakers.ofPerson(personId), ({ meetingId }) => meetingId);
  const meetings: ExportedMeeting[] = [];
  for (const meeting of meetingsOf(store, person)) {
    const own = links.get(meeting.id) ?? [];
    if (byName || own.length > 0)
      meetings.push(await exportMeeting(parts, { meeting, name: person.name, own, byName }));
  }
  const voiceprints = store.voiceprints.of(personId).map(voiceprint => ({
    ...voiceprint,
    ...(withVoice && numbersOf(store.voiceprints.vectors(voiceprint.id))),
  }));
  return { person, voiceprints, lessons: store.lessons.ofPerson(person), meetings, audit: store.audit.about(person) };
}

async function exportMeeting(
  { minutes }: ExportParts,
  { meeting, name, own, byName }: { meeting: Meeting; name: string; own: readonly KnownSpeaker[]; byName: boolean },
): Promise<ExportedMeeting> {
  const { id, title, createdAt, platform, channel } = meeting;
  const certain = own.filter(({ decision }) => decision !== 'suggested').map(({ voice }) => voice);
  const said = await unlessMissing(async () => {
    const { speakers, turns } = await minutes.transcript(id);
    const called = speakers.filter(({ label }) => label === name).map(speaker => speaker.id);
    const linked = byName ? called : speakersOf(certain, meeting, await minutes.heard(id));
    return turns.filter(({ speaker }) => called.includes(speaker) && linked.includes(speaker));
  });
  return {
    ...{ id, at: createdAt, platform, channel, title: byName || certain.length > 0 ? title : null },
    voices: own.map(({ voice, decision, confidence }) => ({ voice, decision, confidence })),
    turns: (said ?? []).map(({ id: turn, startMs, endMs, text }) => ({ id: turn, startMs, endMs, text })),
  };
}

/** Which speakers of the transcript these voices of the diarizer are, after people merged some. */
function speakersOf(voices: readonly number[], { options }: Meeting, heard: HeardMeeting): string[] {
  const { speakerMerges } = recordingOptions.pick({ speakerMerges: true }).parse(options);
  const all = speakersOfVoices(heard.transcription.words, heard.diarization.spans);
  const merged = mergeSpans(
    [...all].map(([voice, speaker]) => ({ voice, speaker })),
    speakerMerges,
  );
  return merged.filter(({ voice }) => voices.includes(voice)).map(({ speaker }) => speaker);
}

function numbersOf({ vector, narrow }: Pick<VoiceReference, 'vector' | 'narrow'>) {
  return { vector: [...vector], ...(narrow && { narrow: [...narrow] }) };
}
