/** Meetings: what was accepted and where each one is. */
import { z } from 'zod';
import { type FaultCode, HansardError } from '../../errors.ts';
import { assertAllowedMove, FINAL_MEETING_STATES, MEETING_STATES, type MeetingState, STAGES } from '../moves.ts';
import type { Audit } from './audit.ts';
import type { Database } from './open-database.ts';
import { uuidV7 } from './uuid-v7.ts';

type Json = z.core.util.JSONType;
/** What this file wrote: looked at, not taken apart, since meetings are read often. */
const json = z.string().transform((text, context): Record<string, Json> => {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, Json>;
  context.addIssue({ code: 'custom', message: 'expected an object' });
  return z.NEVER;
});

const meetingRow = z.object({
  id: z.uuid(),
  state: z.enum(MEETING_STATES),
  origin: z.string(),
  title: z.string(),
  platform: z.string(),
  channel: z.string(),
  owner: z.string(),
  source: json,
  options: json,
  fileHash: z.string().nullable(),
  audioHash: z.string().nullable(),
  durationMs: z.number().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type Meeting = z.infer<typeof meetingRow>;

export interface NewMeeting {
  /** The event that brought the recording, e.g. `slack:T1:C2:F3`; the same origin again is the same meeting. */
  origin: string;
  title: string;
  platform: string;
  channel: string;
  /** Who posted it, as the platform names people. */
  owner: string;
  /** Where the recording is: file ids, link, name. */
  source: Meeting['source'];
  options: Meeting['options'];
  /** sha256 of the recording, where it is here already. */
  fileHash?: string | null;
}

export interface Failure {
  code: FaultCode;
  /** For the log and the status; no content. */
  message: string;
}

export interface MeetingFilter {
  states?: readonly MeetingState[];
  channel?: { platform: string; channel: string };
  limit: number;
}

export interface Meetings {
  /** One durable write: the meeting with all its stages. An origin that is known gives back its meeting. */
  accept(meeting: NewMeeting, who: string): { meeting: Meeting; created: boolean };
  find(id: string): Meeting | undefined;
  /** @throws HansardError `unknown_meeting` */
  get(id: string): Meeting;
  /** Those whose id begins or ends so. */
  findByPartOfId(part: string, limit: number): Meeting[];
  findByOrigin(origin: string): Meeting | undefined;
  /** Newest first. */
  findByFileHash(hash: string): Meeting[];
  findByAudioHash(hash: string): Meeting[];
  /** Newest first. */
  list(filter: MeetingFilter): Meeting[];
  /** Those that came in one message of the platform, oldest first. */
  ofMessage(message: { platform: string; channel: string; messageId: string }): Meeting[];
  /** Those of a file of the platform. */
  ofPostedFile(file: { platform: string; fileId: string }): Meeting[];
  /** Everything that is not in a final state, oldest first: what the reconciler looks after. */
  unfinished(): Meeting[];
  /** All of one person, as the platform names people. */
  ofOwner(owner: string): Meeting[];
  /** Accepted since that ISO time, of known length, and neither failed nor cancelled; oldest first. */
  processedSince(since: string, of: { owner: string } | { platform: string; channel: string }): Meeting[];
  /** Everything in a final state, oldest first. */
  over(): Meeting[];
  countByState(): Record<MeetingState, number>;
  /** @throws HansardError `illegal_move`, `unknown_meeting`. A move to `failed` needs its failure. */
  move(id: string, to: Exclude<MeetingState, 'failed'>, who: string): Meeting;
  fail(id: string, failure: Failure, who: string): Meeting;
  /** Replaces the options. */
  choose(id: string, options: Meeting['options']): void;
  /** What fetch and decode find out. */
  learn(id: string, facts: { fileHash?: string; audioHash?: string; durationMs?: number }): void;
}

const columns = `id, state, origin, title, platform, channel, owner, source, options, file_hash AS fileHash,
  audio_hash AS audioHash, duration_ms AS durationMs, error_code AS errorCode, error_message AS errorMessage,
  created_at AS createdAt, updated_at AS updatedAt, finished_at AS finishedAt`;

export function createMeetings(db: Database, audit: Audit): Meetings {
  const select = (where: string, ...values: (string | number)[]): Meeting[] =>
    db.all(`SELECT ${columns} FROM meetings ${where}`, ...values).map(row => meetingRow.parse(row));
  const find = (id: string) => select('WHERE id = ?', id)[0];
  const get = (id: string): Meeting => {
    const meeting = find(id);
    if (!meeting) throw new HansardError('unknown_meeting', `no meeting has the id ${id}`);
    return meeting;
  };
  const moveTo = (id: string, to: MeetingState, failure: Failure | undefined, who: string): Meeting =>
    db.transaction(() => {
      const { state: from } = get(id);
      assertAllowedMove('meeting', from, to);
      const now = new Date().toISOString();
      const isFinal = FINAL_MEETING_STATES.some(state => state === to);
      db.run(
        'UPDATE meetings SET state = ?, error_code = ?, error_message = ?, updated_at = ?, finished_at = ? WHERE id = ?',
        to,
        failure?.code ?? null,
        failure?.message ?? null,
        now,
        isFinal ? now : null,
        id,
      );
      const detail = failure ? { from, to, error: failure.code } : { from, to };
      audit.write({ who, what: 'meeting.moved', meetingId: id, detail });
      return get(id);
    });
  return {
    find,
    get,
    accept: (meeting, who) =>
      db.transaction(() => {
        const known = select('WHERE origin = ?', meeting.origin)[0];
        if (known) return { meeting: known, created: false };
        return { meeting: get(insert(db, audit, meeting, who)), created: true };
      }),
    findByPartOfId: (part, limit) =>
      select('WHERE substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1 LIMIT ?2', part, limit),
    findByOrigin: origin => select('WHERE origin = ?', origin)[0],
    findByFileHash: hash => select('WHERE file_hash = ? ORDER BY id DESC', hash),
    findByAudioHash: hash => select('WHERE audio_hash = ? ORDER BY id DESC', hash),
    list({ states = MEETING_STATES, channel, limit }) {
      const inStates = `state IN (${states.map(() => '?').join(', ')})`;
      return channel
        ? select(
            `WHERE platform = ? AND channel = ? AND ${inStates} ORDER BY created_at DESC, id DESC LIMIT ?`,
            channel.platform,
            channel.channel,
            ...states,
            limit,
          )
        : select(`WHERE ${inStates} ORDER BY id DESC LIMIT ?`, ...states, limit);
    },
    ofMessage: ({ platform, channel, messageId }) =>
      select(
        "WHERE platform = ? AND channel = ? AND json_extract(source, '$.messageId') = ? ORDER BY id",
        platform,
        channel,
        messageId,
      ),
    ofPostedFile: ({ platform, fileId }) =>
      select("WHERE platform = ? AND json_extract(source, '$.fileId') = ? ORDER BY id", platform, fileId),
    unfinished: () => select(`WHERE state NOT IN ('done', 'failed', 'cancelled') ORDER BY id`),
    ofOwner: owner => select('WHERE owner = ? ORDER BY id', owner),
    processedSince(since, of) {
      const rest = "created_at >= ? AND duration_ms IS NOT NULL AND state NOT IN ('failed', 'cancelled') ORDER BY id";
      return 'owner' in of
        ? select(`WHERE owner = ? AND ${rest}`, of.owner, since)
        : select(`WHERE platform = ? AND channel = ? AND ${rest}`, of.platform, of.channel, since);
    },
    over: () => select(`WHERE state IN ('done', 'failed', 'cancelled') ORDER BY id`),
    countByState() {
      const counts = Object.fromEntries(MEETING_STATES.map(state => [state, 0])) as Record<MeetingState, number>;
      const rows = db.all('SELECT state, COUNT(*) AS count FROM meetings GROUP BY state');
      for (const { state, count } of rows as { state: MeetingState; count: number }[]) counts[state] = count;
      return counts;
    },
    move: (id, to, who) => moveTo(id, to, undefined, who),
    fail: (id, failure, who) => moveTo(id, 'failed', failure, who),
    choose(id, options) {
      const changed = db.run(
        'UPDATE meetings SET options = ?, updated_at = ? WHERE id = ?',
        JSON.stringify(options),
        new Date().toISOString(),
        id,
      );
      if (changed === 0) throw new HansardError('unknown_meeting', `no meeting has the id ${id}`);
    },
    learn(id, { fileHash, audioHash, durationMs }) {
      const changed = db.run(
        `UPDATE meetings SET file_hash = COALESCE(?, file_hash), audio_hash = COALESCE(?, audio_hash),
           duration_ms = COALESCE(?, duration_ms), updated_at = ? WHERE id = ?`,
        fileHash ?? null,
        audioHash ?? null,
        durationMs === undefined ? null : Math.round(durationMs),
        new Date().toISOString(),
        id,
      );
      if (changed === 0) throw new HansardError('unknown_meeting', `no meeting has the id ${id}`);
    },
  };
}

function insert(db: Database, audit: Audit, meeting: NewMeeting, who: string): string {
  const id = uuidV7();
  const now = new Date().toISOString();
  db.run(
    `INSERT INTO meetings (id, state, origin, title, platform, channel, owner, source, options, file_hash, created_at, updated_at)
     VALUES (?, 'accepted', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    meeting.origin,
    meeting.title,
    meeting.platform,
    meeting.channel,
    meeting.owner,
    JSON.stringify(meeting.source),
    JSON.stringify(meeting.options),
    meeting.fileHash ?? null,
    now,
    now,
  );
  for (const [position, name] of STAGES.entries())
    db.run("INSERT INTO stages (meeting_id, name, position, state) VALUES (?, ?, ?, 'waiting')", id, name, position);
  audit.write({ who, what: 'meeting.accepted', meetingId: id });
  return id;
}
