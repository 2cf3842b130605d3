/** Sound that passes for speech and gave no words: without a sentence about it, it would look like silence. */

import type { Span, Word } from '../../pipeline/meeting.ts';
import { formatLength } from '../../pipeline/render/format-time.ts';
import { clipSpans, lengthOf } from './speech-regions.ts';

/** Coughs and laughter come to less. */
const LEAST_MS = 2_000;
/** As with doubtful English: a quarter of a meeting is worth a warning. */
const LEAST_SHARE = 0.25;

/**
 * A sentence where a good part of the speech gave no words, else none.
 * @param pieces that a recogniser heard
 * @param words of all pieces, in recording time
 */
export function describeUnheard(speech: readonly Span[], pieces: readonly Span[], words: readonly Word[]): string[] {
  const wordless = pieces.filter(
    ({ startMs, endMs }) => !words.some(word => word.startMs < endMs && startMs < word.endMs),
  );
  const unheardMs = lengthOf(wordless.flatMap(piece => clipSpans(speech, piece)));
  if (unheardMs < LEAST_MS || unheardMs < LEAST_SHARE * lengthOf(speech)) return [];
  return [
    `${formatLength(unheardMs)} of what sounds like speech gave no words: it may be singing, noise, or several people at once. ` +
      'If it is speech, run the same command with another --model.',
  ];
}
