/** Which voice of a meeting is which person, and who says so. */
import { z } from 'zod';
import type { Database } from './open-database.ts';

/** `automatic`: the voice alone was enough. `suggested`: a person should look. `confirmed`: a person did. */
export const VOICE_DECISIONS = ['automatic', 'suggested', 'confirmed'] as const;

/** What is known of one voice; `voice` is the diarizer's number. No embedding, no score that one could be made from. */
export const voiceMatch = z.object({
  voice: z.number().int().min(0),
  personId: z.uuid(),
  decision: z.enum(VOICE_DECISIONS),
  /** 0..1 */
  confidence: z.number().min(0).max(1),
});
export type VoiceMatch = z.infer<typeof voiceMatch>;

const speakerRow = voiceMatch.extend({ meetingId: z.uuid(), name: z.string() });
export type KnownSpeaker = z.infer<typeof speakerRow>;

export interface Speakers {
  /** By voice. */
  of(meetingId: string): KnownSpeaker[];
  ofPerson(personId: string): KnownSpeaker[];
  /** Takes the place of what voices said before; what people confirmed stays, and people who are gone are left out. */
  replaceMatches(meetingId: string, matches: readonly VoiceMatch[]): void;
  /** A person says so. */
  confirm(meetingId: string, voice: number, personId: string): void;
  /** A person says that it is somebody else. */
  unlink(meetingId: string, voice: number): void;
}

const SELECT = `SELECT meeting_id AS meetingId, voice, person_id AS personId, decision, confidence, people.name AS name
  FROM speakers JOIN people ON people.id = person_id`;

export function createSpeakers(db: Database): Speakers {
  const put = (meetingId: string, { voice, personId, decision, confidence }: VoiceMatch) =>
    db.run(
      `INSERT INTO speakers (meeting_id, voice, person_id, decision, confidence, decided_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM people WHERE id = ?3)
       ON CONFLICT (meeting_id, voice) DO UPDATE SET person_id = excluded.person_id, decision = excluded.decision,
         confidence = excluded.confidence, decided_at = excluded.decided_at
       WHERE excluded.decision = 'confirmed' OR decision <> 'confirmed'`,
      ...[meetingId, voice, personId, decision, confidence, new Date().toISOString()],
    );
  const select = (where: string, value: string) =>
    db.all(`${SELECT} ${where}`, value).map(row => speakerRow.parse(row));
  return {
    of: meetingId => select('WHERE meeting_id = ? ORDER BY voice', meetingId),
    ofPerson: personId => select('WHERE person_id = ? ORDER BY meeting_id, voice', personId),
    replaceMatches: (meetingId, matches) =>
      db.transaction(() => {
        db.run("DELETE FROM speakers WHERE meeting_id = ? AND decision <> 'confirmed'", meetingId);
        for (const match of matches) put(meetingId, match);
      }),
    confirm: (meetingId, voice, personId) =>
      void put(meetingId, { voice, personId, decision: 'confirmed', confidence: 1 }),
    unlink: (meetingId, voice) =>
      void db.run('DELETE FROM speakers WHERE meeting_id = ? AND voice = ?', meetingId, voice),
  };
}
