/** The English version of a transcript: other words, the same speakers at the same times. */
import type { Transcript, Turn, Word } from '../meeting.ts';
import { cutTurns } from './cut-turns.ts';

/** @param words of the translation, in time order; each goes to the speaker of the turn that is nearest to its middle */
export function buildTranslation(transcript: Transcript, words: readonly Word[]): Transcript {
  const { durationMs, speakers, turns } = transcript;
  const spoken = words.flatMap(word => {
    const speaker = findNearest(turns, (word.startMs + word.endMs) / 2)?.speaker;
    return speaker === undefined ? [] : [{ ...word, speaker }];
  });
  return { language: 'en', durationMs, speakers, turns: cutTurns(spoken) };
}

function findNearest(turns: readonly Turn[], ms: number): Turn | undefined {
  const distance = ({ startMs, endMs }: Turn) => Math.max(0, startMs - ms, ms - endMs);
  let nearest = turns[0];
  for (const turn of turns) if (nearest && distance(turn) < distance(nearest)) nearest = turn;
  return nearest;
}
