/** Decoded sound as blobs: what one worker decoded, another one listens to. */
import fs from 'node:fs';
import path from 'node:path';
import { type BlobStore, blobKeys, download } from './blobs/blob-store.ts';
import type { DecodedRecording } from './decoded.ts';
import { SAMPLE_RATE_HZ } from './meeting.ts';
import type { DecodedAudio } from './ports.ts';

export async function keepSound(
  blobs: BlobStore,
  { audioHash }: DecodedRecording,
  { wavPath, packed }: DecodedAudio,
  signal: AbortSignal,
): Promise<void> {
  await blobs.put(blobKeys.audio(audioHash), fs.createReadStream(wavPath), signal);
  if (packed) await blobs.put(blobKeys.tracks(audioHash), fs.createReadStream(packed.wavPath), signal);
}

/** Whether all of it is still there. */
export async function isSoundKept(blobs: BlobStore, { audioHash, tracks }: DecodedRecording): Promise<boolean> {
  const keys = [blobKeys.audio(audioHash), ...(tracks ? [blobKeys.tracks(audioHash)] : [])];
  return (await Promise.all(keys.map(key => blobs.stat(key)))).every(found => found !== undefined);
}

/** @throws HansardError `blob_missing`, `disk_full`, `data_unwritable` */
export async function fetchSound(
  blobs: BlobStore,
  { audioHash, durationMs, tracks }: DecodedRecording,
  folder: string,
  signal: AbortSignal,
): Promise<DecodedAudio> {
  const wavPath = path.join(folder, 'audio.wav');
  await download(blobs, blobKeys.audio(audioHash), wavPath, signal);
  const sampleCount = Math.round((durationMs * SAMPLE_RATE_HZ) / 1000);
  if (!tracks) return { wavPath, durationMs, sampleCount };
  const packed = { wavPath: path.join(folder, 'tracks.wav'), tracks };
  await download(blobs, blobKeys.tracks(audioHash), packed.wavPath, signal);
  return { wavPath, durationMs, sampleCount, packed };
}
