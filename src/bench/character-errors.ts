/** Character error rate: the measure where words are not parted by spaces, or, as in Korean, not always at the same places. */
import { toChineseScript } from '../gpu-worker/asr/chinese-script.ts';
import { compareWords, type Utterance, type WordErrors } from './word-errors.ts';

const COUNTED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;
const WORD = /\p{L}+/gu;
const NOT_CHINESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** True when what was said has more such characters than words in other scripts. */
export function isCountedByCharacters(reference: readonly Utterance[]): boolean {
  const text = textOf(reference);
  return countOf(text, COUNTED) > countOf(text.replace(COUNTED, ' '), WORD);
}

/**
 * Both sides as one text, utterances by start time; letters and digits only, in lower case and one width, Chinese in simplified
 * characters. `words` of the answer are characters.
 */
export async function countCharacterErrors(
  reference: readonly Utterance[],
  hypothesis: readonly Utterance[],
): Promise<WordErrors> {
  const [wanted, found] = [textOf(reference), textOf(hypothesis)];
  const isChinese = !NOT_CHINESE.test(wanted);
  return compareWords(await charactersOf(wanted, isChinese), await charactersOf(found, isChinese));
}

async function charactersOf(text: string, isChinese: boolean): Promise<string[]> {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
  if (!isChinese) return [...plain];
  const words = await toChineseScript([{ text: plain, startMs: 0, endMs: 0, confidence: 1 }], 'simplified');
  return words.flatMap(word => [...word.text]);
}

function textOf(utterances: readonly Utterance[]): string {
  const inOrder = utterances.toSorted((a, b) => a.startMs - b.startMs);
  return inOrder.map(({ text }) => text).join(' ');
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
