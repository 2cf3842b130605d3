/** Voices on their way between bot and worker: encrypted inside the job, with the key that lies in no queue. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { VoiceReference } from '../store/voiceprints.ts';
import { seal, unseal } from './seal.ts';
import type { VoiceKey } from './voice-key.ts';
import { type LearnedVoice, toBytes, toVector } from './voice-vector.ts';

const carried = z.array(z.object({ person: z.uuid(), voice: z.base64(), narrow: z.base64().optional() }));

export function sealReferences(key: VoiceKey, meetingId: string, references: readonly VoiceReference[]): string {
  const list = references.map(({ personId, vector, narrow }) => ({
    person: personId,
    voice: toBytes(vector).toString('base64'),
    ...(narrow && { narrow: toBytes(narrow).toString('base64') }),
  }));
  return seal(key, contextOf(meetingId), Buffer.from(JSON.stringify(list))).toString('base64');
}

/** @throws HansardError `voice_key_wrong`, `voiceprint_damaged` */
export function unsealReferences(key: VoiceKey, meetingId: string, sealed: string): VoiceReference[] {
  const parsed = carried.safeParse(
    JSON.parse(unseal(key, contextOf(meetingId), Buffer.from(sealed, 'base64')).toString('utf8')),
  );
  if (!parsed.success) throw new HansardError('voiceprint_damaged', `the voices for meeting ${meetingId}`);
  return parsed.data.map(({ person, voice, narrow }) => ({
    personId: person,
    vector: toVector(Buffer.from(voice, 'base64')),
    ...(narrow !== undefined && { narrow: toVector(Buffer.from(narrow, 'base64')) }),
  }));
}

/** A voice that a worker learned, on its way back. */
export function sealLearned(key: VoiceKey, lessonId: string, { vector, narrow }: LearnedVoice): string {
  const bytes = Buffer.concat([toBytes(vector), toBytes(narrow)]);
  return seal(key, lessonContext(lessonId), bytes).toString('base64');
}

/** @throws HansardError `voice_key_wrong`, `voiceprint_damaged` */
export function unsealLearned(key: VoiceKey, lessonId: string, sealed: string): LearnedVoice {
  const both = toVector(unseal(key, lessonContext(lessonId), Buffer.from(sealed, 'base64')));
  return { vector: both.slice(0, both.length / 2), narrow: both.slice(both.length / 2) };
}

function lessonContext(lessonId: string): string {
  return `voice of lesson ${lessonId}`;
}

function contextOf(meetingId: string): string {
  return `voices for meeting ${meetingId}`;
}
