/**
 * Takes out of each channel what leaks into it from the others: the far side of a telephone line comes back as an echo, and
 * cables and headsets let a little through. It is much softer than who speaks, and still loud enough to be transcribed twice.
 */
import type { WavFile } from '../audio/wav-file.ts';
import { QUIETEST_DB, quantile } from './levels.ts';
import { type ChannelSurvey, STEP_SAMPLES } from './survey-channels.ts';

/** An echo comes back this late. */
const HOLD_STEPS = 15;
/** A leak is softer in some moments than in others: its usual level, and so much more. */
const USUAL = 0.9;
const MARGIN_DB = 4;
/** Others speak when they are not softer than this below their loudest. */
const BELOW_LOUDEST_DB = 15;
/** Whoever is not softer than this speaks. */
const LOUDEST_LEAK_DB = -10;
/** A sound shorter than this is no word, and what is kept begins and ends so much earlier and later. */
const LEAST_STEPS = 4;
const AROUND_STEPS = 8;

/** The same channels, silent where only others speak. They read from the given ones and are closed with them. */
export function muteLeaks(wavs: readonly WavFile[], { levels }: Pick<ChannelSurvey, 'levels'>): WavFile[] {
  const held = levels.map(hold);
  return wavs.map((wav, channel) => {
    const others = [...levels.keys()].filter(other => other !== channel);
    const leaks = others.map(other => ({ from: held[other]!, db: leakOf(levels[channel]!, held[other]!) }));
    const loudest = levels[channel]!.map((_, step) => Math.max(...leaks.map(({ from, db }) => from[step]! + db)));
    const isSpoken = levels[channel]!.map((level, step) => (level > Math.max(QUIETEST_DB, loudest[step]!) ? 1 : 0));
    const spoken = smooth(isSpoken);
    // the quiet of the channel itself stays where nobody could be heard in it: without it words are heard worse
    const gains = spoken.map((gain, step) => (loudest[step]! <= QUIETEST_DB ? 1 : gain));
    return { ...wav, read: (from, to) => applyGains(wav.read(from, to), from, gains) };
  });
}

/** The loudest of the last moments. */
function hold(levels: Float32Array): Float32Array {
  return levels.map((_, step) => Math.max(...levels.subarray(Math.max(0, step - HOLD_STEPS), step + 2)));
}

/** How much softer others are heard on this channel than on theirs, with a margin: from the moments in which they speak. */
function leakOf(own: Float32Array, others: Float32Array): number {
  const loudDb = quantile(others.toSorted(), 0.95) - BELOW_LOUDEST_DB;
  const softer = own
    .map((level, step) => (others[step]! >= loudDb ? level - others[step]! : 0))
    .filter(difference => difference < LOUDEST_LEAK_DB);
  return Math.min(LOUDEST_LEAK_DB, quantile(softer.sort(), USUAL) + MARGIN_DB);
}

/** Without moments, and with a margin around what is left. */
function smooth(isSpoken: Float32Array): Float32Array {
  const gains = new Float32Array(isSpoken.length);
  for (let step = 0, run = 0; step < isSpoken.length; step++) {
    run = isSpoken[step] === 1 ? run + 1 : 0;
    if (run === LEAST_STEPS) gains.fill(1, Math.max(0, step - LEAST_STEPS - AROUND_STEPS + 1), step + AROUND_STEPS + 1);
    else if (run > LEAST_STEPS && step + AROUND_STEPS < gains.length) gains[step + AROUND_STEPS] = 1;
  }
  return gains;
}

/** From step to step the gain changes evenly, so that no click is heard. */
function applyGains(samples: Float32Array, from: number, gains: Float32Array): Float32Array {
  const gainAt = (step: number) => gains[Math.max(0, Math.min(gains.length - 1, step))] ?? 1;
  return samples.map((sample, index) => {
    const at = (from + index) / STEP_SAMPLES - 0.5;
    const step = Math.floor(at);
    const [before, after] = [gainAt(step), gainAt(step + 1)];
    return before === after ? sample * before : sample * (before + (after - before) * (at - step));
  });
}
