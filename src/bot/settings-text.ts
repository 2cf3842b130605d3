/** Settings of a channel that people write: what they look like as text, and what is wrong with it. */
import { z } from 'zod';
import { glossarySchema } from '../pipeline/known-settings.ts';
import { type Correction, MOST_CORRECTIONS, MOST_PHRASE_CHARACTERS } from '../pipeline/recording-options.ts';

export const MOST_CONSENT_CHARACTERS = 300;
/** What one input takes. */
export const MOST_GLOSSARY_CHARACTERS = 3_000;
export const keptDays = z.coerce.number().int().min(0).max(3650);

/** As many lines as the input takes. */
export function formatGlossary(glossary: readonly Correction[]): string {
  const lines = glossary.map(({ heard, written }) => `${heard} = ${written}`);
  while (lines.join('\n').length > MOST_GLOSSARY_CHARACTERS) lines.pop();
  return lines.join('\n');
}

/** @returns what is wrong, when something is */
export function parseGlossary(text: string): Correction[] | string {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  if (lines.length > MOST_CORRECTIONS) return `At most ${MOST_CORRECTIONS} lines.`;
  const pairs = lines.map(line => line.split('=').map(part => part.trim()));
  const bad = pairs.findIndex(
    pair => pair.length !== 2 || pair.some(part => !/[\p{L}\p{N}]/u.test(part) || part.length > MOST_PHRASE_CHARACTERS),
  );
  if (bad !== -1) return `Line ${bad + 1} should read: hansart = Hansard`;
  return glossarySchema.parse(pairs.map(([heard, written]) => ({ heard, written })));
}
