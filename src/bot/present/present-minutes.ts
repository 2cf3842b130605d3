/** The summary that everybody sees: at most 1,200 characters, with what can be done about it. Pure. */
import type { MetaFile, TranscriptFile } from '../../pipeline/files.ts';
import { formatDate, formatLength } from '../../pipeline/render/format-time.ts';
import { hasPart, partsTemplate, type SummaryTemplate, showParts } from '../../pipeline/render/summary-template.ts';
import type { ActionItem, Summary } from '../../pipeline/summary.ts';
import { formatItemRef } from '../item-ref.ts';
import {
  type Block,
  type ButtonSpec,
  buttons,
  type ChatMessage,
  context,
  header,
  list,
  message,
  type Piece,
  paragraph,
  type Room,
  type Tasks,
  visibleLength,
} from '../message.ts';
import { cut } from '../text.ts';
import { actionPieces, itemPieces, lengthOf } from './present-items.ts';
import { ACTIONS } from './present-progress.ts';

export interface PostedMinutes {
  meetingId: string;
  summary: Summary;
  transcript: TranscriptFile;
  meta: MetaFile;
  /** What the channel says about agreement; nothing when empty. */
  consent: string;
}

const NOTICE = 'Made automatically by Hansard on your own machines. It may contain mistakes: check what matters.';
/** Visible characters of a summary; the rest is in the thread. */
export const SUMMARY_CHARACTERS = 1_200;
const TITLE_CHARACTERS = 100;
const ABSTRACT_CHARACTERS = 400;
const ITEM_CHARACTERS = 160;
const MORE_CHARACTERS = 24;

export function presentSummary(
  { meetingId, summary, transcript, meta, consent }: PostedMinutes,
  room: Room,
): ChatMessage {
  const template = templateOf(meta);
  const shown = showParts(summary, template);
  const title = cut(summary.title || meta.recording.fileName, TITLE_CHARACTERS);
  const ends: Block[] = [
    context(NOTICE, ...(consent ? [consent] : [])),
    buttons(...buttonsOf(meetingId, transcript.speakers.length)),
  ];
  const blocks: Block[] = [header(title), context(facts(transcript, meta))];
  if (shown.abstract) blocks.push(paragraph({ text: cut(shown.abstract, ABSTRACT_CHARACTERS) }));
  const left = SUMMARY_CHARACTERS - visibleLength([...blocks, ...ends]);
  if (transcript.turns.length === 0)
    blocks.push(paragraph({ text: 'Nobody speaks in this recording.', style: 'italic' }));
  else blocks.push(...lists(meetingId, shown, template, { ...room, characters: left }));
  return message(`${title}: ${cut(summary.abstract || 'the minutes are here', ABSTRACT_CHARACTERS)}`, [
    ...blocks,
    ...ends,
  ]);
}

export function templateOf({ options }: MetaFile): SummaryTemplate {
  return partsTemplate(options.summaryTemplate);
}

/** Those that stand in the summary: what is to do, then what is done. */
export function tasksOf({ actionItems }: Summary): ActionItem[] {
  const open = actionItems.filter(({ status }) => status === 'open');
  const done = actionItems.filter(({ status, edited }) => status === 'done' && edited);
  return [...open, ...done];
}

/** Decisions may take half of the room, and what the action items leave. */
function lists(
  meetingId: string,
  summary: Summary,
  template: SummaryTemplate,
  room: Room & { characters: number },
): Block[] {
  const tasks = tasksOf(summary);
  const taskLines = tasks.map(task => cutPieces(actionPieces(task), room.taskCharacters));
  const decisions = summary.decisions.map(item => itemPieces(item, ITEM_CHARACTERS));
  const wanted = taskLines.reduce((sum, text) => sum + text.length, 0) + MORE_CHARACTERS;
  const blocks: Block[] = [];
  let left = room.characters - 'Decisions'.length - 'Action items'.length;
  if (hasPart(template, 'decisions')) {
    const fitting = fit(decisions, Math.max(left / 2, left - wanted), lengthOf);
    left -= fitting.reduce((sum, pieces) => sum + lengthOf(pieces), 0);
    if (decisions.length === 0) blocks.push(paragraph({ text: 'Nothing was decided.', style: 'italic' }));
    else
      blocks.push(
        paragraph({ text: 'Decisions', style: 'bold' }),
        list([...fitting, ...more(decisions.length - fitting.length)]),
      );
  }
  if (tasks.length === 0) return [...blocks, paragraph({ text: 'No action items.', style: 'italic' })];
  const fitting = fit(taskLines, left, text => text.length).slice(0, room.tasks);
  const items = tasks.slice(0, fitting.length).map((task, index) => ({
    value: formatItemRef(meetingId, task),
    text: fitting[index] ?? '',
    isTicked: task.status === 'done',
  }));
  const rest = more(tasks.length - fitting.length);
  return [
    ...blocks,
    paragraph({ text: 'Action items', style: 'bold' }),
    { kind: 'tasks', action: ACTIONS.tick, meetingId, items } satisfies Tasks,
    ...(rest.length > 0 ? [list(rest)] : []),
  ];
}

/** As many as fit, one at least. */
function fit<Item>(items: readonly Item[], room: number, length: (item: Item) => number): Item[] {
  const whole = items.reduce((sum, item) => sum + length(item), 0) <= room;
  let left = whole ? room : room - MORE_CHARACTERS;
  const count = items.findIndex(item => {
    left -= length(item);
    return left < 0;
  });
  return items.slice(0, count === -1 ? items.length : Math.max(1, count));
}

function more(count: number): Piece[][] {
  return count > 0 ? [[{ text: `${count} more in the thread`, style: 'italic' }]] : [];
}

/** What stands after the words of the item, its date and the like, is kept. */
function cutPieces(pieces: readonly Piece[], most: number): string {
  const over = lengthOf(pieces) - most;
  if (over <= 0) return pieces.map(({ text }) => text).join('');
  const longest = pieces.reduce((one, other) => (other.text.length > one.text.length ? other : one));
  return pieces
    .map(piece => (piece === longest ? cut(piece.text, Math.max(20, piece.text.length - over)) : piece.text))
    .join('');
}

function buttonsOf(meetingId: string, speakers: number): ButtonSpec[] {
  const value = meetingId;
  return [
    { action: ACTIONS.notes, label: 'Full notes', value },
    ...(speakers > 0 ? [{ action: ACTIONS.speakers, label: 'Speakers', value }] : []),
    { action: ACTIONS.rerun, label: 'Run again', value },
    { action: ACTIONS.fix, label: 'Fix', value },
    { action: ACTIONS.files, label: 'Files', value },
    forgetButton(meetingId),
  ];
}

export function forgetButton(value: string): ButtonSpec {
  return {
    action: ACTIONS.forget,
    label: 'Forget',
    value,
    style: 'danger',
    confirm: {
      title: 'Forget this meeting?',
      text: 'Transcript, summary and recording are erased from Hansard, and these messages and files are removed.',
      yes: 'Forget it',
      no: 'Keep it',
    },
  };
}

function facts(transcript: TranscriptFile, meta: MetaFile): string {
  const people = transcript.speakers.length;
  const speakers = people === 1 ? '1 speaker' : `${people} speakers`;
  return [formatLength(transcript.durationSeconds * 1000), speakers, formatDate(meta.meetingDate, meta.timeZone)].join(
    ' · ',
  );
}
