/** Outside text for Slack: what is shown goes into `rich_text` and `plain_text`, which know no markup; only fallbacks are mrkdwn. */
import { cleanText } from '../../pipeline/render/clean-text.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** After a character it keeps Slack from reading a mention, a link or an emoji there. */
const WORD_JOINER = '\u{2060}';

/** For `text`, the part of a message that notifications show: as it is, without mentions, links, markup or emoji. */
export function escapeFallback(text: string): string {
  return cleanText(text)
    .replace(/[&<>]/g, character => ENTITIES[character] ?? character)
    .replace(/[*_~`@:]/g, mark => `${WORD_JOINER}${mark}${WORD_JOINER}`)
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2,})/gu, `.${WORD_JOINER}`);
}

/** One line that names nobody by accident: `@channel` and the like are text there, and stay so when they are copied. */
export function plain(text: string): string {
  return cleanText(text).replace(/@(?=\S)/g, `@${WORD_JOINER}`);
}

/** At most that many UTF-16 units, cut between characters, with an ellipsis where something is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // half of a surrogate pair, or of an entity, is worse than nothing
  const kept = text
    .slice(0, most - 1)
    .replace(/[\u{d800}-\u{dbff}]$/u, '')
    .replace(/&[a-z]{0,3}$/, '');
  return `${kept}…`;
}
