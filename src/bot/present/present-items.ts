/** Lines of the minutes: a decision, an action item, with the moment at which it was said. Pure. */
import { formatClock } from '../../pipeline/render/format-time.ts';
import type { ActionItem, SummaryItem } from '../../pipeline/summary.ts';
import type { Piece } from '../message.ts';
import { cut } from '../text.ts';

/** In the thread; nobody says a sentence of that length. */
export const NOTE_CHARACTERS = 700;
export const NAME_CHARACTERS = 60;
const UNASSIGNED = 'Unassigned';

export function moment(seconds: number): Piece {
  return { text: `[${formatClock(seconds * 1000)}] `, style: 'code' };
}

export function itemPieces({ text, evidence, verified }: SummaryItem, most = NOTE_CHARACTERS): Piece[] {
  const [first] = evidence;
  return [
    ...(first ? [moment(first.start)] : []),
    { text: cut(text, most) },
    ...(verified ? [] : [{ text: ' (needs a check)', style: 'italic' as const }]),
  ];
}

/** `[03:12] Anna: water the plants, by Fri 4 Dec` */
export function actionPieces(action: ActionItem, most?: number): Piece[] {
  const { owner, due, status } = action;
  const pieces = itemPieces(action, most);
  const hasMoment = pieces[0]?.style === 'code';
  const who: Piece = { text: `${cut(owner ?? UNASSIGNED, NAME_CHARACTERS)}: `, style: owner ? 'bold' : 'italic' };
  const end = [
    due ? `, by ${due.date ? shortDate(due.date) : cut(due.text, NAME_CHARACTERS)}` : '',
    status === 'open' ? '' : ` (${status})`,
  ].join('');
  pieces.splice(hasMoment ? 1 : 0, 0, who);
  return end === '' ? pieces : [...pieces, { text: end }];
}

export function quotePieces({ evidence, text }: SummaryItem): Piece[] {
  const quote = evidence[0]?.quote ?? '';
  return quote === '' || quote === text ? [] : [{ text: ` “${cut(quote, NOTE_CHARACTERS)}”`, style: 'italic' }];
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
}

/** `Fri 4 Dec 2026` */
function shortDate(date: string): string {
  const parts = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', parts).format(new Date(date)).replace(',', '');
}
