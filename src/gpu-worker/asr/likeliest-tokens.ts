/** The likeliest tokens out of the scores of a whole vocabulary. */

/** A token that may come next. */
export interface Follower {
  token: number;
  probability: number;
}

/** Those with the highest logits among the first `among` tokens, in falling order. */
export function findLikeliest(logits: Float32Array, count: number, among = logits.length): Follower[] {
  const found: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < among; index++) {
    const logit = logits[index]!;
    if (logit <= least) continue;
    let at = found.length;
    while (at > 0 && logits[found[at - 1]!]! < logit) at--;
    found.splice(at, 0, index);
    if (found.length > count) found.pop();
    if (found.length === count) least = logits[found[count - 1]!]!;
  }
  const { highest, sum } = sumUp(logits);
  return found.map(token => ({ token, probability: Math.exp(logits[token]! - highest) / sum }));
}

/** Natural logs of the probabilities of the tokens from `first` on. */
export function takeLogs(logits: Float32Array, first: number): Float32Array {
  const { highest, sum } = sumUp(logits);
  return logits.slice(first).map(logit => logit - highest - Math.log(sum));
}

/** The highest logit, and the sum of the exponentials of all, relative to it. */
export function sumUp(logits: Float32Array): { highest: number; sum: number } {
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) if (logits[index]! > highest) highest = logits[index]!;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const below = logits[index]! - highest;
    if (below > -16) sum += Math.exp(below); // 51866 * e^-16 = 0.006: the rest changes nothing
  }
  return { highest, sum };
}

/** [rows, ...] row by row. */
export function splitRows(values: Float32Array, rows: number): Float32Array[] {
  const size = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * size, (row + 1) * size));
}
