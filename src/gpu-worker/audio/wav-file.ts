/** Reads windows of a 16 kHz mono 16-bit WAV file, so that a meeting never sits in memory whole. */
import fs from 'node:fs';
import { HansardError } from '../../errors.ts';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';

export interface WavFile {
  sampleCount: number;
  /** Samples [from, to) as floats in [-1, 1); the part outside the file is silence. Synchronous: used in children. */
  read(from: number, to: number): Float32Array;
  close(): void;
}

/**
 * Opens a decoded recording.
 * @throws HansardError `decode_failed` when it is not 16 kHz mono 16-bit PCM
 */
export function openWavFile(path: string): WavFile {
  const fd = fs.openSync(path, 'r');
  try {
    const { dataOffset, sampleCount } = findSamples(fd, path);
    return {
      sampleCount,
      read: (from, to) => readSamples(fd, dataOffset, sampleCount, from, to),
      close: () => fs.closeSync(fd),
    };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/** Opens it for as long as the work lasts. @throws HansardError `decode_failed`, and what the work throws */
export async function withWavFile<T>(path: string, work: (wav: WavFile) => Promise<T>): Promise<T> {
  const wav = openWavFile(path);
  try {
    return await work(wav);
  } finally {
    wav.close();
  }
}

function findSamples(fd: number, path: string): { dataOffset: number; sampleCount: number } {
  const size = fs.fstatSync(fd).size;
  const header = Buffer.alloc(12);
  fs.readSync(fd, header, 0, 12, 0);
  if (header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') {
    throw new HansardError('decode_failed', `${path} is not a WAV file`);
  }
  let isFormatKnown = false;
  for (let offset = 12; offset + 8 <= size; ) {
    const chunk = Buffer.alloc(24);
    fs.readSync(fd, chunk, 0, 24, offset);
    const name = chunk.toString('latin1', 0, 4);
    const bytes = chunk.readUInt32LE(4);
    if (name === 'fmt ') {
      const [channels, rateHz, bits] = [chunk.readUInt16LE(10), chunk.readUInt32LE(12), chunk.readUInt16LE(22)];
      if (channels !== 1 || rateHz !== SAMPLE_RATE_HZ || bits !== 16) {
        throw new HansardError('decode_failed', `${path}: ${channels} channels, ${rateHz} Hz, ${bits} bit`);
      }
      isFormatKnown = true;
    }
    if (name === 'data') {
      if (!isFormatKnown) throw new HansardError('decode_failed', `${path} does not say what its samples are`);
      const available = Math.min(bytes, size - offset - 8);
      return { dataOffset: offset + 8, sampleCount: available >> 1 };
    }
    offset += 8 + bytes + (bytes & 1);
  }
  throw new HansardError('decode_failed', `${path} has no sound in it`);
}

function readSamples(fd: number, dataOffset: number, sampleCount: number, from: number, to: number): Float32Array {
  const samples = new Float32Array(to - from);
  const first = Math.max(0, from);
  const last = Math.min(sampleCount, to);
  if (last <= first) return samples;
  const bytes = new Uint8Array((last - first) * 2);
  fs.readSync(fd, bytes, 0, bytes.length, dataOffset + first * 2);
  const pcm = new Int16Array(bytes.buffer); // WAV is little-endian, and so is every machine that Node 24 runs on
  for (let i = 0; i < pcm.length; i++) samples[first - from + i] = pcm[i]! / 32768;
  return samples;
}
