/** Cuts spoken words into turns: one speaker, no long silence inside, short enough to read and to cite. */

import type { SpokenWord, Turn } from '../meeting.ts';
import { joinWords } from './join-words.ts';
import { endsSentence } from './split-sentences.ts';

/** A silence this long starts a new turn of the same speaker. */
const TURN_PAUSE_MS = 2_500;
/** A turn that gets longer is cut, at the end of a sentence where there is one. */
const MAX_TURN_MS = 60_000;
const MAX_TURN_WORDS = 120;

/**
 * Turns `T0001`, `T0002` … in time order; every word is in exactly one. `overlap` is left false.
 * @param words by start time; those of speakers who talk at once run by run, as `orderSpeech` leaves them
 */
export function cutTurns(words: readonly SpokenWord[]): Turn[] {
  return cutRuns(words)
    .flatMap(cutLong)
    .sort((a, b) => a[0]!.startMs - b[0]!.startMs)
    .map((turnWords, index) => ({
      id: `T${String(index + 1).padStart(4, '0')}`,
      speaker: turnWords[0]!.speaker,
      startMs: turnWords[0]!.startMs,
      endMs: turnWords.reduce((latest, word) => Math.max(latest, word.endMs), 0),
      text: joinWords(turnWords.map(word => word.text)),
      overlap: false,
      words: turnWords,
    }));
}

/** Words of one speaker without a long pause. */
function cutRuns(words: readonly SpokenWord[]): SpokenWord[][] {
  const runs: SpokenWord[][] = [];
  let previous: SpokenWord | undefined;
  for (const word of words) {
    const goesOn = previous?.speaker === word.speaker && word.startMs - previous.endMs < TURN_PAUSE_MS;
    if (goesOn) runs.at(-1)!.push(word);
    else runs.push([word]);
    previous = word;
  }
  return runs;
}

function cutLong(run: SpokenWord[]): SpokenWord[][] {
  const parts: SpokenWord[][] = [];
  let rest = run;
  for (let fitting = countFitting(rest); fitting < rest.length; fitting = countFitting(rest)) {
    const cut = findCut(rest, fitting);
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...parts, rest];
}

function countFitting(words: SpokenWord[]): number {
  const limitMs = words[0]!.startMs + MAX_TURN_MS;
  const late = words.findIndex(word => word.endMs > limitMs);
  return Math.max(1, Math.min(late === -1 ? words.length : late, MAX_TURN_WORDS));
}

/** After the last sentence that ends in the later half of what fits; without one, in the longest pause there. */
function findCut(words: SpokenWord[], fitting: number): number {
  const earliest = Math.ceil(fitting / 2);
  for (let cut = fitting; cut >= earliest; cut--) {
    if (endsSentence(words, cut - 1)) return cut;
  }
  let widest = fitting;
  for (let cut = fitting - 1; cut >= earliest; cut--) {
    if (pauseBefore(words, cut) > pauseBefore(words, widest)) widest = cut;
  }
  return widest;
}

function pauseBefore(words: SpokenWord[], index: number): number {
  return words[index]!.startMs - words[index - 1]!.endMs;
}
