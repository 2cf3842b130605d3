/** Text that came from outside (speech, models, file names), made harmless before each format's own escaping. */
import type { Speaker } from '../meeting.ts';

/**
 * One line of well-formed text: control characters and line breaks become spaces, bidirectional controls and invisible
 * marks go (they can make a line show other than it is), lone surrogates are replaced.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Bidi_Control}\u{200b}\u{2060}\u{feff}]/gu, '')
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

const MAX_LABEL_CHARACTERS = 80;

/** A speaker's name as it is shown, cut where it is too long to stand at every turn; the id when there is none. */
export function cleanLabel({ id, label }: Speaker): string {
  return shorten(label, MAX_LABEL_CHARACTERS) || id;
}

/** Clean text of at most so many characters, with `…` where it is cut. */
export function shorten(text: string, maxCharacters: number): string {
  const characters = [...cleanText(text.slice(0, 10 * maxCharacters))];
  if (characters.length <= maxCharacters) return characters.join('');
  return `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
