/** The card of several recordings that were posted together: how far each of them is. Pure. */
import { HansardError, isFaultCode } from '../../errors.ts';
import type { MeetingReport } from '../../pipeline/orchestration/describe-meeting.ts';
import { type ButtonSpec, buttons, type ChatMessage, context, message, paragraph, type Room } from '../message.ts';
import { ACTIONS, step } from './present-progress.ts';

export function presentCard(reports: readonly MeetingReport[], consent: string, room: Room): ChatMessage {
  const over = reports.filter(({ state }) => state === 'done' || state === 'failed' || state === 'cancelled').length;
  const count = reports.length === 1 ? '1 recording' : `${reports.length} recordings`;
  const title = `${count}, ${over} done`;
  const shown = reports.slice(0, room.cardLines);
  const blocks = shown.flatMap(report => {
    const button = buttonOf(report);
    return [
      paragraph({ text: report.title, style: 'bold' }, { text: `\u{2002}${stateOf(report)}` }),
      ...(button ? [buttons(button)] : []),
    ];
  });
  const missing = reports.length - shown.length;
  const notes = [...(missing > 0 ? [`${missing} more are not shown here.`] : []), ...(consent ? [consent] : [])];
  return message(title, [
    paragraph({ text: title, style: 'bold' }),
    ...blocks,
    ...(notes.length > 0 ? [context(...notes)] : []),
  ]);
}

function stateOf(report: MeetingReport): string {
  switch (report.state) {
    case 'done':
      return 'done: its minutes are in this thread';
    case 'cancelled':
      return 'cancelled';
    case 'cancelling':
      return 'stopping …';
    case 'failed':
      return `could not be processed. ${new HansardError(codeOf(report), '').userMessage}`;
    default:
      return step(report);
  }
}

function codeOf({ error }: MeetingReport) {
  return error && isFaultCode(error.code) ? error.code : 'inference_failed';
}

function buttonOf({ id, state }: MeetingReport): ButtonSpec | undefined {
  if (state === 'done' || state === 'cancelling') return undefined;
  if (state === 'failed') return { action: ACTIONS.retry, label: 'Try again', value: id };
  if (state === 'cancelled') return { action: ACTIONS.retry, label: 'Start again', value: id };
  return { action: ACTIONS.cancel, label: 'Cancel', value: id };
}
