/** Words, vocabulary, sentences and questions of some turns. */
import type { Turn } from '../meeting.ts';
import { splitSentences } from '../stages/split-sentences.ts';

/** Of the moving average of different words (MATTR: Covington and McFall, Journal of Quantitative Linguistics 17, 2010). */
const WINDOW_WORDS = 50;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
const QUESTION = /[?？؟;՞]["'’”»)\]]*$/u;

/** @param talkMs how long these words were spoken */
export function countWording(turns: readonly Turn[], talkMs: number) {
  const words = turns.flatMap(turn => foldedWords(turn.text));
  const sentences = turns.flatMap(turn => splitSentences(turn.words).map(({ to }) => turn.words[to - 1]?.text ?? ''));
  return {
    wordCount: words.length,
    distinctWordCount: new Set(words).size,
    lexicalDiversity: movingDiversity(words),
    wordsPerSentence: sentences.length > 0 ? round(words.length / sentences.length, 1) : null,
    questionCount: sentences.filter(last => QUESTION.test(last)).length,
    wordsPerMinute: talkMs > 0 ? round(words.length / (talkMs / 60_000), 1) : null,
  };
}

/** Words of any language in lower case, as Unicode cuts them (UAX #29; Chinese, Japanese, Thai by dictionary). */
function foldedWords(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.normalize('NFKC').replace(/[’‘`]/g, "'"))) {
    if (isWordLike) words.push(segment.toLowerCase());
  }
  return words;
}

function movingDiversity(words: readonly string[]): number | null {
  if (words.length < WINDOW_WORDS) return null;
  const inWindow = new Map<string, number>();
  let sum = 0;
  for (const [index, word] of words.entries()) {
    inWindow.set(word, (inWindow.get(word) ?? 0) + 1);
    const leaving = words[index - WINDOW_WORDS];
    if (leaving !== undefined) {
      const left = (inWindow.get(leaving) ?? 0) - 1;
      if (left > 0) inWindow.set(leaving, left);
      else inWindow.delete(leaving);
    }
    if (index >= WINDOW_WORDS - 1) sum += inWindow.size / WINDOW_WORDS;
  }
  return round(sum / (words.length - WINDOW_WORDS + 1), 3);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
