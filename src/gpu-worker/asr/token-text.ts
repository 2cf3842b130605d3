/** From tokens to words: Moonshine writes with the Llama vocabulary and its own marks above it. */
import llamaTokenizer from 'llama-tokenizer-js';

export const FIRST_TOKEN = 1;
export const LAST_TOKEN = 2;
/** "▁", which begins a word in the Llama vocabulary. */
const WORD_MARK = '▁';

/** Tokens [from, to) of a piece that spell one word, punctuation included. */
export interface TokenWord {
  text: string;
  from: number;
  to: number;
}

/** Groups tokens into words; a word begins at each "▁". Tokens without text belong to the word before them. */
export function groupTokens(tokens: readonly number[]): TokenWord[] {
  const starts = tokens.flatMap((token, index) => (index === 0 || beginsWord(token) ? [index] : []));
  return starts.flatMap((from, index) => {
    const to = starts[index + 1] ?? tokens.length;
    const text = spellOkay(decodeTokens(tokens.slice(from, to)));
    return text === '' ? [] : [{ text, from, to }];
  });
}

/** The text of some tokens without the space around it; bytes (`<0x41>`) are joined to characters. */
export function decodeTokens(tokens: readonly number[]): string {
  const known = tokens.filter(token => token > LAST_TOKEN && token < llamaTokenizer.vocabById.length);
  return llamaTokenizer.decode([...known], false, false).trim();
}

/** Moonshine writes "OK", "Ok" and "Okay" at random; a transcript has one spelling. */
function spellOkay(word: string): string {
  return word.replace(/^(O[Kk]|ok)(?![\p{L}\d])/u, found => (found === 'ok' ? 'okay' : 'Okay'));
}

function beginsWord(token: number): boolean {
  return llamaTokenizer.vocabById[token]?.startsWith(WORD_MARK) ?? false;
}
