/** A language model held to short answers, so that tests with a real server on a CPU end; what it asks and reads is the same. */
import type { LanguageModel } from '../../../src/gpu-worker/language-model/language-model.ts';

const MOST_ITEMS = 1;
const MOST_CHARACTERS = 60;

/** The same server and prompts; lists have at most one item, texts 60 characters. */
export function terse(model: LanguageModel): LanguageModel {
  return {
    ...model,
    ask: (name, question, waiting) => model.ask(name, { ...question, format: shorten(question.format) }, waiting),
  };
}

function shorten(schema: object): object {
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (key === 'maxItems' && typeof value === 'number') return [key, Math.min(value, MOST_ITEMS)];
    if (key === 'maxLength' && typeof value === 'number') return [key, Math.min(value, MOST_CHARACTERS)];
    const isTree = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isTree ? shorten(value) : value];
  });
  return Object.fromEntries(entries);
}
