/** Deliveries: every message and file that a platform is to have, once. The row is the intent; the platform is the effect. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { assertAllowedMove, DELIVERY_STATES, type DeliveryState } from '../moves.ts';
import type { Audit } from './audit.ts';
import type { Failure } from './meetings.ts';
import type { Database } from './open-database.ts';
import { uuidV7 } from './uuid-v7.ts';

const deliveryRow = z.object({
  id: z.uuid(),
  meetingId: z.string(),
  platform: z.string(),
  target: z.string(),
  kind: z.string(),
  state: z.enum(DELIVERY_STATES),
  /** What the platform calls it (message ts, file id), as soon as it is known. */
  externalId: z.string().nullable(),
  attempts: z.number(),
  retryAt: z.string().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  createdAt: z.string(),
  deliveredAt: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliveryRow>;

export interface NewDelivery {
  meetingId: string;
  platform: string;
  /** Where it goes, e.g. channel and thread. */
  target: string;
  /** What it is, e.g. `placeholder`, `thread`, `file:transcript.md`; once per meeting and target. */
  kind: string;
}

/** The right to send; whoever holds the newest claim may write the outcome. */
export interface Claim {
  delivery: Delivery;
  token: string;
  /** Somebody began to send this and never told the outcome: look on the platform before sending again. */
  ambiguous: boolean;
}

export interface Deliveries {
  /** Writes the intent before anything is sent; the same intent twice is one row. */
  intend(delivery: NewDelivery): Delivery;
  of(meetingId: string): Delivery[];
  /** Pending ones whose retry time has come, and claims older than `staleMs`; oldest first. */
  due(staleMs: number, limit: number): Delivery[];
  /** Compare and set: undefined when another process has it, or when there is nothing to send. */
  claim(id: string, staleMs: number): Claim | undefined;
  /** Keeps the platform's name for it as soon as it is known, before it is shared. False: the claim was lost. */
  remember(claim: Claim, externalId: string): boolean;
  /** False: the claim was lost, another process decides. */
  deliver(claim: Claim): boolean;
  /** With `retryAt` (ISO time) it waits for the next try; without, it has failed for good. False: the claim was lost. */
  fail(claim: Claim, failure: Failure, retryAt?: string): boolean;
  /** It was taken back on the platform, or replaced. */
  drop(id: string): void;
  countByState(): Record<DeliveryState, number>;
  /** A failed one is sent again. @throws HansardError `illegal_move` */
  retry(id: string, who: string): void;
}

const columns = `id, meeting_id AS meetingId, platform, target, kind, state, external_id AS externalId, attempts,
  retry_at AS retryAt, error_code AS errorCode, error_message AS errorMessage, created_at AS createdAt,
  delivered_at AS deliveredAt`;

const isDue = `(state = 'pending' AND (retry_at IS NULL OR retry_at <= ?)) OR (state = 'sending' AND claimed_at <= ?)`;

export function createDeliveries(db: Database, audit: Audit): Deliveries {
  const select = (where: string, ...values: (string | number)[]): Delivery[] =>
    db.all(`SELECT ${columns} FROM deliveries ${where}`, ...values).map(row => deliveryRow.parse(row));
  const tell = ({ meetingId, kind, state: from }: Delivery, to: DeliveryState, who = 'system') => {
    assertAllowedMove('delivery', from, to);
    audit.write({ who, what: 'delivery.moved', meetingId, detail: { kind, from, to } });
  };
  /** Writes the outcome if the claim still holds. */
  const settle = (claim: Claim, to: DeliveryState, change: { failure?: Failure; retryAt?: string }): boolean =>
    db.transaction(() => {
      const { failure, retryAt } = change;
      const changed = db.run(
        `UPDATE deliveries SET state = ?1, claim = NULL, claimed_at = NULL, error_code = ?2, error_message = ?3,
           retry_at = ?4, delivered_at = CASE ?1 WHEN 'delivered' THEN ?5 END
         WHERE id = ?6 AND claim = ?7`,
        to,
        failure?.code ?? null,
        failure?.message ?? null,
        retryAt ?? null,
        new Date().toISOString(),
        claim.delivery.id,
        claim.token,
      );
      if (changed === 1) tell(claim.delivery, to);
      return changed === 1;
    });
  return {
    intend: delivery =>
      db.transaction(() => {
        const { meetingId, platform, target, kind } = delivery;
        db.run(
          `INSERT INTO deliveries (id, meeting_id, platform, target, kind, state, created_at)
           VALUES (?, ?, ?, ?, ?, 'pending', ?) ON CONFLICT (meeting_id, target, kind) DO NOTHING`,
          uuidV7(),
          meetingId,
          platform,
          target,
          kind,
          new Date().toISOString(),
        );
        return select('WHERE meeting_id = ? AND target = ? AND kind = ?', meetingId, target, kind)[0]!;
      }),
    of: meetingId => select('WHERE meeting_id = ? ORDER BY id', meetingId),
    due: (staleMs, limit) => select(`WHERE ${isDue} ORDER BY id LIMIT ?`, ...dueTimes(staleMs), limit),
    claim: (id, staleMs) =>
      db.transaction(() => {
        const before = select(`WHERE id = ? AND (${isDue})`, id, ...dueTimes(staleMs))[0];
        if (!before) return undefined;
        const token = randomUUID();
        db.run(
          "UPDATE deliveries SET state = 'sending', claim = ?, claimed_at = ?, attempts = attempts + 1 WHERE id = ?",
          token,
          new Date().toISOString(),
          id,
        );
        tell(before, 'sending');
        return { delivery: select('WHERE id = ?', id)[0]!, token, ambiguous: before.state === 'sending' };
      }),
    remember: ({ delivery, token }, externalId) =>
      db.run('UPDATE deliveries SET external_id = ? WHERE id = ? AND claim = ?', externalId, delivery.id, token) === 1,
    deliver: claim => settle(claim, 'delivered', {}),
    fail: (claim, failure, retryAt) =>
      retryAt === undefined ? settle(claim, 'failed', { failure }) : settle(claim, 'pending', { failure, retryAt }),
    drop: id => void db.run('DELETE FROM deliveries WHERE id = ?', id),
    countByState() {
      const counts = Object.fromEntries(DELIVERY_STATES.map(state => [state, 0])) as Record<DeliveryState, number>;
      const rows = db.all('SELECT state, COUNT(*) AS count FROM deliveries GROUP BY state');
      for (const { state, count } of rows as { state: DeliveryState; count: number }[]) counts[state] = count;
      return counts;
    },
    retry: (id, who) =>
      db.transaction(() => {
        const delivery = select('WHERE id = ?', id)[0];
        if (!delivery) return;
        tell(delivery, 'pending', who);
        db.run("UPDATE deliveries SET state = 'pending', retry_at = NULL WHERE id = ?", id);
      }),
  };
}

function dueTimes(staleMs: number): [now: string, stale: string] {
  const now = Date.now();
  return [new Date(now).toISOString(), new Date(now - staleMs).toISOString()];
}
