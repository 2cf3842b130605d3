/** From scores to error rates, and to the curve between false accepts and misses. */

export interface Trials {
  /** Scores of voices against themselves. */
  same: readonly number[];
  /** Against others. */
  other: readonly number[];
}

export interface OperatingPoint {
  threshold: number;
  /** Share of `other` at or above the threshold, and of `same` below it. */
  falseAccepts: number;
  misses: number;
}

/** One point per score, by rising threshold. */
export function operatingPoints({ same, other }: Trials): OperatingPoint[] {
  const mine = same.toSorted((a, b) => a - b);
  const theirs = other.toSorted((a, b) => a - b);
  const thresholds = [...new Set([...mine, ...theirs])].sort((a, b) => a - b);
  let [below, refused] = [0, 0];
  return thresholds.map(threshold => {
    while ((mine[below] ?? Number.POSITIVE_INFINITY) < threshold) below++;
    while ((theirs[refused] ?? Number.POSITIVE_INFINITY) < threshold) refused++;
    return {
      threshold,
      falseAccepts: (theirs.length - refused) / Math.max(1, theirs.length),
      misses: below / Math.max(1, mine.length),
    };
  });
}

/** Where misses and false accepts are equal, or nearly. */
export function equalErrorPoint(trials: Trials): OperatingPoint | undefined {
  const apart = ({ falseAccepts, misses }: OperatingPoint) => Math.abs(falseAccepts - misses);
  return operatingPoints(trials).toSorted((a, b) => apart(a) - apart(b))[0];
}

/** The lowest threshold at which at most that share of others is accepted. */
export function pointOfFalseAccepts(trials: Trials, most: number): OperatingPoint | undefined {
  return operatingPoints(trials).find(({ falseAccepts }) => falseAccepts <= most);
}
