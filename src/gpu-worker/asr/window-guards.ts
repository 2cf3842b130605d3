/** Signs that a window's text is not what was said; openai/whisper decides by the same ones and bounds (transcribe.py). */
import { deflateSync } from 'node:zlib';
import type { DecodedWindow } from './whisper-search.ts';

/** Text that shrinks more than this repeats itself. */
const MOST_COMPRESSION = 2.4;
/** Mean log-probability per token below which the text is a guess. */
const LEAST_LOG_PROBABILITY = -1;
/** Where the model itself says that nobody speaks, and moreover guesses. */
export const MOST_NO_SPEECH = 0.6;

/**
 * Mean log-probability per token below which a beam finds fewer errors than greedy decoding: clean English has -0.06 to -0.2, single
 * sentences of seven other languages -0.11 to -0.43, Mandarin -0.17 to -0.32 (measured with whisper-base, see bench/RESULTS.md).
 */
const SURE_LOG_PROBABILITY = -0.15;

/** True when the likeliest token each time may not have made the likeliest text. */
export function isUnsure(window: DecodedWindow): boolean {
  return !isSilence(window) && meanLogProbability(window) < SURE_LOG_PROBABILITY;
}

/** True when the window should be decoded once more. */
export function isDoubtful(window: DecodedWindow, text: string): boolean {
  if (isSilence(window)) return false;
  return window.looped || compressionOf(text) > MOST_COMPRESSION || meanLogProbability(window) < LEAST_LOG_PROBABILITY;
}

/** True when the text was invented where nobody speaks. */
export function isSilence(window: DecodedWindow): boolean {
  return window.noSpeech > MOST_NO_SPEECH && meanLogProbability(window) < LEAST_LOG_PROBABILITY;
}

/** Bytes of a text over those of its zlib compression; short texts come out below 1. */
export function compressionOf(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}

/** The end of the text counts as a token, as in openai/whisper. */
export function meanLogProbability({ probabilities }: Pick<DecodedWindow, 'probabilities'>): number {
  const sum = probabilities.reduce((total, probability) => total + Math.log(Math.max(probability, 1e-9)), 0);
  return sum / (probabilities.length + 1);
}
