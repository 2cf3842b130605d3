/** Settings of a channel that people write: what they look like as text. */
import { z } from 'zod';
import { formatGlossary, parseGlossary } from '../pipeline/glossary/glossary-text.ts';
import { addCorrections } from '../pipeline/meeting-change.ts';
import type { GlossaryEntry } from '../pipeline/recording-options.ts';

export const MOST_CONSENT_CHARACTERS = 300;
/** What one input takes. */
export const MOST_GLOSSARY_CHARACTERS = 3_000;
export const GLOSSARY_HINT =
  'One term a line; then, if you like, what is heard: Kubernetes: cooper netties, kubernetis';
export const keptDays = z.coerce.number().int().min(0).max(3650);

/** As many lines as the input takes. What does not fit, or does not go into a line, is `hidden`: it stays as it is. */
export function showGlossary(glossary: readonly GlossaryEntry[]): { text: string; hidden: GlossaryEntry[] } {
  const shown: string[] = [];
  const hidden: GlossaryEntry[] = [];
  for (const entries of Map.groupBy(glossary, ({ written }) => written).values()) {
    const [line = ''] = formatGlossary(entries);
    const fits = [...shown, line].join('\n').length <= MOST_GLOSSARY_CHARACTERS;
    if (fits && JSON.stringify(parseGlossary(line)) === JSON.stringify(entries)) shown.push(line);
    else hidden.push(...entries);
  }
  return { text: shown.join('\n'), hidden };
}

/** The glossary after somebody changed what was shown of it. */
export function keepHidden(before: readonly GlossaryEntry[] = [], written: readonly GlossaryEntry[] = []) {
  return addCorrections(showGlossary(before).hidden, written);
}
