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
    .slice(0, most - 1)
    .replace(/\\+$/, '')
    .replace(/[\u{d800}-\u{dbff}]$/u, '');
  return `${kept}…`;
}
