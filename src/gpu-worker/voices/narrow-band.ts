/** Whether a voice came over a telephone: its band ends at 4 kHz at most, and what a wide microphone hears above is missing. */
import { computeFbank, FBANK_BINS } from '../audio/fbank.ts';

/** Mel bands of 80 between 20 and 8000 Hz: 0.4 to 3.3 kHz, and from 4.4 kHz on. */
const SPEECH_BANDS = { from: 15, to: 54 };
const HIGH_FROM = 62;
/** With the model's preemphasis 12 recordings lie from -10 dB up, in noise too, and those of telephones below -17 (bench/RESULTS.md). */
const NARROW_BELOW_DB = -15;

/** @param samples 16 kHz; some seconds of speech */
export function isNarrowBand(samples: Float32Array): boolean {
  const features = computeFbank(samples);
  const frames = Array.from({ length: features.length / FBANK_BINS }, (_, frame) => {
    const power = features.subarray(frame * FBANK_BINS, (frame + 1) * FBANK_BINS).map(Math.exp);
    return { speech: sum(power.subarray(SPEECH_BANDS.from, SPEECH_BANDS.to)), high: sum(power.subarray(HIGH_FROM)) };
  });
  // pauses hold the noise of the line alone
  const loud = frames.toSorted((a, b) => b.speech + b.high - a.speech - a.high).slice(0, Math.ceil(frames.length / 2));
  const speech = loud.reduce((total, frame) => total + frame.speech, 0);
  const high = loud.reduce((total, frame) => total + frame.high, 0);
  return speech > 0 && 10 * Math.log10(high / speech) < NARROW_BELOW_DB;
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
