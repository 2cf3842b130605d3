/** Whistled texts, which the stand-ins for models understand (tools/make_stand_ins.py). */
import fs from 'node:fs';
import path from 'node:path';
import { buildWavHeader } from '../../src/gpu-worker/audio/wav-header.ts';
import { SAMPLE_RATE_HZ } from '../../src/pipeline/meeting.ts';

export const standInsDir = path.join(import.meta.dirname, '../fixtures/stand-ins');

/** Hz; one per token of a stand-in. */
const TONES = [500, 800, 1200, 1700, 2400, 3300, 4500, 6000];
const TONE_MS = 240;
const PAUSE_MS = 240;
/** A tone that begins at once clicks, and a click has every tone in it. */
const FADE_SAMPLES = 320;

/** The time from the begin of one tone to that of the next. */
export const BEAT_MS = TONE_MS + PAUSE_MS;

/** Writes a WAV file in which the tones follow one another, with silence before and between them. */
export function writeWhistle(file: string, tones: readonly number[]): void {
  const samplesOf = (ms: number) => Math.round((ms * SAMPLE_RATE_HZ) / 1000);
  const samples = new Int16Array(samplesOf(PAUSE_MS + tones.length * BEAT_MS));
  tones.forEach((tone, index) => {
    const from = samplesOf(PAUSE_MS + index * BEAT_MS);
    const length = samplesOf(TONE_MS);
    for (let i = 0; i < length; i++) {
      const fade = Math.min(1, i / FADE_SAMPLES, (length - i) / FADE_SAMPLES);
      samples[from + i] = Math.round(8_000 * fade * Math.sin((2 * Math.PI * (TONES[tone] ?? 0) * i) / SAMPLE_RATE_HZ));
    }
  });
  fs.writeFileSync(file, Buffer.concat([buildWavHeader(samples.length), Buffer.from(samples.buffer)]));
}
