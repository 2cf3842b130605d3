/** A few seconds of each voice that has no name yet, so that people can tell who it is. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../errors.ts';
import { type BlobStore, blobKeys, download } from '../pipeline/blobs/blob-store.ts';
import { SAMPLE_RATE_HZ, type Transcript, type Turn } from '../pipeline/meeting.ts';
import { formatClock } from '../pipeline/render/format-time.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';

export interface VoiceClip {
  /** `SPEAKER_01 at 03m12s.wav` */
  name: string;
  /** WAV: 16 kHz, mono, 16 bits. */
  content: Buffer;
}

export const CLIP_MS = 8_000;
/** More would be a wall of files. */
const MOST_CLIPS = 12;
const BYTES_PER_MS = (SAMPLE_RATE_HZ * 2) / 1000;
const HEADER_BYTES = 44;

/**
 * Of the stretch in which each speaks longest and alone. Nothing for speakers that have a name.
 * @param audioHash of the decoded recording
 * @throws HansardError `blob_missing` when the recording is no longer kept
 */
export async function cutVoiceClips(
  transcript: Transcript,
  audioHash: string,
  { blobs, workDir, signal }: { blobs: BlobStore; workDir: string; signal: AbortSignal },
): Promise<VoiceClip[]> {
  const unknown = transcript.speakers.filter(({ id, label }) => id === label).slice(0, MOST_CLIPS);
  const stretches = unknown.flatMap(({ id }) => findStretch(id, transcript.turns) ?? []);
  if (stretches.length === 0) return [];
  const key = blobKeys.audio(audioHash);
  if (!(await blobs.stat(key))) throw new HansardError('blob_missing', key);
  const work = await openWorkFolder(workDir);
  try {
    const file = path.join(work.path, 'audio.wav');
    await download(blobs, key, file, signal);
    await using audio = await fs.open(file);
    return await Promise.all(
      stretches.map(async ({ speaker, startMs, endMs }) => ({
        name: `${speaker} at ${formatClock(startMs).replaceAll(':', '-')}.wav`,
        content: await readWav(audio, startMs, endMs),
      })),
    );
  } finally {
    await work.remove();
  }
}

interface Stretch {
  speaker: string;
  startMs: number;
  endMs: number;
}

function findStretch(speaker: string, turns: readonly Turn[]): Stretch | undefined {
  const own = turns.filter(turn => turn.speaker === speaker);
  const alone = own.filter(({ overlap }) => !overlap);
  const [best] = (alone.length > 0 ? alone : own).toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
  return best && { speaker, startMs: best.startMs, endMs: Math.min(best.endMs, best.startMs + CLIP_MS) };
}

async function readWav(audio: fs.FileHandle, startMs: number, endMs: number): Promise<Buffer> {
  const from = (await findSamples(audio)) + 2 * Math.floor((startMs * BYTES_PER_MS) / 2);
  const length = 2 * Math.floor(((endMs - startMs) * BYTES_PER_MS) / 2);
  const samples = Buffer.alloc(length);
  const { bytesRead } = await audio.read(samples, 0, length, from);
  return Buffer.concat([wavHeader(bytesRead), samples.subarray(0, bytesRead)]);
}

/** Behind the header, which may name the encoder. */
async function findSamples(audio: fs.FileHandle): Promise<number> {
  const { buffer } = await audio.read(Buffer.alloc(512), 0, 512, 0);
  const at = buffer.indexOf('data');
  if (at === -1) throw new HansardError('blob_missing', 'the decoded sound has no samples');
  return at + 8;
}

/** RIFF, PCM (http://soundfile.sapp.org/doc/WaveFormat). */
function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
