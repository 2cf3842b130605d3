/** Words of scripts without spaces, character by character: programs disagree about where a word ends there. */
import type { Word } from '../meeting.ts';
import { splitSpaceless } from './join-words.ts';

export interface CutWords {
  /** Words of other scripts as they are; the time of a word is shared by its characters. */
  pieces: Word[];
  /** The words again: characters that stayed together as they were, those beside a change joined. */
  join(changed: readonly Word[]): Word[];
}

export function cutCharacters(words: readonly Word[]): CutWords {
  const sources = new Map<Word, { word: Word; count: number }>();
  const pieces = words.flatMap(word => {
    const characters = splitSpaceless(word.text);
    if (characters.length < 2) return [word];
    const own = characters.map((text, index) => {
      const at = (share: number) => word.startMs + ((word.endMs - word.startMs) * share) / characters.length;
      return { ...word, text, startMs: at(index), endMs: at(index + 1) };
    });
    const source = { word, count: own.length };
    for (const piece of own) sources.set(piece, source);
    return own;
  });
  const join = (changed: readonly Word[]) => {
    const joined: Word[] = [];
    for (let from = 0; from < changed.length; ) {
      const first = changed[from]!;
      const source = sources.get(first);
      let to = from + 1;
      while (source && to < changed.length && sources.get(changed[to]!) === source) to++;
      const last = changed[to - 1]!;
      const text = changed.slice(from, to).map(piece => piece.text);
      if (source?.count === to - from) joined.push(source.word);
      else joined.push(to - from === 1 ? first : { ...first, text: text.join(''), endMs: last.endMs });
      from = to;
    }
    return joined;
  };
  return { pieces, join };
}
