/** Puts right what was heard wrong: words and phrases that people corrected in this meeting. */
import type { Transcription, Word } from '../meeting.ts';
import { foldWords } from '../minutes/words.ts';
import type { Correction } from '../recording-options.ts';
import { cutCharacters } from './cut-characters.ts';
import { splitSpaceless } from './join-words.ts';

/** `count` words from `from` on are to be written in another way. */
export interface Replacement {
  from: number;
  count: number;
  written: string;
}

/**
 * Every place where the heard phrase stands gets the written one, whatever its case and punctuation. The times of the
 * phrase are kept, shared by its new words by their length. Longer phrases go first; what was written is not read again.
 */
export function correctWords(transcription: Transcription, corrections: readonly Correction[] = []): Transcription {
  const { pieces, join } = cutCharacters(transcription.words);
  const found = findPhrases(pieces, corrections);
  return found.length === 0 ? transcription : { ...transcription, words: join(replaceWords(pieces, found)) };
}

/** Where heard phrases stand, in time order and apart from each other. @param words cut by `cutCharacters` */
export function findPhrases(words: readonly Word[], phrases: readonly Correction[]): Replacement[] {
  const rules = phrases
    .map(({ heard, written }) => ({ heard: foldPhrase(heard), written }))
    .filter(({ heard, written }) => heard.length > 0 && written.trim() !== '')
    .sort((a, b) => b.heard.length - a.heard.length);
  if (rules.length === 0) return [];
  const byFirst = Map.groupBy(rules, ({ heard }) => heard[0]);
  const folded = words.map(({ text, voice }) => ({ tokens: foldPhrase(text), voice }));
  const found: Replacement[] = [];
  for (let from = 0; from < words.length; ) {
    const match = (byFirst.get(folded[from]?.tokens[0]) ?? [])
      .map(({ heard, written }) => ({ from, count: countMatching(folded, from, heard), written }))
      .find(({ count }) => count > 0);
    if (match) found.push(match);
    from += match?.count ?? 1;
  }
  return found;
}

/** Words to compare; where no spaces are written, characters. */
function foldPhrase(text: string): string[] {
  return foldWords(text).flatMap(splitSpaceless);
}

/** How many words from there on say exactly that, in one voice; 0 when they do not. */
function countMatching(
  folded: readonly { tokens: string[]; voice: number | undefined }[],
  from: number,
  heard: readonly string[],
): number {
  const said: string[] = [];
  for (let count = 1; said.length < heard.length; count++) {
    const next = folded[from + count - 1];
    if (!next || next.voice !== folded[from]?.voice) return 0;
    said.push(...next.tokens);
    if (said.length === heard.length && said.every((token, index) => token === heard[index])) return count;
  }
  return 0;
}

/** @param replacements in time order and apart from each other; @param change what else is to be known of the new words */
export function replaceWords(
  words: readonly Word[],
  replacements: readonly Replacement[],
  change = (written: Word[], _heard: readonly Word[]): Word[] => written,
): Word[] {
  const replaced: Word[] = [];
  let done = 0;
  for (const { from, count, written } of replacements) {
    const heard = words.slice(from, from + count);
    replaced.push(...words.slice(done, from), ...change(rewrite(heard, written.split(/\s+/).filter(Boolean)), heard));
    done = from + count;
  }
  return [...replaced, ...words.slice(done)];
}

function rewrite(heard: readonly Word[], written: readonly string[]): Word[] {
  const startMs = heard[0]?.startMs ?? 0;
  const endMs = heard.at(-1)?.endMs ?? startMs;
  const confidence = Math.min(...heard.map(word => word.confidence));
  const voice = heard[0]?.voice;
  const total = written.reduce((sum, text) => sum + text.length, 0);
  const before = /^[^\p{L}\p{N}]*/u.exec(heard[0]?.text ?? '')?.[0] ?? '';
  const after = /[^\p{L}\p{N}]*$/u.exec(heard.at(-1)?.text ?? '')?.[0] ?? '';
  let done = 0;
  return written.map((text, index) => {
    const from = startMs + ((endMs - startMs) * done) / total;
    done += text.length;
    const shown = `${index === 0 ? before : ''}${text}${index === written.length - 1 ? after : ''}`;
    return {
      ...{ text: shown, startMs: from, endMs: startMs + ((endMs - startMs) * done) / total, confidence },
      ...(voice !== undefined && { voice }),
    };
  });
}
