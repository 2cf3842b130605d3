/** The sentences of a transcript: the unit that rules read and that evidence quotes. */
import type { Transcript, Turn } from '../meeting.ts';
import { splitSentences } from '../stages/split-sentences.ts';
import type { Evidence } from '../summary.ts';
import { contentStems } from './words.ts';

export interface Sentence {
  /** Place in the meeting. */
  index: number;
  turn: Turn;
  turnIndex: number;
  /** The words as said. */
  quote: string;
  /** The quote without "um", "uh" and stuttered words. */
  text: string;
  startMs: number;
  endMs: number;
  isQuestion: boolean;
  stems: Set<string>;
}

/** Longer runs of words without a full stop are no sentence; they are cut so that quotes stay readable. */
const MAX_SENTENCE_WORDS = 80;

export function splitIntoSentences(transcript: Transcript): Sentence[] {
  const sentences: Sentence[] = [];
  transcript.turns.forEach((turn, turnIndex) => {
    for (const { from, to } of splitSentences(turn.words)) {
      for (let start = from; start < to; start += MAX_SENTENCE_WORDS) {
        const words = turn.words.slice(start, Math.min(to, start + MAX_SENTENCE_WORDS));
        const quote = words.map(word => word.text).join(' ');
        const text = clean(quote);
        sentences.push({
          index: sentences.length,
          turn,
          turnIndex,
          quote,
          text,
          startMs: words[0]?.startMs ?? turn.startMs,
          endMs: words.at(-1)?.endMs ?? turn.endMs,
          isQuestion: /\?["'”)\]]*$/u.test(quote),
          stems: contentStems(text.slice(0, 2_000)),
        });
      }
    }
  });
  return sentences;
}

/** Evidence for consecutive sentences of one turn is one quote. */
export function cite(sentences: readonly Sentence[]): Evidence[] {
  const ordered = [...new Set(sentences)].sort((a, b) => a.index - b.index);
  const cited: Evidence[] = [];
  let previous: Sentence | undefined;
  for (const sentence of ordered) {
    const last = cited.at(-1);
    if (last && previous?.turn === sentence.turn && previous.index + 1 === sentence.index) {
      last.quote += ` ${sentence.quote}`;
      last.end = seconds(sentence.endMs);
    } else {
      cited.push({
        turn: sentence.turn.id,
        start: seconds(sentence.startMs),
        end: seconds(sentence.endMs),
        quote: sentence.quote,
      });
    }
    previous = sentence;
  }
  return cited;
}

export function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function clean(quote: string): string {
  return quote
    .replace(/[’‘`]/g, "'")
    .replace(/(^|\s)(?:uh-huh|mm-hmm|um|uh|er|erm|hmm|mm|ah)\b(?!-)[,.]?(?=\s|$)/giu, '$1')
    .replace(/\b([\p{L}']+)(?:,?\s+\1)+\b/giu, '$1')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,]+/, '')
    .trim();
}
