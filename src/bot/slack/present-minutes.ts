/** The minutes as Slack messages: the summary, and the notes of the thread. Pure. */
import type { KnownBlock } from '@slack/types';
import type { MetaFile, TranscriptFile } from '../../pipeline/files.ts';
import { formatClock, formatDate, formatLength } from '../../pipeline/render/format-time.ts';
import type { ActionItem, Summary, SummaryItem } from '../../pipeline/summary.ts';
import {
  buttons,
  context,
  header,
  list,
  message,
  type Piece,
  paragraph,
  type SlackMessage,
  textLength,
} from './blocks.ts';
import { LIMITS, SUMMARY_CHARACTERS } from './limits.ts';
import { ACTIONS } from './present-progress.ts';
import { cut } from './text.ts';

export interface PostedMinutes {
  meetingId: string;
  summary: Summary;
  transcript: TranscriptFile;
  meta: MetaFile;
}

const NOTICE = 'Made automatically by Hansard on your own machines. It may contain mistakes: check what matters.';
const ABSTRACT_CHARACTERS = 400;
const ITEM_CHARACTERS = 160;

/** What everybody sees: at most about 1,200 characters; what does not fit is in the thread. */
export function presentSummary({ meetingId, summary, transcript, meta }: PostedMinutes): SlackMessage {
  const title = summary.title || meta.recording.fileName;
  const blocks: KnownBlock[] = [header(title), context(facts(transcript, meta))];
  if (summary.abstract) blocks.push(paragraph({ text: cut(summary.abstract, ABSTRACT_CHARACTERS) }));
  let left = SUMMARY_CHARACTERS - textLength(blocks) - NOTICE.length;
  const addList = (name: string, items: readonly Piece[][], none: string) => {
    if (items.length === 0) {
      blocks.push(paragraph({ text: none, style: 'italic' }));
      return;
    }
    const fitting: Piece[][] = [];
    for (const item of items) {
      const length = item.reduce((sum, { text }) => sum + text.length, 0);
      if (length > left && fitting.length > 0) break;
      left -= length;
      fitting.push(item);
    }
    const missing = items.length - fitting.length;
    if (missing > 0) fitting.push([{ text: `${missing} more in the thread`, style: 'italic' }]);
    blocks.push(paragraph({ text: name, style: 'bold' }), list(fitting));
  };
  if (transcript.turns.length === 0)
    blocks.push(paragraph({ text: 'Nobody speaks in this recording.', style: 'italic' }));
  else {
    addList(
      'Decisions',
      summary.decisions.map(item => itemPieces(item, ITEM_CHARACTERS)),
      'Nothing was decided.',
    );
    addList(
      'Action items',
      openActions(summary).map(action => actionPieces(action, ITEM_CHARACTERS)),
      'No action items.',
    );
  }
  blocks.push(
    context(NOTICE),
    buttons(
      ...(transcript.speakers.length > 0 ? [{ action: ACTIONS.speakers, label: 'Speakers', value: meetingId }] : []),
      { action: ACTIONS.rerun, label: 'Run it again', value: meetingId },
      {
        action: ACTIONS.forget,
        label: 'Forget this meeting',
        value: meetingId,
        style: 'danger',
        confirm: {
          title: 'Forget this meeting?',
          text: 'Transcript, summary and recording are erased from Hansard, and these messages and files are removed.',
          yes: 'Forget it',
          no: 'Keep it',
        },
      },
    ),
  );
  return message(`${title}: ${cut(summary.abstract || 'the minutes are here', ABSTRACT_CHARACTERS)}`, blocks);
}

/** Everything with its evidence, in as many messages as it takes. */
export function presentNotes({ summary, transcript, meta }: PostedMinutes): SlackMessage[] {
  const title = summary.title || meta.recording.fileName;
  const sections: [name: string, items: Piece[][]][] = [
    ['Decisions', summary.decisions.map(item => [...itemPieces(item), ...quotePieces(item)])],
    ['Action items', summary.actionItems.map(item => [...actionPieces(item), ...quotePieces(item)])],
    ['Open questions', summary.questions.map(item => itemPieces(item))],
    ['Numbers', summary.numbers.map(item => itemPieces(item))],
    ['Topics', summary.topics.map(({ title: topic, start }) => [moment(start), { text: cut(topic, NOTE_CHARACTERS) }])],
    [
      'Speakers',
      transcript.speakers.map(({ label, seconds }) => [
        { text: `${cut(label, NAME_CHARACTERS)}, ${formatLength(seconds * 1000)}` },
      ]),
    ],
    [
      'Please note',
      [...new Set([...meta.warnings, ...summary.warnings])].map(warning => [{ text: cut(warning, NOTE_CHARACTERS) }]),
    ],
  ];
  const messages: KnownBlock[][] = [[paragraph({ text: 'Notes', style: 'bold' })]];
  for (const [name, items] of sections) {
    if (items.length === 0) continue;
    add(paragraph({ text: name, style: 'bold' }));
    for (const group of groupItems(items)) add(list(group));
  }
  return messages.map(blocks => message(`Notes: ${title}`, blocks));

  function add(block: KnownBlock): void {
    const blocks = messages.at(-1) ?? [];
    const isFull = blocks.length >= LIMITS.blocks || textLength([...blocks, block]) > LIMITS.messageText;
    if (isFull) messages.push([block]);
    else blocks.push(block);
  }
}

/** In the thread; nobody says a sentence of that length. */
const NOTE_CHARACTERS = 700;
const NAME_CHARACTERS = 60;
const LIST = { items: 10, characters: 5_000 };

/** Lists that fit into a message beside others. */
function groupItems(items: readonly Piece[][]): Piece[][][] {
  const groups: Piece[][][] = [];
  let characters = 0;
  for (const item of items) {
    const length = item.reduce((sum, { text }) => sum + text.length, 0);
    const group = groups.at(-1);
    if (group && group.length < LIST.items && characters + length <= LIST.characters) {
      group.push(item);
      characters += length;
    } else {
      groups.push([item]);
      characters = length;
    }
  }
  return groups;
}

function facts(transcript: TranscriptFile, meta: MetaFile): string {
  const people = transcript.speakers.length;
  const speakers = people === 1 ? '1 speaker' : `${people} speakers`;
  return [formatLength(transcript.durationSeconds * 1000), speakers, formatDate(meta.meetingDate, meta.timeZone)].join(
    ' · ',
  );
}

function openActions({ actionItems }: Summary): ActionItem[] {
  return actionItems.filter(({ status }) => status === 'open');
}

function moment(seconds: number): Piece {
  return { text: `[${formatClock(seconds * 1000)}] `, style: 'code' };
}

function itemPieces({ text, evidence, verified }: SummaryItem, most = NOTE_CHARACTERS): Piece[] {
  const [first] = evidence;
  return [
    ...(first ? [moment(first.start)] : []),
    { text: cut(text, most) },
    ...(verified ? [] : [{ text: ' (needs a check)', style: 'italic' as const }]),
  ];
}

function actionPieces(action: ActionItem, most?: number): Piece[] {
  const { owner, due, status } = action;
  const [first, ...rest] = itemPieces(action, most);
  const hasMoment = first?.style === 'code';
  const who: Piece[] = owner ? [{ text: `${cut(owner, NAME_CHARACTERS)}: `, style: 'bold' }] : [];
  const end = [
    due ? `, by ${due.date ? formatDate(due.date, 'UTC') : cut(due.text, NAME_CHARACTERS)}` : '',
    status === 'open' ? '' : ` (${status})`,
  ].join('');
  const pieces = hasMoment && first ? [first, ...who, ...rest] : [...who, ...(first ? [first] : []), ...rest];
  return end === '' ? pieces : [...pieces, { text: end }];
}

function quotePieces({ evidence, text }: SummaryItem): Piece[] {
  const quote = evidence[0]?.quote ?? '';
  return quote === '' || quote === text ? [] : [{ text: ` “${cut(quote, NOTE_CHARACTERS)}”`, style: 'italic' }];
}
