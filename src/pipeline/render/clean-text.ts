/** Text that came from outside (speech, models, file names), made harmless before each format's own escaping. */

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
