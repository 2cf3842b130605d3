/** Made-up voices and segmentation answers: every number follows from the seed, no model is needed. */
import {
  ACTIVITY_CHANNELS,
  EMBEDDING_SIZE,
  HOP_FRAMES,
  WINDOW_FRAMES,
} from '../../../src/gpu-worker/diarization/voice-models.ts';

/** A seeded source of numbers in [-1, 1). */
export function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 1073741823.5 - 1;
  };
}

/** An embedding of this voice: its own axis plus noise, so that two of one voice have a cosine of about 1 / (1 + spread²). */
export function voiceEmbedding(voice: number, spread: number, noise: () => number): Float32Array {
  const scale = spread * Math.sqrt(3 / EMBEDDING_SIZE);
  const raw = Float32Array.from({ length: EMBEDDING_SIZE }, (_, i) => scale * noise() + (i === voice ? 1 : 0));
  const length = Math.hypot(...raw);
  return raw.map(value => value / length);
}

/** Rows of one flat array, [rows, EMBEDDING_SIZE]. */
export function stack(rows: readonly Float32Array[]): Float32Array {
  const flat = new Float32Array(rows.length * EMBEDDING_SIZE);
  rows.forEach((row, i) => {
    flat.set(row, i * EMBEDDING_SIZE);
  });
  return flat;
}

/**
 * What a perfect segmentation model answers: `speakersAt` gives the voices that speak in a frame of the recording, and each
 * window numbers its local speakers by its own rule, as the model does.
 */
export function perfectActivities(windows: number, speakersAt: (frame: number) => readonly number[]): Uint8Array {
  const activities = new Uint8Array(windows * WINDOW_FRAMES * ACTIVITY_CHANNELS);
  for (let window = 0; window < windows; window++) {
    for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
      const at = (window * WINDOW_FRAMES + frame) * ACTIVITY_CHANNELS;
      const speakers = speakersAt(window * HOP_FRAMES + frame);
      for (const speaker of speakers) activities[at + ((speaker + window) % 3)] = 255;
      if (speakers.length > 1) activities[at + 3] = 255;
    }
  }
  return activities;
}
