/** How far words are from where they were said. */
import { alignEqualWords, numberWords } from './edit-distance.ts';

export interface TimedWord {
  text: string;
  startMs: number;
  endMs: number;
}

/**
 * Found start minus true start in ms, for every word of the truth that is aligned with an equal one (lower case, letters
 * and digits only); words that were misheard have no time to compare. Both lists in the order of the text.
 */
export function measureWordStarts(truth: readonly TimedWord[], found: readonly TimedWord[]): number[] {
  const [wanted, heard] = numberWords(truth.map(plainText), found.map(plainText));
  const aligned = alignEqualWords(wanted!, heard!);
  return truth.flatMap(({ startMs }, index) => {
    const match = found[aligned[index]!];
    return match ? [match.startMs - startMs] : [];
  });
}

/** The value that a fraction `share` of `values` does not exceed, interpolated; null of nothing. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  return below + (position % 1) * (sorted[Math.ceil(position)]! - below);
}

function plainText({ text }: TimedWord): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
