/** Listens to the voices of the bench: blocks of five seconds, each in every condition. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { openWavFile } from '../../gpu-worker/audio/wav-file.ts';
import { throughTelephone } from '../../gpu-worker/ffmpeg/through-telephone.ts';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import type { StageContext } from '../../pipeline/ports.ts';
import type { Stages } from '../../pipeline/process-recording.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import type { HeardVoice } from '../../pipeline/voices/match-voices.ts';
import type { VoiceVector } from '../../pipeline/voices/voice-vector.ts';
import { type Condition, hearThrough } from './conditions.ts';
import type { VoiceRecording } from './find-voices.ts';

export const BLOCK_SECONDS = 5;
/** More of one voice in one recording proves nothing new. */
const MOST_SECONDS = 150;

export interface MeasuredVoice {
  voice: string;
  /** Of the recording that it was heard in first; enrolment comes from there. */
  blocks: Record<Condition, VoiceBlock[]>;
  /** The clean blocks as enrolment bands them. */
  narrow: VoiceVector[];
}

export type VoiceBlock = Pick<HeardVoice, 'vector' | 'isNarrow'>;

export interface MeasureParts {
  stages: Pick<Stages, 'decode' | 'voices'>;
  options: RecordingOptions;
  /** Gets one file after the other, each removed again. */
  folder: string;
  signal: AbortSignal;
}

/** In the order of the recordings; recordings of one voice follow each other as one. */
export async function measureVoices(
  recordings: readonly VoiceRecording[],
  parts: MeasureParts,
): Promise<MeasuredVoice[]> {
  const byVoice = Map.groupBy(recordings, ({ voice }) => voice);
  const measured: MeasuredVoice[] = [];
  for (const [voice, own] of byVoice) {
    const samples: Float32Array[] = [];
    for (const recording of own) samples.push(...(await listen(recording, parts)));
    const speech = join(samples).subarray(0, MOST_SECONDS * SAMPLE_RATE_HZ);
    const wavPath = path.join(parts.folder, 'voice.wav');
    const hear = async (condition: Condition) => {
      await fs.writeFile(wavPath, toWav(hearThrough(condition, speech)));
      return await measureBlocks(wavPath, speech.length, parts);
    };
    const blocks = {
      telephone: await hear('telephone'),
      'noise 10 dB': await hear('noise 10 dB'),
      clean: await hear('clean'), // last, since enrolment takes it
    };
    const narrowPath = path.join(parts.folder, 'narrow.wav');
    await throughTelephone(wavPath, narrowPath, parts.signal);
    const narrow = (await measureBlocks(narrowPath, speech.length, parts)).map(({ vector }) => vector);
    measured.push({ voice, blocks, narrow });
  }
  return measured;
}

async function listen(
  { file, solo }: VoiceRecording,
  { stages, options, folder, signal }: MeasureParts,
): Promise<Float32Array[]> {
  const workDir = await fs.mkdtemp(path.join(folder, 'decode-'));
  try {
    const { audio } = await stages.decode.run({ sourcePath: file, workDir }, options, quiet(signal));
    const wav = openWavFile(audio.wavPath);
    try {
      const toSample = (ms: number) => Math.round((ms * SAMPLE_RATE_HZ) / 1000);
      if (!solo) return [wav.read(0, wav.sampleCount)];
      return solo.map(({ startMs, endMs }) => wav.read(toSample(startMs), toSample(endMs)));
    } finally {
      wav.close();
    }
  } finally {
    await fs.rm(workDir, { recursive: true, force: true });
  }
}

async function measureBlocks(
  wavPath: string,
  sampleCount: number,
  { stages, options, signal }: MeasureParts,
): Promise<VoiceBlock[]> {
  const blockMs = BLOCK_SECONDS * 1000;
  const count = Math.floor(sampleCount / SAMPLE_RATE_HZ / BLOCK_SECONDS);
  // each block counts as a voice of its own: what comes back is one vector per block
  const spans = Array.from({ length: count }, (_, speaker) => ({
    speaker,
    startMs: speaker * blockMs,
    endMs: (speaker + 1) * blockMs,
  }));
  const durationMs = (sampleCount * 1000) / SAMPLE_RATE_HZ;
  const audio = { wavPath, sampleCount, durationMs };
  return await stages.voices.measure(audio, spans, options, quiet(signal));
}

function join(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** 16 kHz, mono, 16 bits (http://soundfile.sapp.org/doc/WaveFormat). */
function toWav(samples: Float32Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  const pcm = Int16Array.from(samples, value => Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
  return Buffer.concat([header, Buffer.from(pcm.buffer)]);
}

function quiet(signal: AbortSignal): StageContext {
  const nothing = () => {};
  return { signal, onProgress: nothing, addCpuSeconds: nothing, onDevice: nothing };
}
