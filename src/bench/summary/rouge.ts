/** ROUGE F1 of two texts (Lin 2004): shared words, shared pairs, longest common subsequence; lower case, no stemming. */

export interface Rouge {
  rouge1: number;
  rouge2: number;
  rougeL: number;
}

export function measureRouge(text: string, reference: string): Rouge {
  const [found, wanted] = [wordsOf(text), wordsOf(reference)];
  return {
    rouge1: f1(countShared(found, wanted), found.length, wanted.length),
    rouge2: f1(countShared(pairsOf(found), pairsOf(wanted)), found.length - 1, wanted.length - 1),
    rougeL: f1(longestCommon(found, wanted), found.length, wanted.length),
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function pairsOf(words: readonly string[]): string[] {
  return words.slice(1).map((word, index) => `${words[index]} ${word}`);
}

/** Each as often as it is in both. */
function countShared(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const one of b) left.set(one, (left.get(one) ?? 0) + 1);
  let shared = 0;
  for (const one of a) {
    const count = left.get(one) ?? 0;
    if (count > 0) shared++;
    left.set(one, count - 1);
  }
  return shared;
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row: number[] = new Array(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    for (const [index, other] of b.entries())
      next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

function f1(shared: number, found: number, wanted: number): number {
  return shared <= 0 ? 0 : (2 * shared) / (Math.max(0, found) + Math.max(0, wanted));
}
