/**
 * TextRank (Mihalcea and Tarau, 2004): sentences that share words with many others rank high. Long meetings are first
 * narrowed to the sentences whose words are typical of the meeting, so that the cost stays bounded.
 */
import { isHostile } from './hostile-text.ts';
import type { Sentence } from './sentences.ts';
import { countShared, foldWords, overlapOf } from './words.ts';

const MAX_RANKED = 400;
const DAMPING = 0.85;
const ROUNDS = 25;
const MIN_WORDS = 7;
const MAX_WORDS = 45;

/**
 * The best sentences for a summary, best first; none twice in other words.
 * @param weights what the score of a sentence is multiplied with; 1 where it is missing
 */
export function rankSentences(
  sentences: readonly Sentence[],
  count: number,
  weights: ReadonlyMap<Sentence, number>,
): Sentence[] {
  const worth = narrow(sentences.filter(isWorthQuoting));
  const scores = textRank(worth);
  const order = worth
    .map((sentence, index) => ({ sentence, score: (scores[index] ?? 0) * (weights.get(sentence) ?? 1) }))
    .sort((a, b) => b.score - a.score || a.sentence.index - b.sentence.index);
  const chosen: Sentence[] = [];
  for (const { sentence } of order) {
    if (chosen.length === count) break;
    if (chosen.every(other => overlapOf(other.stems, sentence.stems) < 0.5)) chosen.push(sentence);
  }
  return chosen;
}

/** Whole statements of readable length; no questions, no greetings, no orders to the note taker. */
function isWorthQuoting({ text, stems, isQuestion }: Sentence): boolean {
  const words = foldWords(text.slice(0, 1_000)).length;
  if (isQuestion || words < MIN_WORDS || words > MAX_WORDS || stems.size < 3 || isHostile(text)) return false;
  return !/\b(?:thanks|thank you|good morning|welcome|can you hear|my screen|bye|hello)\b/iu.test(text);
}

function narrow(sentences: Sentence[]): Sentence[] {
  if (sentences.length <= MAX_RANKED) return sentences;
  const counts = new Map<string, number>();
  for (const { stems } of sentences) for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const typical = (stems: ReadonlySet<string>) => {
    let sum = 0;
    for (const stem of stems) sum += Math.log(1 + (counts.get(stem) ?? 0));
    return sum / Math.sqrt(stems.size);
  };
  return sentences
    .map(sentence => ({ sentence, score: typical(sentence.stems) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_RANKED)
    .map(({ sentence }) => sentence)
    .sort((a, b) => a.index - b.index);
}

function textRank(sentences: readonly Sentence[]): number[] {
  const size = sentences.length;
  const weights = sentences.map(({ stems }, row) =>
    sentences.map((other, column) => {
      if (row === column) return 0;
      const shared = countShared(stems, other.stems);
      return shared === 0 ? 0 : shared / (Math.log(1 + stems.size) + Math.log(1 + other.stems.size));
    }),
  );
  const sums = weights.map(row => row.reduce((sum, weight) => sum + weight, 0));
  let scores = new Array<number>(size).fill(1);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Array<number>(size).fill(1 - DAMPING);
    for (let from = 0; from < size; from++) {
      const share = (DAMPING * (scores[from] ?? 0)) / (sums[from] || 1);
      const row = weights[from] ?? [];
      for (let to = 0; to < size; to++) next[to] = (next[to] ?? 0) + share * (row[to] ?? 0);
    }
    scores = next;
  }
  return scores;
}
