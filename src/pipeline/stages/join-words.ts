/** Words to running text: with spaces between them, but not in scripts that have none. */

/** Chinese, Japanese, and the scripts of Thailand, Laos, Myanmar and Cambodia, with the punctuation of the first two. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}\u3000-\u303F\uFF00-\uFFEFー]/u;

export function joinWords(texts: readonly string[]): string {
  return texts
    .map((text, index) => (index > 0 && hasSpaceBefore(texts[index - 1] ?? '', text) ? ` ${text}` : text))
    .join('');
}

/** Whether a space is written between two words: not where both sides are of a script without spaces. */
export function hasSpaceBefore(before: string, word: string): boolean {
  return !(SPACELESS.test([...before].at(-1) ?? '') && SPACELESS.test([...word][0] ?? ''));
}

const AT_SPACELESS = new RegExp(`(?<=${SPACELESS.source})|(?=${SPACELESS.source})`, 'u');

/** Characters of scripts without spaces by themselves, everything between them as it is. */
export function splitSpaceless(word: string): string[] {
  return word.split(AT_SPACELESS);
}

/** Width of a text in letters of the Latin script: Chinese, Japanese and Korean characters are twice as wide. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF00-\uFF60]/u;
