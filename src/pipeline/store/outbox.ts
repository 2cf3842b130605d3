/** The outbox: what has to happen elsewhere because of a change here, written in the same transaction as the change. */
import { z } from 'zod';
import type { Database } from './open-database.ts';
import { uuidV7 } from './uuid-v7.ts';

const payloadSchema = z.record(z.string(), z.json());

const outboxRow = z.object({
  id: z.uuid(),
  meetingId: z.string().nullable(),
  topic: z.string(),
  payload: z.string().transform(text => payloadSchema.parse(JSON.parse(text))),
  /** How often it was taken, this time included. */
  attempts: z.number(),
});
export type OutboxItem = z.infer<typeof outboxRow>;

export interface Outbox {
  /** Call it inside the transaction of the change. */
  put(item: { topic: string; meetingId?: string; payload: z.infer<typeof payloadSchema> }): void;
  /** Takes what is due, oldest first; whoever dies with it loses it to the next taker after `holdMs`. */
  take(topics: readonly string[], limit: number, holdMs: number): OutboxItem[];
  /** It has happened. */
  done(id: string): void;
  /** It did not work: due again at this ISO time. */
  postpone(id: string, dueAt: string): void;
  count(): number;
}

export function createOutbox(db: Database): Outbox {
  return {
    put({ topic, meetingId, payload }) {
      const now = new Date().toISOString();
      db.run(
        'INSERT INTO outbox (id, meeting_id, topic, payload, due_at, created_at) VALUES (?, ?, ?, ?, ?, ?)',
        uuidV7(),
        meetingId ?? null,
        topic,
        JSON.stringify(payload),
        now,
        now,
      );
    },
    take: (topics, limit, holdMs) =>
      db.transaction(() => {
        const now = Date.now();
        const rows = db.all(
          `UPDATE outbox SET attempts = attempts + 1, due_at = ?
           WHERE id IN (SELECT id FROM outbox WHERE due_at <= ? AND topic IN (SELECT value FROM json_each(?))
             ORDER BY id LIMIT ?)
           RETURNING id, meeting_id AS meetingId, topic, payload, attempts`,
          new Date(now + holdMs).toISOString(),
          new Date(now).toISOString(),
          JSON.stringify(topics),
          limit,
        );
        return rows.map(row => outboxRow.parse(row)).sort((a, b) => (a.id < b.id ? -1 : 1));
      }),
    done: id => void db.run('DELETE FROM outbox WHERE id = ?', id),
    postpone: (id, dueAt) => void db.run('UPDATE outbox SET due_at = ? WHERE id = ?', dueAt, id),
    count: () => (db.get('SELECT COUNT(*) AS count FROM outbox') as { count: number }).count,
  };
}
