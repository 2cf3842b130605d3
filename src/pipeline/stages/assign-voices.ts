/**
 * Gives each recognised word to one of the voices that the diarizer heard.
 *
 * Words and voices come from different models, and both are wrong by some 0.1 s: taken word by word, the last word of a
 * sentence often falls to the next speaker and single words flip. So the cheapest path through all words is taken
 * (Viterbi): a word costs what its voice leaves uncovered of it, and a change of voice costs little after a sentence or a
 * pause and much inside a clause. A "yeah" well inside another voice's span is still worth two changes.
 * The constants were chosen by cpWER on synthetic and AMI meetings: at half the change costs it hardly differs, at double
 * it is worse, since answers between two sentences are swallowed.
 */
import type { SpeakerSpan, Word } from '../meeting.ts';
import { endsClause, endsSentence } from './split-sentences.ts';

/** What a voice pays per word that it does not cover at all: at its edge, and from `FAR_MS` on. */
const NEAR_COST = 0.4;
const FAR_COST = 1;
const FAR_MS = 500;

/** What a change of voice costs before a word, by what precedes it. */
const CHANGE_COST = { sentence: 0.1, pause: 0.2, clause: 0.35, inside: 0.6 };
const PAUSE_MS = 400;

/**
 * The voice of each word, as a number of `spans[].speaker`; -1 for all words when there are no spans. Words that came
 * with their voice, each speaker having a track, keep it.
 * @param words by start time
 */
export function assignVoices(words: readonly Word[], spans: readonly SpeakerSpan[]): number[] {
  const known = words.flatMap(({ voice }) => voice ?? []);
  if (known.length === words.length) return known;
  const voices = [...Map.groupBy(spans, span => span.speaker)]
    .sort(([a], [b]) => a - b)
    .map(([speaker, own]) => ({ speaker, costOf: createCoverage(own) }));
  if (voices.length === 0) return words.map(() => -1);

  const cameFrom: Uint16Array[] = [];
  let total = new Float64Array(voices.length);
  words.forEach((word, index) => {
    const change = index === 0 ? 0 : changeCost(words, index);
    const cheapest = total.indexOf(Math.min(...total));
    const from = new Uint16Array(voices.length);
    const next = new Float64Array(voices.length);
    voices.forEach(({ costOf }, voice) => {
      const staying = total[voice]!;
      const changing = total[cheapest]! + change;
      from[voice] = staying <= changing ? voice : cheapest;
      next[voice] = Math.min(staying, changing) + costOf(word);
    });
    cameFrom.push(from);
    total = next;
  });
  return walkBack(cameFrom, total).map(voice => voices[voice]!.speaker);
}

/** A function from words, asked in order of start time, to what they cost this voice: 0 where it covers them. */
function createCoverage(own: readonly SpeakerSpan[]): (word: Word) => number {
  const spans = [...own].sort((a, b) => a.startMs - b.startMs);
  let first = 0; // spans before this one end before the word
  return ({ startMs, endMs }) => {
    while (first < spans.length && spans[first]!.endMs <= startMs) first++;
    let coveredMs = 0;
    let index = first;
    for (; index < spans.length && spans[index]!.startMs < endMs; index++) {
      coveredMs += Math.min(endMs, spans[index]!.endMs) - Math.max(startMs, spans[index]!.startMs);
    }
    const lengthMs = Math.max(1, endMs - startMs);
    const uncovered = 1 - Math.min(1, coveredMs / lengthMs);
    if (uncovered === 0) return 0;
    const middleMs = (startMs + endMs) / 2;
    const beforeMs = middleMs - (spans[first - 1]?.endMs ?? Number.NEGATIVE_INFINITY);
    const afterMs = (spans[first]?.startMs ?? Number.POSITIVE_INFINITY) - middleMs;
    const distanceMs = coveredMs > 0 ? 0 : Math.min(beforeMs, Math.max(0, afterMs));
    return uncovered * (NEAR_COST + (FAR_COST - NEAR_COST) * Math.min(1, distanceMs / FAR_MS));
  };
}

function changeCost(words: readonly Word[], index: number): number {
  const before = words[index - 1]!;
  if (endsSentence(words, index - 1)) return CHANGE_COST.sentence;
  if (words[index]!.startMs - before.endMs >= PAUSE_MS) return CHANGE_COST.pause;
  return endsClause(before.text) ? CHANGE_COST.clause : CHANGE_COST.inside;
}

function walkBack(cameFrom: readonly Uint16Array[], total: Float64Array): number[] {
  const path = new Array<number>(cameFrom.length);
  let voice = total.indexOf(Math.min(...total));
  for (let index = cameFrom.length - 1; index >= 0; index--) {
    path[index] = voice;
    voice = cameFrom[index]![voice]!;
  }
  return path;
}
