/** Takes in a recording that lies on the bot's host: its bytes into the blob store, then one durable write. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type BlobStore, blobKeys } from './blobs/blob-store.ts';
import { hashFile, statRecording } from './recording-file.ts';
import type { RecordingOptions } from './recording-options.ts';
import type { Meeting } from './store/meetings.ts';
import type { Store } from './store/open-store.ts';

export interface Submission {
  file: string;
  options: RecordingOptions;
  /** Who submits it, as `platform:id`. */
  who: string;
  platform: string;
  /** Lower goes first, see PRIORITIES. */
  priority: number;
}

/**
 * The same recording with the same options by the same person is the same meeting.
 * @throws HansardError `file_missing`, `not_a_file`, `file_unreadable`, `disk_full`, …
 */
export async function submitRecording(
  { file, options, who, platform, priority }: Submission,
  { store, blobs }: { store: Store; blobs: BlobStore },
  signal: AbortSignal,
): Promise<{ meeting: Meeting; created: boolean }> {
  const modifiedAt = await statRecording(file);
  const fileHash = await hashFile(file, signal);
  const key = blobKeys.source(fileHash);
  if (!(await blobs.stat(key))) await blobs.put(key, fs.createReadStream(file), signal);
  const name = path.basename(file);
  const wish = createHash('sha256')
    .update(JSON.stringify([who, name, options]))
    .digest('hex')
    .slice(0, 16);
  return store.meetings.accept(
    {
      origin: `${platform}:${fileHash}:${wish}`,
      title: name,
      platform,
      channel: 'command line',
      owner: who,
      source: { kind: 'blob', name, modifiedAt: modifiedAt.toISOString() },
      options: { ...JSON.parse(JSON.stringify(options)), priority },
      fileHash,
    },
    who,
  );
}
