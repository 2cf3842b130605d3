/**
 * Concatenated minimum-permutation word error rate (cpWER, CHiME-6): the words of each speaker are strung together, and
 * voices are matched with people in the way that gives the fewest errors. A person without a voice is all deletions, a
 * voice without a person all insertions.
 */
import munkres from 'munkres';
import { compareWords, type Utterance, type WordErrors, wordsOf } from './word-errors.ts';

export function countSpeakerWordErrors(reference: readonly Utterance[], hypothesis: readonly Utterance[]): WordErrors {
  const people = textsBySpeaker(reference);
  const voices = textsBySpeaker(hypothesis);
  const total: WordErrors = { words: 0, substitutions: 0, deletions: 0, insertions: 0 };
  const size = Math.max(people.length, voices.length);
  if (size === 0) return total;
  // a square: nobody (no words) stands in where one side has fewer
  const pairs = Array.from({ length: size }, (_, person) =>
    Array.from({ length: size }, (_, voice) => compareWords(people[person] ?? [], voices[voice] ?? [])),
  );
  const costs = pairs.map(row =>
    row.map(({ substitutions, deletions, insertions }) => substitutions + deletions + insertions),
  );
  for (const [person, voice] of munkres(costs)) {
    const errors = pairs[person]![voice]!;
    for (const count of ['words', 'substitutions', 'deletions', 'insertions'] as const) total[count] += errors[count];
  }
  return total;
}

function textsBySpeaker(utterances: readonly Utterance[]): string[][] {
  return [...Map.groupBy(utterances, ({ speaker }) => speaker).values()].map(wordsOf);
}
