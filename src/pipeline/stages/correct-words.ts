/** Puts right what was heard wrong: words and phrases that people corrected, or that the glossary knows. */
import type { Transcription, Word } from '../meeting.ts';
import { foldWords } from '../minutes/words.ts';
import type { Correction } from '../recording-options.ts';

/**
 * Every place where the heard phrase stands gets the written one, whatever its case and punctuation. The times of the
 * phrase are kept, shared by its new words by their length. Longer phrases go first; what was written is not read again.
 */
export function correctWords(transcription: Transcription, corrections: readonly Correction[] = []): Transcription {
  const rules = corrections
    .map(({ heard, written }) => ({ heard: foldWords(heard), written: written.split(/\s+/).filter(Boolean) }))
    .filter(({ heard, written }) => heard.length > 0 && written.length > 0)
    .sort((a, b) => b.heard.length - a.heard.length);
  if (rules.length === 0) return transcription;
  const byFirst = Map.groupBy(rules, ({ heard }) => heard[0]);
  const { words } = transcription;
  const folded = words.map(({ text }) => foldWords(text));
  const corrected: Word[] = [];
  for (let index = 0; index < words.length; ) {
    const match = (byFirst.get(folded[index]?.[0]) ?? [])
      .map(rule => ({ ...rule, count: countMatching(folded, index, rule.heard) }))
      .find(({ count }) => count > 0);
    if (match) corrected.push(...rewrite(words.slice(index, index + match.count), match.written));
    else corrected.push(...words.slice(index, index + 1));
    index += match?.count ?? 1;
  }
  return { ...transcription, words: corrected };
}

/** How many words from there on say exactly that; 0 when they do not. */
function countMatching(folded: readonly string[][], from: number, heard: readonly string[]): number {
  let said: string[] = [];
  for (let count = 1; said.length < heard.length && from + count <= folded.length; count++) {
    said = [...said, ...(folded[from + count - 1] ?? [])];
    if (said.length === heard.length && said.every((token, index) => token === heard[index])) return count;
  }
  return 0;
}

function rewrite(heard: readonly Word[], written: readonly string[]): Word[] {
  const startMs = heard[0]?.startMs ?? 0;
  const endMs = heard.at(-1)?.endMs ?? startMs;
  const confidence = Math.min(...heard.map(word => word.confidence));
  const total = written.reduce((sum, text) => sum + text.length, 0);
  const before = /^[^\p{L}\p{N}]*/u.exec(heard[0]?.text ?? '')?.[0] ?? '';
  const after = /[^\p{L}\p{N}]*$/u.exec(heard.at(-1)?.text ?? '')?.[0] ?? '';
  let done = 0;
  return written.map((text, index) => {
    const from = startMs + ((endMs - startMs) * done) / total;
    done += text.length;
    const shown = `${index === 0 ? before : ''}${text}${index === written.length - 1 ? after : ''}`;
    return { text: shown, startMs: from, endMs: startMs + ((endMs - startMs) * done) / total, confidence };
  });
}
