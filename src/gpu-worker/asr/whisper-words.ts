/** From Whisper's tokens to words: by spaces, or by a dictionary where the script has none. */
import type { TokenWord } from './token-text.ts';
import type { WhisperVocabulary } from './whisper-vocabulary.ts';

/** Languages that are written without spaces between words. */
const SPACELESS = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'my', 'km', 'bo']);

/** True where words do not end at spaces. */
export function isSpaceless(language: string): boolean {
  return SPACELESS.has(language);
}

/** A stretch of tokens that is whole characters. */
interface Unit {
  text: string;
  from: number;
  to: number;
}

/**
 * Groups tokens into words, punctuation included. A word of several tokens is never cut within a character.
 * @param language ISO 639 code; scripts without spaces are cut into words by `Intl.Segmenter`
 */
export function groupWhisperTokens(
  tokens: readonly number[],
  language: string,
  { bytesOf }: Pick<WhisperVocabulary, 'bytesOf'>,
): TokenWord[] {
  const units = joinBytes(tokens, bytesOf);
  const words = isSpaceless(language) ? groupByDictionary(units, language) : groupBySpaces(units);
  return words.map(word => ({ ...word, text: word.text.trim() })).filter(word => word.text !== '');
}

/** Tokens may hold parts of a character: such are joined with those after them, and bytes that are no text are left out. */
function joinBytes(tokens: readonly number[], bytesOf: WhisperVocabulary['bytesOf']): Unit[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const units: Unit[] = [];
  let from = 0;
  tokens.forEach((token, index) => {
    const text = decoder.decode(bytesOf(token), { stream: true }).replaceAll('\uFFFD', '');
    if (text === '') return;
    units.push({ text, from, to: index + 1 });
    from = index + 1;
  });
  return units;
}

function groupBySpaces(units: readonly Unit[]): TokenWord[] {
  const words: Unit[] = [];
  for (const unit of units) {
    const last = words.at(-1);
    if (!last || /^\s/.test(unit.text)) words.push({ ...unit });
    else extend(last, unit);
  }
  return words;
}

/** Words of the dictionary, as far as tokens allow; punctuation belongs to the word before it. */
function groupByDictionary(units: readonly Unit[], language: string): TokenWord[] {
  const segmenter = new Intl.Segmenter(language === 'yue' ? 'zh-HK' : language, { granularity: 'word' });
  const text = units.map(unit => unit.text).join('');
  const starts = new Set<number>();
  for (const { index, isWordLike } of segmenter.segment(text)) if (isWordLike) starts.add(index);
  const words: Unit[] = [];
  let at = 0;
  for (const unit of units) {
    const last = words.at(-1);
    const begins = Array.from({ length: Math.max(1, unit.text.length) }, (_, i) => at + i).some(i => starts.has(i));
    if (!last || (begins && starts.has(firstLetter(text, at)))) words.push({ ...unit });
    else extend(last, unit);
    at += unit.text.length;
  }
  return words;
}

/** A unit may begin with a space or a bracket: what counts is its first letter. */
function firstLetter(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\p{L}\p{N}]/u.test(text[at] ?? '')) at++;
  return at;
}

function extend(word: Unit, unit: Unit): void {
  word.text += unit.text;
  word.to = unit.to;
}
