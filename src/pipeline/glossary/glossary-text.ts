/** Glossaries as people write them, in files and in the settings of a channel. */
import { type GlossaryEntry, MOST_CORRECTIONS, MOST_PHRASE_CHARACTERS } from '../recording-options.ts';

/** How a line may look. */
const GLOSSARY_LINE = 'Kubernetes, or with what is heard: Kubernetes: cooper netties, kubernetis';

/**
 * One term a line, then what is heard in its place: `Kubernetes: cooper netties, kubernetis`. The other way round, as heard
 * and as written, it is `cooper netties = Kubernetes`. `#` begins a comment.
 * @returns a sentence that says what is wrong, and in which line, when something is
 */
export function parseGlossary(text: string): GlossaryEntry[] | string {
  const entries: GlossaryEntry[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const said = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (said === '') continue;
    const own = parseLine(said);
    if (typeof own === 'string') return `Line ${index + 1} ${own}`;
    entries.push(...own);
    if (entries.length > MOST_CORRECTIONS)
      return `Line ${index + 1} is one too many: a glossary has at most ${MOST_CORRECTIONS} terms and spellings.`;
  }
  return entries;
}

function parseLine(line: string): GlossaryEntry[] | string {
  const marks = line.match(/[:：=＝]/gu) ?? [];
  const [first = '', second = ''] = line.split(/[:：=＝]/u).map(part => part.trim());
  if (marks.length > 1) return 'has more than one colon or equals sign.';
  const [mark] = marks;
  const [written, list] = mark === '=' || mark === '＝' ? [second, first] : [first, second];
  const heard = mark === undefined ? [] : list.split(/[,，、]/u).map(part => part.trim());
  for (const part of [written, ...heard]) {
    if (part.length > MOST_PHRASE_CHARACTERS)
      return `is too long: at most ${MOST_PHRASE_CHARACTERS} letters to a term.`;
    if (!/[\p{L}\p{N}]/u.test(part)) return `should read: ${GLOSSARY_LINE}`;
  }
  return heard.length === 0 ? [{ written }] : heard.map(one => ({ heard: one, written }));
}

/** The terms as they are written, each once. */
export function termsOf(glossary: readonly GlossaryEntry[] = []): string[] {
  return [...new Set(glossary.map(({ written }) => written))];
}

/** One term a line, as `parseGlossary` reads it. */
export function formatGlossary(glossary: readonly GlossaryEntry[]): string[] {
  const byTerm = Map.groupBy(glossary, ({ written }) => written);
  return [...byTerm].map(([written, entries]) => {
    const heard = entries.flatMap(entry => entry.heard ?? []);
    return heard.length === 0 ? written : `${written}: ${heard.join(', ')}`;
  });
}
