/** Voices out of numbers: the same seed is the same voice, two seeds are two voices. */
import { meanVector, type VoiceVector } from '../../src/pipeline/voices/voice-vector.ts';

const SIZE = 192;

/** @param spread how far from the voice itself: 0 is the voice, 1 is hardly alike */
export function voiceVector(seed: number, { spread = 0, take = 0 } = {}): VoiceVector {
  const voice = noise(seed * 7919 + 1);
  if (spread === 0) return voice;
  return meanVector([voice, noise(seed * 104_729 + take * 31 + 5)], [1, spread]);
}

function noise(seed: number): VoiceVector {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  for (let i = 0; i < 8; i++) next();
  return meanVector([Float32Array.from({ length: SIZE }, next)]);
}
