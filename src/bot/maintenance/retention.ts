/** Nothing is kept longer than it should be: recordings, meetings, and the temporary things of both. */
import type { z } from 'zod';
import { type BlobFacts, type BlobStore, blobKeys } from '../../pipeline/blobs/blob-store.ts';
import { type EraseParts, eraseMeeting } from '../../pipeline/erase-meeting.ts';
import { RETENTION_SETTING, retentionSchema } from '../../pipeline/known-settings.ts';
import { FINAL_MEETING_STATES } from '../../pipeline/moves.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';

export type Retention = z.infer<typeof retentionSchema>;

export interface RetentionReport {
  /** Recordings whose time was over, with their bytes. */
  recordings: number;
  bytes: number;
  /** Meetings that were erased with all that hangs on them. */
  meetings: string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const WHO = 'system';

/** @param defaults where neither the channel nor the global setting says */
export function retentionOf(
  store: Store,
  { platform, channel }: Pick<Meeting, 'platform' | 'channel'>,
  defaults: Retention,
): Retention {
  const { settings } = store;
  return (
    settings.find(`${platform}:${channel}`, RETENTION_SETTING, retentionSchema) ??
    settings.find('global', RETENTION_SETTING, retentionSchema) ??
    defaults
  );
}

export async function applyRetention(
  parts: EraseParts,
  defaults: Retention,
  { dryRun, now = Date.now() }: { dryRun: boolean; now?: number },
): Promise<RetentionReport> {
  const { store, blobs } = parts;
  const report: RetentionReport = { recordings: 0, bytes: 0, meetings: [] };
  const isOver = ({ finishedAt }: Meeting, days: number) =>
    finishedAt !== null && now - Date.parse(finishedAt) >= days * DAY_MS;
  const audioMayGo = (meeting: Meeting) => isOver(meeting, retentionOf(store, meeting, defaults).audioDays);
  for (const meeting of store.meetings.over()) {
    if (isOver(meeting, retentionOf(store, meeting, defaults).meetingDays)) {
      await eraseMeeting(parts, meeting.id, WHO, { dryRun });
      report.meetings.push(meeting.id);
    } else if (meeting.fileHash !== null && store.meetings.findByFileHash(meeting.fileHash).every(audioMayGo)) {
      const gone = await drop(blobs, blobKeys.source(meeting.fileHash), dryRun);
      if (gone) report.recordings++;
      report.bytes += gone?.bytes ?? 0;
    }
  }
  return report;
}

export interface CleanUpReport {
  /** Decoded sound that no meeting needs now. */
  audio: number;
  /** Stored results that belong to no meeting and are old. */
  results: number;
  /** Recordings that belong to no meeting and are old: their submission was cut off. */
  recordings: number;
  bytes: number;
}

/** Whoever writes a blob needs this long at most until a meeting names it. */
const GRACE_MS = 24 * 60 * 60 * 1000;
const AUDIO_GRACE_MS = 60 * 60 * 1000;

/** @param resultDays results that no meeting names are those of the command line: kept for so long */
export async function cleanUp(
  { store, blobs }: Pick<EraseParts, 'store' | 'blobs'>,
  resultDays: number,
  { dryRun, now = Date.now() }: { dryRun: boolean; now?: number },
): Promise<CleanUpReport> {
  const report: CleanUpReport = { audio: 0, results: 0, recordings: 0, bytes: 0 };
  const sweep = async (
    kind: 'audio' | 'results' | 'recordings',
    prefix: string,
    olderThanMs: number,
    isNeeded: (name: string) => boolean,
  ) => {
    for await (const { key, bytes, modifiedAtMs } of blobs.list(prefix)) {
      const name = (key.split('/').at(-1) ?? '').replace(/\.\w+$/, '');
      if (now - modifiedAtMs < olderThanMs || isNeeded(name)) continue;
      if (!dryRun) await blobs.delete(key);
      report[kind]++;
      report.bytes += bytes;
    }
  };
  const isWorkedOn = ({ state }: Meeting) => !FINAL_MEETING_STATES.some(final => final === state);
  await sweep('audio', 'audio/', AUDIO_GRACE_MS, hash => store.meetings.findByAudioHash(hash).some(isWorkedOn));
  await sweep('recordings', 'sources/', GRACE_MS, hash => store.meetings.findByFileHash(hash).length > 0);
  await sweep('results', 'results/', Math.max(GRACE_MS, resultDays * DAY_MS), key => store.stages.isResultKey(key));
  return report;
}

async function drop(blobs: BlobStore, key: string, dryRun: boolean): Promise<BlobFacts | undefined> {
  const facts = await blobs.stat(key);
  if (facts && !dryRun) await blobs.delete(key);
  return facts;
}
