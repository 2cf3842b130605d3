/** Outside text for Slack: what is shown goes into `rich_text` and `plain_text`, which know no markup; only fallbacks are mrkdwn. */
import { cleanText } from '../../pipeline/render/clean-text.ts';
import { WORD_JOINER } from '../text.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** For `text`, the part of a message that notifications show: as it is, without mentions, links, markup or emoji. */
export function escapeFallback(text: string): string {
  return cleanText(text)
    .replace(/[&<>]/g, character => ENTITIES[character] ?? character)
    .replace(/[*_~`@:]/g, mark => `${WORD_JOINER}${mark}${WORD_JOINER}`)
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2,})/gu, `.${WORD_JOINER}`);
}
