/** Outside text for chat platforms. */
import { cleanText } from '../pipeline/render/clean-text.ts';

/** After a character it keeps a platform from reading a mention, a link or an emoji there. */
export const WORD_JOINER = '\u{2060}';

/** One line that names nobody by accident: `@channel` and the like are text there, and stay so when they are copied. */
export function plain(text: string): string {
  return cleanText(text).replace(/@(?=\S)/g, `@${WORD_JOINER}`);
}

/** At most that many UTF-16 units, cut between characters, with an ellipsis where something is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // half of a surrogate pair, or of an entity, is worse than nothing
  const kept = text
    .slice(0, most - 1)
    .replace(/[\u{d800}-\u{dbff}]$/u, '')
    .replace(/&[a-z]{0,3}$/, '');
  return `${kept}…`;
}
