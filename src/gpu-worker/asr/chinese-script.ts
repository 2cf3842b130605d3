/** Whisper writes Chinese in either script, as it was trained; a meeting has the one that its readers want. */
import type { Word } from '../../pipeline/meeting.ts';

export type ChineseScript = 'simplified' | 'traditional';

const variants = { simplified: { from: 't', to: 'cn' }, traditional: { from: 'cn', to: 't' } } as const;

/** The words in one script. They are converted together, since what a character becomes depends on its neighbours. */
export async function toChineseScript(words: readonly Word[], script: ChineseScript): Promise<Word[]> {
  const { Converter } = await import('opencc-js'); // its dictionaries take time to load, and few meetings need them
  const convert = Converter(variants[script]);
  const sizes = words.map(({ text }) => [...text].length);
  const characters = [...convert(words.map(({ text }) => text).join(''))];
  const fits = characters.length === sizes.reduce((sum, size) => sum + size, 0);
  let at = 0;
  return words.map((word, index) => {
    const from = at;
    at += sizes[index]!;
    return { ...word, text: fits ? characters.slice(from, at).join('') : convert(word.text) };
  });
}
