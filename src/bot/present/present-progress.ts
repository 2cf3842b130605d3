/** The placeholder: one message that says where the recording is, until it becomes the summary. Pure. */
import { HansardError, isFaultCode } from '../../errors.ts';
import type { StageName } from '../../pipeline/moves.ts';
import type { MeetingReport } from '../../pipeline/orchestration/describe-meeting.ts';
import { formatLength } from '../../pipeline/render/format-time.ts';
import { buttons, type ChatMessage, context, message, paragraph } from '../message.ts';

export const ACTIONS = {
  take: 'hansard_take',
  cancel: 'hansard_cancel',
  retry: 'hansard_retry',
  rerun: 'hansard_rerun',
  speakers: 'hansard_speakers',
  clips: 'hansard_clips',
  notes: 'hansard_notes',
  files: 'hansard_files',
  fix: 'hansard_fix',
  /** Boxes of action items in the summary. */
  tick: 'hansard_tick',
  /** The menu of one action item in the notes. */
  item: 'hansard_item',
  settings: 'hansard_settings',
  chooseChannel: 'hansard_choose_channel',
  forget: 'hansard_forget',
  /** Agreeing to be recognised by voice: with a sample to come, or by a speaker of a meeting. */
  voice: 'hansard_voice',
  voiceClaim: 'hansard_voice_claim',
  voiceForget: 'hansard_voice_forget',
  voiceExport: 'hansard_voice_export',
} as const;

const doing: Record<StageName, string> = {
  fetch: 'Fetching the recording',
  decode: 'Reading the recording',
  transcribe: 'Writing down what is said',
  diarize: 'Finding out who speaks',
  assign: 'Putting words and speakers together',
  summarize: 'Writing the summary',
  render: 'Making the files',
  deliver: 'Posting the minutes',
};

/** @param consent what the channel says about agreement; nothing when empty */
export function presentProgress(report: MeetingReport, consent: string): ChatMessage {
  const { id, title, state, error } = report;
  const name = { text: title, style: 'bold' as const };
  switch (state) {
    case 'failed': {
      const why = new HansardError(error && isFaultCode(error.code) ? error.code : 'inference_failed', '').userMessage;
      return message(`${title}: ${why}`, [
        paragraph(name, { text: ` could not be processed. ${why}` }),
        ...(error?.code === 'quota_exceeded' ? [context(error.message)] : []),
        buttons({ action: ACTIONS.retry, label: 'Try again', value: id, style: 'primary' }),
      ]);
    }
    case 'cancelled':
      return message(`${title}: cancelled`, [
        paragraph(name, { text: ' was cancelled.' }),
        buttons({ action: ACTIONS.retry, label: 'Start again', value: id }),
      ]);
    case 'cancelling':
      return message(`${title}: stopping`, [paragraph(name, { text: ': stopping …' })]);
    default: {
      const lines = [name, { text: `\u{2002}${step(report)}` }];
      return message(`${title}: ${step(report)}`, [
        paragraph(...lines),
        ...(report.durationMs === null ? [] : [context(facts(report))]),
        ...(consent ? [context(consent)] : []),
        buttons({ action: ACTIONS.cancel, label: 'Cancel', value: id }),
      ]);
    }
  }
}

/** `Writing down what is said, 42 %` */
export function step({ stages }: MeetingReport): string {
  const live = stages.filter(({ state }) => state === 'running' || state === 'queued');
  const running = live.filter(({ state }) => state === 'running');
  if (running.length > 0) {
    const [first] = running;
    const least = Math.min(...running.map(({ progress }) => progress));
    return `${doing[first?.name ?? 'decode']}, ${Math.round(least * 100)} %`;
  }
  const [waiting] = live;
  if (!waiting) return 'Saved, starting …';
  return waiting.position ? `Waiting, ${waiting.position} before it` : `${doing[waiting.name]} …`;
}

function facts({ durationMs, etaSeconds }: MeetingReport): string {
  const length = formatLength(durationMs ?? 0);
  return etaSeconds === null
    ? length
    : `${length} long, about ${formatLength(Math.max(1_000, etaSeconds * 1000))} left`;
}
