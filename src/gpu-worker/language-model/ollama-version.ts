/** What an Ollama of some version cannot do that we ask of it. */

/** Answers that keep to a schema came with 0.5.0 (Ollama's release notes, December 2024). */
const OLDEST = [0, 5, 0] as const;
/** Before, thinking models ignored the schema when they were kept from thinking (ollama#14645, #15901). */
const SCHEMA_WITHOUT_THINKING = [0, 32, 0] as const;

/**
 * @param version as `/api/version` gives it; one that is no number counts as new
 * @param thinks whether the model is one that thinks
 */
export function checkOllamaVersion(version: string, thinks: boolean): { obstacle?: string; warnings: string[] } {
  if (isBefore(version, OLDEST))
    return {
      obstacle: `Ollama ${version} is too old: it needs ${OLDEST.join('.')} or newer to answer in a given form. Update it.`,
      warnings: [],
    };
  if (thinks && isBefore(version, SCHEMA_WITHOUT_THINKING))
    return {
      warnings: [
        `Ollama ${version} may ignore the form of the answer with a model that thinks. Update it to ${SCHEMA_WITHOUT_THINKING.join('.')}, or take a model whose name has "instruct".`,
      ],
    };
  return { warnings: [] };
}

function isBefore(version: string, than: readonly [number, number, number]): boolean {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  // 0.0.0 is what a server says that was built without its number
  if (!match || match[0].endsWith('0.0.0')) return false;
  const parts = match.slice(1).map(Number);
  for (const [index, least] of than.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
