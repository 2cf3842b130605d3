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
  const characters = [...cleanText(label.slice(0, 10 * MAX_LABEL_CHARACTERS))];
  if (characters.length === 0) return id;
  if (characters.length <= MAX_LABEL_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MAX_LABEL_CHARACTERS - 1).join('')}…`;
}
