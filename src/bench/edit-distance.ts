/** Levenshtein distance over words, in memory linear in the texts. */

export interface EditCounts {
  substitutions: number;
  deletions: number;
  insertions: number;
}

/** Distances are multiples of this, which leaves room to count insertions below; exact in a double up to 2^26 words. */
const EDIT = 2 ** 26;

/** Numbers words, so that rows compare integers. The same word has the same number in all lists. */
export function numberWords(...lists: readonly (readonly string[])[]): Int32Array[] {
  const numbers = new Map<string, number>();
  return lists.map(list =>
    Int32Array.from(list, word => {
      const known = numbers.get(word) ?? numbers.size;
      numbers.set(word, known);
      return known;
    }),
  );
}

/** The fewest edits that turn `reference` into `hypothesis`; among equals the one with the fewest insertions. */
export function countEdits(reference: Int32Array, hypothesis: Int32Array): EditCounts {
  const best = lastRow(reference, hypothesis)[hypothesis.length]!;
  const edits = Math.floor(best / EDIT);
  const insertions = best % EDIT;
  const deletions = reference.length - hypothesis.length + insertions;
  return { substitutions: edits - insertions - deletions, deletions, insertions };
}

/** For every word of `reference` the index of the equal word of `hypothesis` that it is aligned with, or -1. */
export function alignEqualWords(reference: Int32Array, hypothesis: Int32Array): Int32Array {
  const aligned = new Int32Array(reference.length).fill(-1);
  align(reference, hypothesis, 0, aligned);
  return aligned;
}

/** Hirschberg's method: where the best path crosses the middle of the reference, the problem falls into two halves. */
function align(reference: Int32Array, hypothesis: Int32Array, offset: number, aligned: Int32Array): void {
  if (reference.length === 0) return;
  if (reference.length === 1) {
    const found = hypothesis.indexOf(reference[0]!);
    aligned[0] = found === -1 ? -1 : offset + found;
    return;
  }
  const middle = reference.length >> 1;
  const before = lastRow(reference.subarray(0, middle), hypothesis);
  const after = lastRow(reference.slice(middle).reverse(), hypothesis.slice().reverse());
  let cut = 0;
  for (let index = 0; index < before.length; index++) {
    if (before[index]! + after.at(-1 - index)! < before[cut]! + after.at(-1 - cut)!) cut = index;
  }
  align(reference.subarray(0, middle), hypothesis.subarray(0, cut), offset, aligned.subarray(0, middle));
  align(reference.subarray(middle), hypothesis.subarray(cut), offset + cut, aligned.subarray(middle));
}

/** Entry j: EDIT times the distance of all of `reference` to the first j words, plus the insertions in it. */
function lastRow(reference: Int32Array, hypothesis: Int32Array): Float64Array {
  const row = Float64Array.from({ length: hypothesis.length + 1 }, (_, index) => index * (EDIT + 1));
  for (const word of reference) {
    let diagonal = row[0]!;
    let left = diagonal + EDIT;
    row[0] = left;
    for (let index = 1; index < row.length; index++) {
      const above = row[index]!;
      const kept = hypothesis[index - 1] === word ? diagonal : diagonal + EDIT;
      left = Math.min(kept, above + EDIT, left + EDIT + 1);
      row[index] = left;
      diagonal = above;
    }
  }
  return row;
}
