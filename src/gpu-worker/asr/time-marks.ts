/**
 * Whisper's marks of time: each stretch of text stands between two, `<|0.00|> text <|2.40|>`, and times never go back
 * (openai/whisper, decoding.py, `ApplyTimestampRules`). They keep the model from skipping what was said; the times that words
 * get are those of the attention.
 */
import type { Follower } from './likeliest-tokens.ts';
import type { WhisperVocabulary } from './whisper-vocabulary.ts';

/** Where a text is among its marks; `last` counts marks, steps of 20 ms, -1 before the first. */
export interface MarkedTime {
  last: number;
  state: 'unbegun' | 'opened' | 'in text' | 'closed';
}

export const UNBEGUN: MarkedTime = { last: -1, state: 'unbegun' };

/** A text begins within the first second (50 steps), as in openai/whisper. */
const LATEST_BEGIN = 50;

export function isMark(token: number, { noTimestamps }: Pick<WhisperVocabulary, 'noTimestamps'>): boolean {
  return token > noTimestamps;
}

/** The time after one token more. */
export function passToken(
  time: MarkedTime,
  token: number,
  vocabulary: Pick<WhisperVocabulary, 'noTimestamps'>,
): MarkedTime {
  if (!isMark(token, vocabulary)) return { ...time, state: 'in text' };
  return {
    last: token - vocabulary.noTimestamps - 1,
    state: time.state === 'in text' ? 'closed' : 'opened',
  };
}

/**
 * What comes next: a mark where marks together are likelier than any text, else the likeliest text that may stand there.
 * @param followers tokens of text and the end of the text, the likeliest first
 * @param marks natural logs of the probabilities of the marks
 */
export function followMarked(
  { last, state }: MarkedTime,
  followers: readonly Follower[],
  marks: Float32Array,
  { endOfText, noTimestamps }: Pick<WhisperVocabulary, 'endOfText' | 'noTimestamps'>,
): Follower {
  const [from, to] = findAllowed(last, state, marks.length);
  let [all, allowed, best] = [0, 0, -1];
  for (let mark = 0; mark < marks.length; mark++) {
    const probability = Math.exp(marks[mark]!);
    all += probability;
    if (mark < from || mark >= to) continue;
    allowed += probability;
    if (best < 0 || marks[mark]! > marks[best]!) best = mark;
  }
  const text = followers.find(({ token }) => (state === 'closed' ? token === endOfText : state !== 'unbegun'));
  if (best >= 0 && (!text || allowed > text.probability))
    return { token: noTimestamps + 1 + best, probability: Math.exp(marks[best]!) };
  if (!text) return { token: endOfText, probability: Number.MIN_VALUE };
  return { token: text.token, probability: text.probability / Math.max(text.probability, 1 - all + allowed) };
}

/** Marks [from, to) may come next. */
function findAllowed(last: number, state: MarkedTime['state'], count: number): [from: number, to: number] {
  switch (state) {
    case 'unbegun':
      return [0, Math.min(count, LATEST_BEGIN + 1)];
    case 'opened':
      return [0, 0];
    case 'in text':
      return [last + 1, count];
    case 'closed':
      return [last, count];
  }
}
