/** The answer to a question: what was said about it, word for word, with the moments; or that it was not said. Pure. */
import type { Answer } from '../../pipeline/minutes/answer-question.ts';
import { type ChatMessage, context, list, message, type Piece, paragraph } from '../message.ts';
import { cut } from '../text.ts';
import { moment, NAME_CHARACTERS, NOTE_CHARACTERS } from './present-items.ts';

const MOST_QUESTION_CHARACTERS = 200;
const NOTICE = 'Quotes from the transcript, found by rules. What stands around them may matter.';

export function presentAnswer(
  question: string,
  answers: readonly { title: string; quotes: Answer['quotes'] }[],
): ChatMessage {
  const asked = cut(question, MOST_QUESTION_CHARACTERS);
  const found = answers.filter(({ quotes }) => quotes.length > 0);
  const first = paragraph({ text: asked, style: 'italic' });
  if (found.length === 0) {
    const nothing = 'That was not said in this meeting, or I cannot find it.';
    return message(nothing, [first, paragraph({ text: nothing })]);
  }
  const lines = found.flatMap(({ title, quotes }) => quotes.map(quote => lineOf(quote, found.length > 1 ? title : '')));
  const [
    {
      quotes: [best],
    } = { quotes: [] },
  ] = found;
  return message(best ? `${best.speaker}: ${best.quote}` : asked, [first, list(lines), context(NOTICE)]);
}

function lineOf({ startMs, speaker, quote }: Answer['quotes'][number], title: string): Piece[] {
  return [
    ...(title ? [{ text: `${cut(title, NAME_CHARACTERS)} `, style: 'italic' as const }] : []),
    moment(startMs / 1000),
    { text: `${cut(speaker, NAME_CHARACTERS)}: `, style: 'bold' },
    { text: `“${cut(quote, NOTE_CHARACTERS)}”` },
  ];
}
