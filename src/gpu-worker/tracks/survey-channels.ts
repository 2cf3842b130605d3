/**
 * Tells whether each channel of a recording is one speaker's, as telephone systems record the two sides of a call, or whether
 * all channels hear the same room, music or mix. By energy: whose channel it is leads the others by far, now one and now
 * another; and by correlation: what sounds on two channels at once is not the same sound.
 */
import { setImmediate } from 'node:timers/promises';
import type { WavFile } from '../audio/wav-file.ts';
import { correlate, QUIETEST_DB, quantile, toDb } from './levels.ts';

/** 20 ms: between two who talk at once now the one is louder, now the other. */
export const STEP_SAMPLES = 320;
/** Steps of a frame of 0.1 s, in which sounds are compared. */
const FRAME_STEPS = 5;
const FRAME_SAMPLES = FRAME_STEPS * STEP_SAMPLES;
const FRAMES_AT_ONCE = 600;

/** A channel sounds where it is louder than this, and not far below its loudest. */
const BELOW_LOUDEST_DB = 25;
/** Between microphones of one room the levels differ by less, over a cross-talk of -20 dB by more. */
const LEAD_DB = 12;
const SAME_WAVE = 0.5;
/** Shares of the time in which anything sounds: led by one channel; the same on two channels, none of which leads. */
const MOSTLY = 0.5;
const MOST_SAME = 0.15;
/** What a channel leads, at least, when somebody speaks on it, as a share and in steps. */
const LEAST_OWN = 0.03;
const LEAST_OWN_STEPS = 15;
/** Speech swings between loud and quiet moments, by 14 dB and more; hiss, hum and most music swing less. */
const LEAST_SWING_DB = 10;

export interface ChannelSurvey {
  /** In dB, of every step of 20 ms, by channel. */
  levels: readonly Float32Array[];
  /** Channels that sound at all. */
  sounding: number[];
  /**
   * `apart`: every channel is a speaker's own. `same`, `inverted`: two hold the same sound most of the time, so that they are
   * surely not, and mixed they would be silent where it is inverted.
   */
  verdict: 'apart' | 'same' | 'inverted' | 'unclear';
}

/** @param wavs the channels, all of one length. @throws what the signal says */
export async function surveyChannels(wavs: readonly WavFile[], signal: AbortSignal): Promise<ChannelSurvey> {
  const frameCount = Math.floor(Math.min(...wavs.map(({ sampleCount }) => sampleCount)) / FRAME_SAMPLES);
  const levels = wavs.map(() => new Float32Array(frameCount * FRAME_STEPS));
  const likeness = new Float32Array(frameCount);
  for (let first = 0; first < frameCount; first += FRAMES_AT_ONCE) {
    await setImmediate(); // hours of it are read: others get their turn
    signal.throwIfAborted();
    const count = Math.min(FRAMES_AT_ONCE, frameCount - first);
    const read = wavs.map(wav => wav.read(first * FRAME_SAMPLES, (first + count) * FRAME_SAMPLES));
    for (let frame = 0; frame < count; frame++) {
      const heard = read.map((samples, channel) => {
        const own = samples.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES);
        const steps = levels[channel]!.subarray((first + frame) * FRAME_STEPS);
        return { own, db: measureFrame(own, steps) };
      });
      likeness[first + frame] = compareLoudest(heard);
    }
  }
  return { levels, ...judge(levels, likeness) };
}

/** Writes the level of each step. @returns that of the frame */
function measureFrame(samples: Float32Array, steps: Float32Array): number {
  let sum = 0;
  for (let step = 0; step < FRAME_STEPS; step++) {
    let square = 0;
    for (let index = step * STEP_SAMPLES; index < (step + 1) * STEP_SAMPLES; index++)
      square += samples[index]! * samples[index]!;
    steps[step] = toDb(square / STEP_SAMPLES);
    sum += square;
  }
  return toDb(sum / FRAME_SAMPLES);
}

/** The correlation of the two loudest channels; 0 where one leads the other, since a leak is the same sound too. */
function compareLoudest(heard: readonly { own: Float32Array; db: number }[]): number {
  const [one, other] = heard.toSorted((a, b) => b.db - a.db);
  return one && other && one.db - other.db < LEAD_DB ? correlate(one.own, other.own) : 0;
}

function judge(levels: readonly Float32Array[], likeness: Float32Array): Pick<ChannelSurvey, 'sounding' | 'verdict'> {
  const loudest = levels.map(own => quantile(own.toSorted(), 0.95));
  const sounding = [...levels.keys()].filter(channel => loudest[channel]! > QUIETEST_DB);
  const leaders = findLeaders(levels);
  const steps = [...leaders.keys()].filter(step =>
    sounding.some(channel => levels[channel]![step]! >= Math.max(QUIETEST_DB, loudest[channel]! - BELOW_LOUDEST_DB)),
  );
  const share = (isOne: (step: number) => boolean) => steps.filter(isOne).length / Math.max(1, steps.length);
  const likenessAt = (step: number) => likeness[Math.floor(step / FRAME_STEPS)]!;
  const same = share(step => likenessAt(step) >= SAME_WAVE);
  const inverted = share(step => likenessAt(step) <= -SAME_WAVE);
  if (steps.length >= LEAST_OWN_STEPS && same + inverted > MOSTLY)
    return { sounding, verdict: inverted > MOSTLY ? 'inverted' : 'same' };
  const isSpoken = (channel: number) => {
    const own = share(step => leaders[step] === channel);
    const free = Float32Array.from(steps, step => levels[channel]![step]!).filter((_, index) =>
      [channel, NOBODY].includes(leaders[steps[index]!]!),
    );
    const swingDb = quantile(free.sort(), 0.9) - quantile(free, 0.1);
    return own >= LEAST_OWN && own * steps.length >= LEAST_OWN_STEPS && swingDb >= LEAST_SWING_DB;
  };
  const isApart =
    share(step => leaders[step] !== NOBODY) >= MOSTLY &&
    same + inverted <= MOST_SAME &&
    sounding.filter(isSpoken).length >= 2;
  return { sounding, verdict: isApart ? 'apart' : 'unclear' };
}

const NOBODY = -1;

/** The channel that leads all others in each step, or `NOBODY`. */
function findLeaders(levels: readonly Float32Array[]): Int8Array {
  return Int8Array.from(levels[0] ?? [], (_, step) => {
    let [leader, first, second] = [NOBODY, -Infinity, -Infinity];
    for (const [channel, own] of levels.entries()) {
      const db = own[step]!;
      if (db > first) [leader, first, second] = [channel, db, first];
      else if (db > second) second = db;
    }
    return first - second >= LEAD_DB ? leader : NOBODY;
  });
}
