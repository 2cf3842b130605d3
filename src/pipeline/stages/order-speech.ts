/** Brings the words of people who may talk at once into an order for reading: what each says stays together. */
import type { SpokenWord } from '../meeting.ts';
import { endsSentence } from './split-sentences.ts';

/** Somebody who pauses for so long lets others in. */
const LETS_IN_MS = 500;

/**
 * The same words run by run. A speaker's run goes on while others talk; it ends with the first sentence, or the first pause,
 * after somebody else spoke. So an interjection stands behind the sentence that it fell into.
 * @param words by start time
 */
export function orderSpeech(words: readonly SpokenWord[]): SpokenWord[] {
  const runs: SpokenWord[][] = [];
  const current = new Map<string, { run: SpokenWord[]; interrupted: boolean }>();
  for (const word of words) {
    const own = current.get(word.speaker);
    if (own && goesOn(own, word)) {
      own.run.push(word);
    } else {
      const run = [word];
      runs.push(run);
      current.set(word.speaker, { run, interrupted: false });
    }
    for (const [speaker, other] of current) if (speaker !== word.speaker) other.interrupted = true;
  }
  return runs.flat();
}

function goesOn({ run, interrupted }: { run: SpokenWord[]; interrupted: boolean }, next: SpokenWord): boolean {
  const last = run.at(-1);
  if (!interrupted || !last) return true;
  return !endsSentence([last, next], 0) && next.startMs - last.endMs < LETS_IN_MS;
}
