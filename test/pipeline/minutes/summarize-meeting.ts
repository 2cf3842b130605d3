/** The extractive minutes of a meeting written down in a test. */
import type { Transcript } from '../../../src/pipeline/meeting.ts';
import { createExtractiveSummarizer } from '../../../src/pipeline/minutes/extractive-summarizer.ts';
import type { Summary } from '../../../src/pipeline/summary.ts';
import { stageContext } from '../../contracts/summarizer.contract.ts';
import { meetingOf } from './build-transcript.ts';

/** A Tuesday. */
export const MEETING_DATE = '2026-11-17';

export function minutesOf(meeting: string | Transcript, meetingDate = MEETING_DATE): Promise<Summary> {
  const transcript = typeof meeting === 'string' ? meetingOf(meeting) : meeting;
  return createExtractiveSummarizer().summarize(transcript, { meetingDate, timeZone: 'Europe/Berlin' }, stageContext());
}

/** "owner: text | date | status" of each task. */
export function tasksOf({ actionItems }: Summary): string[] {
  return actionItems.map(({ owner, text, due, status }) => `${owner}: ${text} | ${due?.date ?? '-'} | ${status}`);
}
