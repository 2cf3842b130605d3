/** Erases a meeting and proves it: afterwards neither the file nor its log holds what was said. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { HansardError } from '../../errors.ts';
import type { Audit } from './audit.ts';
import type { Database } from './open-database.ts';

/** How many rows went, and how many samples of what was said were searched for, in vain, in the files. */
export interface Erasure {
  turns: number;
  deliveries: number;
  samples: number;
}

/** Long enough not to occur by chance, short enough to lie within one page of the file. */
const SAMPLE_CHARACTERS = { min: 16, max: 40 };
const SAMPLES = 20;
const READ_BYTES = 1 << 20;

/**
 * Deletes the meeting with everything that hangs on it and empties the log. The audit keeps that it was here, never what.
 * Result files are not in the database: the caller erases them first.
 * @throws HansardError `unknown_meeting`; `database_busy` when another process holds the log open: call it again
 */
export function forgetMeeting(db: Database, audit: Audit, meetingId: string, who: string): Erasure {
  const { samples, ...counts } = db.transaction(() => {
    const samples = takeSamples(db, meetingId);
    const turns = db.run('DELETE FROM turns WHERE meeting_id = ?', meetingId);
    const deliveries = db.run('DELETE FROM deliveries WHERE meeting_id = ?', meetingId);
    db.run('DELETE FROM outbox WHERE meeting_id = ?', meetingId);
    const meetings = db.run('DELETE FROM meetings WHERE id = ?', meetingId);
    if (meetings === 0 && !wasForgotten(audit, meetingId))
      throw new HansardError('unknown_meeting', `no meeting has the id ${meetingId}`);
    if (meetings > 0) audit.write({ who, what: 'meeting.forgotten', meetingId, detail: { turns, deliveries } });
    return { turns, deliveries, samples };
  });
  db.checkpoint();
  const left = samples.filter(sample => isInFiles(db.file, sample) && !isSaidElsewhere(db, sample));
  if (left.length > 0)
    throw new HansardError('database_busy', `${left.length} of ${samples.length} samples are still in ${db.file}`);
  return { ...counts, samples: samples.length };
}

/** The rows went in an earlier call that could not empty the log. */
function wasForgotten(audit: Audit, meetingId: string): boolean {
  return audit.list({ meetingId, limit: 1 })[0]?.what === 'meeting.forgotten';
}

/** Beginnings of turns, the longest ones: they are the least likely to recur elsewhere. */
function takeSamples(db: Database, meetingId: string): string[] {
  const rows = db.all(
    `SELECT DISTINCT substr(text, 1, ${SAMPLE_CHARACTERS.max}) AS sample FROM turns
     WHERE meeting_id = ? AND length(text) >= ${SAMPLE_CHARACTERS.min} ORDER BY length(text) DESC LIMIT ${SAMPLES}`,
    meetingId,
  ) as { sample: string }[];
  return rows.map(row => row.sample);
}

function isInFiles(file: string, sample: string): boolean {
  return [file, `${file}-wal`].some(name => existsSync(name) && isInFile(name, Buffer.from(sample)));
}

/** Reads in pieces that overlap by the length of the sample: the file may be larger than memory. */
function isInFile(file: string, sample: Buffer): boolean {
  const piece = Buffer.alloc(READ_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    for (let position = 0; ; position += READ_BYTES - sample.length) {
      const length = readSync(descriptor, piece, 0, READ_BYTES, position);
      if (piece.subarray(0, length).includes(sample)) return true;
      if (length < READ_BYTES) return false;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The same words in another meeting are not ours to erase. */
function isSaidElsewhere(db: Database, sample: string): boolean {
  return db.get('SELECT 1 FROM turns WHERE instr(text, ?) > 0 LIMIT 1', sample) !== undefined;
}
