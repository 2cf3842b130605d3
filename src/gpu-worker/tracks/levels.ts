/** Loudness and likeness of short stretches of sound. */

/** Quieter than any voice, in dB below full scale. */
export const QUIETEST_DB = -60;

/** In dB below full scale; digital silence is -100. */
export function levelOf(samples: Float32Array): number {
  return toDb(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** From mean square to dB. */
export function toDb(meanSquare: number): number {
  return 10 * Math.log10(Math.max(meanSquare, 1e-10));
}

/** From -1 to 1; 0 where one of them is silent. */
export function correlate(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    ab += a[index]! * b[index]!;
    aa += a[index]! * a[index]!;
    bb += b[index]! * b[index]!;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Of sorted levels; -100 where there are none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? -100;
}
