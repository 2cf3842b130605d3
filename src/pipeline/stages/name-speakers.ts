/** Gives speakers the names that people chose for them, or that their voices have. */
import { z } from 'zod';
import type { Speaker, Transcript } from '../meeting.ts';
import { VOICE_DECISIONS } from '../store/speakers.ts';

/** A voice of the meeting, by the diarizer's number, and the person that it belongs to. */
export const knownVoice = z.object({
  voice: z.number().int().min(0),
  name: z.string(),
  decision: z.enum(VOICE_DECISIONS),
  confidence: z.number(),
});
export type KnownVoice = z.infer<typeof knownVoice>;

/** What stands where the name of somebody stood who asked to be forgotten. */
export const PARTICIPANT = 'Participant';

export interface Names {
  /** What people said, by speaker id: it counts more than any voice. */
  names?: Readonly<Record<string, string>> | undefined;
  voices?: readonly KnownVoice[] | undefined;
  /** The speakers of the diarizer's voices, see `speakersOfVoices`. */
  speakers?: ReadonlyMap<number, string>;
}

/** Who has no name keeps the id; a voice that is only probably somebody's is no name. */
export function nameSpeakers(
  transcript: Transcript,
  { names = {}, voices = [], speakers = new Map() }: Names,
): Transcript {
  const known = new Map(voices.map(voice => [speakers.get(voice.voice), voice]));
  const name = (speaker: Speaker): Speaker => {
    const given = names[speaker.id];
    if (given === PARTICIPANT) return { ...withoutUser(speaker), label: given, by: 'people' };
    if (given !== undefined) return { ...speaker, label: given, by: 'people' };
    const voice = known.get(speaker.id);
    if (!voice) return speaker;
    if (voice.decision === 'suggested')
      return { ...speaker, maybe: { name: voice.name, confidence: voice.confidence } };
    return { ...speaker, label: voice.name, by: voice.decision === 'confirmed' ? 'people' : 'voice' };
  };
  return { ...transcript, speakers: transcript.speakers.map(name) };
}

/** The account of a track names them as well. */
function withoutUser({ user: _user, ...speaker }: Speaker): Speaker {
  return speaker;
}
