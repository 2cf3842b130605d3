/** Recognisers at a loss say the same thing again and again; people do so a few times at most. */

/** Longest phrase, in tokens, that is looked for. */
const MAX_PERIOD = 12;
/** A phrase said this often in a row is a loop; a single token ("no no no no") may come a little more often. */
const REPEATS = 4;
const SINGLE_REPEATS = 8;

/** How many tokens to keep of a text that ends in a loop (its phrase is kept once); undefined when it does not. */
export function findLoop(tokens: readonly number[]): number | undefined {
  for (let period = 1; period <= MAX_PERIOD; period++) {
    const length = period * (period === 1 ? SINGLE_REPEATS : REPEATS);
    if (tokens.length < length || !hasPeriod(tokens, period, tokens.length - length)) continue;
    let from = tokens.length - length;
    while (from > 0 && tokens[from - 1] === tokens[from - 1 + period]) from--;
    return from + period;
  }
  return undefined;
}

/** True when every token from `from` on is the one `period` places later. */
function hasPeriod(tokens: readonly number[], period: number, from: number): boolean {
  for (let index = from; index + period < tokens.length; index++) {
    if (tokens[index] !== tokens[index + period]) return false;
  }
  return true;
}
