/** The audit: who did what, when; never content. Each row is chained to the one before it by its hash. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from './open-database.ts';

/** Ids, states, names of settings and numbers; never a word that was said, a title or a file name. */
export type AuditDetail = Record<string, string | number | boolean>;

export interface AuditEntry {
  /** `system`, or the person as `platform:id`. */
  who: string;
  /** `meeting.moved`, `settings.changed` … */
  what: string;
  meetingId?: string;
  detail?: AuditDetail;
}

export interface AuditRow extends Required<Omit<AuditEntry, 'meetingId'>> {
  seq: number;
  at: string;
  meetingId: string | null;
}

export type AuditVerdict = { intact: true; rows: number } | { intact: false; seq: number; reason: string };

export interface Audit {
  /** Call it in the transaction that does what it tells of. */
  write(entry: AuditEntry): void;
  /** Newest first. */
  list(filter: { meetingId?: string; limit: number }): AuditRow[];
  /** What was done about a person, and what their accounts did; newest first. */
  about(person: { id: string; accounts: readonly string[] }): AuditRow[];
  /** Walks the whole chain; tells the first row that was changed, taken out or put in. */
  verify(): AuditVerdict;
}

const GENESIS = '0'.repeat(64);

const auditRow = z.object({
  seq: z.number(),
  at: z.string(),
  who: z.string(),
  what: z.string(),
  meetingId: z.string().nullable(),
  detail: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
const columns = 'seq, at, who, what, meeting_id AS meetingId, detail, previous_hash AS previousHash, hash';
const PAGE = 1_000;

export function createAudit(db: Database): Audit {
  return {
    write({ who, what, meetingId, detail = {} }) {
      db.transaction(() => {
        const last = db.get('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1') as
          | { seq: number; hash: string }
          | undefined;
        const previousHash = last?.hash ?? GENESIS;
        const row = {
          seq: highestSeq(db) + 1,
          at: new Date().toISOString(),
          who,
          what,
          meetingId: meetingId ?? null,
          detail: JSON.stringify(detail),
          previousHash,
        };
        db.run(
          'INSERT INTO audit (seq, at, who, what, meeting_id, detail, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          row.seq,
          row.at,
          row.who,
          row.what,
          row.meetingId,
          row.detail,
          row.previousHash,
          hashOf(row),
        );
      });
    },
    list({ meetingId, limit }) {
      const rows = meetingId
        ? db.all(`SELECT ${columns} FROM audit WHERE meeting_id = ? ORDER BY seq DESC LIMIT ?`, meetingId, limit)
        : db.all(`SELECT ${columns} FROM audit ORDER BY seq DESC LIMIT ?`, limit);
      return rows.map(parseRow);
    },
    about: ({ id, accounts }) =>
      db
        .all(
          `SELECT ${columns} FROM audit
           WHERE detail ->> '$.person' = ? OR who IN (SELECT value FROM json_each(?)) ORDER BY seq DESC`,
          id,
          JSON.stringify(accounts),
        )
        .map(parseRow),
    verify: () => verifyAudit(db),
  };
}

function parseRow(row: unknown): AuditRow {
  const { seq, at, who, what, meetingId, detail } = auditRow.parse(row);
  return { seq, at, who, what, meetingId, detail: JSON.parse(detail) };
}

function verifyAudit(db: Database): AuditVerdict {
  let previousHash = GENESIS;
  let previousSeq = 0;
  while (true) {
    const page = db.all(`SELECT ${columns} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, previousSeq, PAGE);
    for (const raw of page) {
      const row = auditRow.parse(raw);
      if (row.seq !== previousSeq + 1) return broken(previousSeq + 1, 'the row is missing');
      if (row.previousHash !== previousHash) return broken(row.seq, 'the row does not follow the one before it');
      if (row.hash !== hashOf(row)) return broken(row.seq, 'the row was changed');
      previousHash = row.hash;
      previousSeq = row.seq;
    }
    if (page.length < PAGE) break;
  }
  if (highestSeq(db) !== previousSeq) return broken(previousSeq + 1, 'rows were cut off at the end');
  return { intact: true, rows: previousSeq };
}

function broken(seq: number, reason: string): AuditVerdict {
  return { intact: false, seq, reason };
}

/** The highest number ever given, also when its row is gone. */
function highestSeq(db: Database): number {
  const row = db.get("SELECT seq FROM sqlite_sequence WHERE name = 'audit'") as { seq: number } | undefined;
  return row?.seq ?? 0;
}

function hashOf(row: Omit<z.infer<typeof auditRow>, 'hash'>): string {
  const fields = [row.seq, row.at, row.who, row.what, row.meetingId, row.detail, row.previousHash];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
