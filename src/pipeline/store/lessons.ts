/** Voices that are to be learned, from the moment that somebody is asked until a worker has listened. No voice lies here. */
import { z } from 'zod';
import { spanSchema } from '../stage-results.ts';
import type { Database } from './open-database.ts';
import { uuidV7 } from './uuid-v7.ts';

/** Whose voice it is, as they are called on the platform: they ask for it themselves. */
const asker = { account: z.string(), name: z.string() };
/** The platform's id of the press by which they agreed. */
const proof = z.string();
/** Which recording is listened to, and where in it; `spans` null: all of it is one person. */
const sound = { fileHash: z.string(), spans: z.array(spanSchema).nullable() };

const lessonBody = z.union([
  /** Somebody said that a speaker is themselves, and may agree now. */
  z.object({ state: z.literal('offered'), ...asker, meetingId: z.uuid(), ...sound }),
  /** They agreed, and their sample is to come. */
  z.object({ state: z.literal('waiting'), ...asker, proof }),
  z.object({ state: z.literal('learning'), ...asker, proof, meetingId: z.uuid().nullable(), ...sound }),
  /** A name was confirmed of somebody who agreed before. */
  z.object({ state: z.literal('learning'), personId: z.uuid(), meetingId: z.uuid(), ...sound }),
]);
export type NewLesson = z.infer<typeof lessonBody> & { workspace: string; expiresAt: string | null };
export type Lesson = NewLesson & { id: string };
export type LearningLesson = Extract<Lesson, { state: 'learning' }>;

export interface Lessons {
  /** Takes the place of what that account, or that meeting for that person, was waiting for. */
  add(lesson: NewLesson): string;
  /** Undefined also when its time is over. */
  find(id: string): Lesson | undefined;
  /** The account agreed, and its sample may come now. */
  waiting(account: string): Lesson | undefined;
  /** What workers listen to, oldest first. */
  learning(): LearningLesson[];
  /** Of whatever state, oldest first. */
  ofPerson(person: { id: string; accounts: readonly string[] }): Lesson[];
  remove(id: string): void;
  /** @returns how many there were */
  removeOf(account: string): number;
  dropExpired(now: Date): void;
}

const columns = `id, workspace, state, account, person_id AS personId, meeting_id AS meetingId, detail,
  expires_at AS expiresAt`;
const row = z.object({
  id: z.uuid(),
  workspace: z.string(),
  state: z.string(),
  account: z.string().nullable(),
  personId: z.string().nullable(),
  meetingId: z.string().nullable(),
  detail: z.string().transform(text => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
  expiresAt: z.string().nullable(),
});

export function createLessons(db: Database): Lessons {
  const select = (where: string, ...values: string[]): Lesson[] =>
    db.all(`SELECT ${columns} FROM voice_lessons ${where}`, ...values).map(raw => {
      const { id, workspace, expiresAt, detail, state, account, personId, meetingId } = row.parse(raw);
      const owner = account === null ? { personId } : { account };
      return { ...lessonBody.parse({ ...detail, state, ...owner, meetingId }), id, workspace, expiresAt };
    });
  const stillValid = '(expires_at IS NULL OR expires_at > ?)';
  const now = () => new Date().toISOString();
  return {
    add: lesson =>
      db.transaction(() => {
        const { workspace, expiresAt, state, ...body } = lesson;
        const { account = null, personId = null, meetingId = null, ...detail } = { ...noOwner, ...body };
        if (account !== null) db.run("DELETE FROM voice_lessons WHERE account = ? AND state <> 'learning'", account);
        if (personId !== null)
          db.run('DELETE FROM voice_lessons WHERE person_id = ? AND meeting_id IS ?', personId, meetingId);
        const id = uuidV7();
        db.run(
          `INSERT INTO voice_lessons (id, workspace, state, account, person_id, meeting_id, detail, expires_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[id, workspace, state, account, personId, meetingId, JSON.stringify(detail), expiresAt],
        );
        return id;
      }),
    find: id => select(`WHERE id = ? AND ${stillValid}`, id, now())[0],
    waiting: account => select(`WHERE account = ? AND state = 'waiting' AND ${stillValid}`, account, now())[0],
    learning: () =>
      select("WHERE state = 'learning' ORDER BY id").flatMap(one => (one.state === 'learning' ? [one] : [])),
    ofPerson: ({ id, accounts }) =>
      select(
        'WHERE person_id = ? OR account IN (SELECT value FROM json_each(?)) ORDER BY id',
        id,
        JSON.stringify(accounts),
      ),
    remove: id => void db.run('DELETE FROM voice_lessons WHERE id = ?', id),
    removeOf: account => db.run('DELETE FROM voice_lessons WHERE account = ?', account),
    dropExpired(at) {
      // it is asked all the time: the write lock is for when there is something to write
      const where = 'FROM voice_lessons WHERE expires_at <= ?';
      if (db.get(`SELECT 1 ${where}`, at.toISOString())) db.run(`DELETE ${where}`, at.toISOString());
    },
  };
}

const noOwner: { account?: string; personId?: string; meetingId?: string | null } = {};
