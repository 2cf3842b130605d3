/** Makes two files of many tracks: the mix, for people to hear, and the packed sound, for the models. */
import { createHash } from 'node:crypto';
import fs, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import type { DecodedAudio } from '../../pipeline/ports.ts';
import type { Stretch, TrackSpeaker } from '../../pipeline/tracks.ts';
import { asStorageError } from '../../write-atomically.ts';
import type { WavFile } from '../audio/wav-file.ts';
import { buildWavHeader, WAV_HEADER_BYTES } from '../audio/wav-header.ts';
import { findStretches } from './find-stretches.ts';

export interface TrackPacker {
  /**
   * Adds a decoded track that begins so many samples after the meeting.
   * @throws HansardError `too_long`, `disk_full`, `cancelled`
   */
  add(wav: WavFile, startSample: number, speaker: TrackSpeaker): Promise<void>;
  /** The mix is as long as the longest track. */
  finish(): Promise<{ audio: DecodedAudio & Required<Pick<DecodedAudio, 'packed'>>; audioHash: string }>;
  close(): Promise<void>;
}

/** Samples that are held in memory at once: half a minute. */
const CHUNK_SAMPLES = 30 * SAMPLE_RATE_HZ;
/** What one WAV file can hold is 37 hours. */
const MAX_SAMPLES = 36 * 3600 * SAMPLE_RATE_HZ;

/** @param folder gets `audio.wav` and `tracks.wav`, complete after `finish` */
export async function openTrackPacker(folder: string, signal: AbortSignal): Promise<TrackPacker> {
  const mixPath = path.join(folder, 'audio.wav');
  const packedPath = path.join(folder, 'tracks.wav');
  const mix = await onDisk(fs.open(mixPath, 'w+', 0o600), mixPath);
  const packed = await onDisk(fs.open(packedPath, 'w+', 0o600), packedPath);
  const speakers: TrackSpeaker[] = [];
  const stretches: Stretch[] = [];
  const hash = createHash('sha256');
  let packedCount = 0;
  let mixCount = 0;

  async function addStretch(wav: WavFile, from: number, to: number, startSample: number): Promise<void> {
    if (packedCount + to - from > MAX_SAMPLES) throw new HansardError('too_long', `${packedCount} samples of speech`);
    const track = speakers.length - 1;
    stretches.push({ track, meetingFrom: startSample + from, packedFrom: packedCount, sampleCount: to - from });
    for (let at = from; at < to; at += CHUNK_SAMPLES) {
      signal.throwIfAborted();
      const samples = toPcm(wav.read(at, Math.min(to, at + CHUNK_SAMPLES)));
      await write(packed, samples, packedCount);
      hash.update(asBytes(samples));
      packedCount += samples.length;
      const skipped = Math.max(0, -(startSample + at)); // the silence before the meeting
      await mixIn(samples.subarray(skipped), startSample + at + skipped);
    }
  }

  async function mixIn(samples: Int16Array, at: number): Promise<void> {
    const before = new Int16Array(samples.length);
    await mix.read(asBytes(before), 0, before.byteLength, WAV_HEADER_BYTES + at * 2);
    for (let index = 0; index < samples.length; index++) {
      samples[index] = Math.max(-32_768, Math.min(32_767, samples[index]! + before[index]!));
    }
    await write(mix, samples, at);
  }

  return {
    async add(wav, startSample, speaker) {
      try {
        const endSample = startSample + wav.sampleCount;
        if (endSample > MAX_SAMPLES) throw new HansardError('too_long', `a track ends after ${endSample} samples`);
        speakers.push(speaker);
        mixCount = Math.max(mixCount, endSample);
        for (const { from, to } of await findStretches(wav, signal)) {
          await onDisk(addStretch(wav, from, to, startSample), packedPath);
        }
      } catch (cause) {
        throw signal.aborted ? new HansardError('cancelled', 'while tracks were packed', { cause }) : cause;
      }
    },
    async finish() {
      // silence after the last sound takes no room on disk
      await onDisk(mix.truncate(WAV_HEADER_BYTES + mixCount * 2), mixPath);
      await onDisk(mix.write(buildWavHeader(mixCount), 0, WAV_HEADER_BYTES, 0), mixPath);
      await onDisk(packed.write(buildWavHeader(packedCount), 0, WAV_HEADER_BYTES, 0), packedPath);
      const tracks = { sampleCount: packedCount, speakers, stretches };
      hash.update(JSON.stringify({ ...tracks, mixCount }));
      return {
        audio: {
          ...{ wavPath: mixPath, sampleCount: mixCount, durationMs: (mixCount / SAMPLE_RATE_HZ) * 1000 },
          packed: { wavPath: packedPath, tracks },
        },
        audioHash: hash.digest('hex'),
      };
    },
    async close() {
      await mix.close();
      await packed.close();
    },
  };
}

async function write(file: FileHandle, samples: Int16Array, at: number): Promise<void> {
  await file.write(asBytes(samples), 0, samples.byteLength, WAV_HEADER_BYTES + at * 2);
}

function toPcm(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, sample => Math.round(sample * 32_768));
}

function asBytes({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function onDisk<T>(work: Promise<T>, where: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw asStorageError(cause, where);
  }
}
