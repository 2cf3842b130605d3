/** What a channel hears of trouble. Pure. */
import type { Sink } from '../alerts.ts';
import { type ChatMessage, list, message, paragraph, sentence } from '../message.ts';

export function presentAlert(kind: Parameters<Sink>[0], advice: readonly string[]): ChatMessage {
  if (kind === 'over') return sentence('Hansard is well again.');
  const title = 'Hansard needs somebody to look';
  return message(`${title}: ${advice.join(' ')}`, [
    paragraph({ text: title, style: 'bold' }),
    list(advice.map(text => [{ text }])),
  ]);
}
