/** What a sentence that points back ("write them an email") points to. */
import { isHostile } from './hostile-text.ts';
import type { Sentence } from './sentences.ts';

const NEAR_SENTENCES = 3;
const FAR_SENTENCES = 6;

/** The nearest sentence before that names something; further away it must say more. */
export function contextOf(
  { index }: Sentence,
  sentences: readonly Sentence[],
  accept: (sentence: Sentence) => boolean,
): Sentence | undefined {
  const around = sentences
    .slice(Math.max(0, index - FAR_SENTENCES), index)
    .filter(one => !isHostile(one.text) && accept(one));
  return (
    around.slice(-NEAR_SENTENCES).findLast(({ stems }) => stems.size >= 2) ??
    around.findLast(({ stems }) => stems.size >= 3)
  );
}

/** "Write them an email (“We chose Porto.”)" */
export function withContext(text: string, context: Sentence): string {
  return `${text} (“${context.quote}”)`;
}
