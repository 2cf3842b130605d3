/** actions.csv and actions.ics: the verified action items for spreadsheets and calendars. */
import { stringify } from 'csv-stringify/sync';
import ical, { ICalEventTransparency } from 'ical-generator';
import type { MetaFile } from '../files.ts';
import type { Transcript } from '../meeting.ts';
import type { ActionItem, Summary } from '../summary.ts';
import { cleanText } from './clean-text.ts';
import { formatClock } from './format-time.ts';
import { verifiedActions } from './minutes.ts';

/**
 * RFC 4180 with a byte-order mark, without which Excel does not see UTF-8. A cell that a spreadsheet would read as a
 * formula begins with an apostrophe (OWASP).
 */
export function renderActionsCsv(summary: Summary, transcript: Transcript): string {
  const rows = verifiedActions(summary).map(item => {
    const [first] = item.evidence;
    return {
      id: item.id,
      action: item.text,
      owner: item.owner ?? '',
      due: item.due?.date ?? '',
      due_as_said: item.due?.text ?? '',
      status: item.status,
      time: first ? formatClock(first.start * 1000) : '',
      said_by: first ? labelOf(transcript, first.turn) : '',
      quote: first?.quote ?? '',
    };
  });
  const columns = ['id', 'action', 'owner', 'due', 'due_as_said', 'status', 'time', 'said_by', 'quote'];
  return stringify(
    rows.map(row => Object.values(row).map(guardCell)),
    { header: true, columns, record_delimiter: 'windows', bom: true },
  );
}

/** Full-width signs count too: spreadsheets in East Asian locales take them for the plain ones. */
function guardCell(value: string): string {
  const text = cleanText(value);
  return /^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text;
}

/**
 * All-day events on the due dates: every calendar shows those, while many hide to-dos. Undefined when no open item has a
 * due date. The UID depends on meeting and item only, so that importing again updates.
 */
export function renderActionsIcs(summary: Summary, meta: MetaFile): string | undefined {
  // neither method nor name: with one of them Outlook makes a new calendar instead of adding to the user's
  const calendar = ical({ prodId: { company: 'Hansard', product: 'minutes', language: 'EN' } });
  for (const item of verifiedActions(summary)) {
    if (item.status !== 'open' || !item.due?.date) continue;
    const date = item.due.date;
    calendar.createEvent({
      id: `${meta.meetingId}-${item.id}@hansard`,
      stamp: new Date(meta.processedAt),
      start: new Date(`${date}T00:00:00Z`),
      end: new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 3_600_000),
      allDay: true,
      timezone: 'UTC',
      summary: cleanText(item.owner ? `${item.owner}: ${item.text}` : item.text),
      description: describe(item, summary.title),
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return calendar.length() > 0 ? `${calendar.toString()}\r\n` : undefined;
}

function describe({ due, evidence }: ActionItem, title: string): string {
  const [first] = evidence;
  const said = first ? `[${formatClock(first.start * 1000)}] “${cleanText(first.quote)}”` : '';
  return [`Due: ${cleanText(due?.text ?? '')}`, said, `From the minutes of: ${cleanText(title)}`]
    .filter(Boolean)
    .join('\n');
}

function labelOf(transcript: Transcript, turnId: string): string {
  const turn = transcript.turns.find(({ id }) => id === turnId);
  return transcript.speakers.find(({ id }) => id === turn?.speaker)?.label ?? '';
}
