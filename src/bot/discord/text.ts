/** Outside text for Discord, where everything is Markdown: it says what it says, names nobody, leads nowhere. */
import { plain, WORD_JOINER } from '../text.ts';

/** One line. */
export function escapeMarkdown(text: string): string {
  return plain(text)
    .replace(/[\\*_~`|<>[\]()#]/g, mark => `\\${mark}`)
    .replace(/^(\s*)([-+])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replace(/:\/\//g, `:${WORD_JOINER}//`)
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2,})/gu, `.${WORD_JOINER}`);
}

/** At most that many UTF-16 units, not cut within an escape, a pair, or what is bold. */
export function cutMarkdown(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text
    .slice(0, Math.max(0, most - 1 - MOST_OPEN))
    .replace(/\\+$/, '')
    .replace(/[\u{d800}-\u{dbff}]$/u, '');
  return `${kept}…${marksLeftOpen(kept)}`;
}

/** `**` and a backquote, say. */
const MOST_OPEN = 3;

/** What ends the bold, italic and code that the text begins. */
function marksLeftOpen(text: string): string {
  const open: string[] = [];
  for (const [mark] of text.matchAll(/\\.|\*\*|[*`]/gs)) {
    if (mark.startsWith('\\') && open.at(-1) !== '`') continue;
    if (open.at(-1) === mark) open.pop();
    else if (open.at(-1) !== '`' && !mark.startsWith('\\')) open.push(mark);
  }
  return open.toReversed().join('').slice(0, MOST_OPEN);
}
