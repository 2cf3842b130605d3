/** Finds a model's quote among the words of the turn that it names. */
import type { Transcript, Turn } from '../../pipeline/meeting.ts';
import { seconds } from '../../pipeline/minutes/sentences.ts';
import { foldWords } from '../../pipeline/minutes/words.ts';
import type { Evidence } from '../../pipeline/summary.ts';

export type Placer = (turnId: string, quote: string) => Evidence;

/**
 * Gives the words as they were said, with their times. A quote that is not in its turn is kept as it is, for the check
 * to refuse.
 */
export function createPlacer({ turns }: Transcript): Placer {
  const byId = new Map(turns.map(turn => [turn.id, turn]));
  const folded = new Map<Turn, Token[]>(); // once, however often a turn is cited
  const tokensOf = (turn: Turn): Token[] => {
    const tokens = folded.get(turn) ?? foldTurn(turn);
    folded.set(turn, tokens);
    return tokens;
  };
  return (id, quote) => {
    const turn = byId.get(id);
    const found = turn && locate(turn, tokensOf(turn), foldWords(quote));
    if (found) return { turn: id, ...found };
    return { turn: id, start: seconds(turn?.startMs ?? 0), end: seconds(turn?.endMs ?? 0), quote };
  };
}

/** A folded word, and the word of the turn that it comes from. */
interface Token {
  token: string;
  index: number;
}

function foldTurn({ words }: Turn): Token[] {
  return words.flatMap((word, index) => foldWords(word.text).map(token => ({ token, index })));
}

function locate(turn: Turn, said: readonly Token[], wanted: readonly string[]): Omit<Evidence, 'turn'> | undefined {
  const isAt = (from: number) => wanted.every((token, offset) => said[from + offset]?.token === token);
  const from = wanted.length === 0 ? -1 : said.findIndex((_, index) => isAt(index));
  const first = said[from]?.index;
  const last = said[from + wanted.length - 1]?.index;
  if (first === undefined || last === undefined) return undefined;
  const words = turn.words.slice(first, last + 1);
  return {
    start: seconds(words[0]?.startMs ?? turn.startMs),
    end: seconds(words.at(-1)?.endMs ?? turn.endMs),
    quote: words.map(({ text }) => text).join(' '),
  };
}
