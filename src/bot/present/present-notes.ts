/** The full notes: everything with its evidence, in parts that fold away, in as many messages as it takes. Pure. */
import { formatLength } from '../../pipeline/render/format-time.ts';
import { showParts } from '../../pipeline/render/summary-template.ts';
import type { ActionItem } from '../../pipeline/summary.ts';
import { formatItemRef } from '../item-ref.ts';
import {
  type Block,
  type ChatMessage,
  container,
  list,
  message,
  type Piece,
  paragraph,
  type Room,
} from '../message.ts';
import { cut } from '../text.ts';
import {
  actionPieces,
  itemPieces,
  lengthOf,
  moment,
  NAME_CHARACTERS,
  NOTE_CHARACTERS,
  quotePieces,
} from './present-items.ts';
import { type PostedMinutes, templateOf } from './present-minutes.ts';
import { ACTIONS } from './present-progress.ts';

interface Part {
  name: string;
  children: Block[];
  isFolded: boolean;
}

export function presentNotes(posted: PostedMinutes, room: Room): ChatMessage[] {
  const title = posted.summary.title || posted.meta.recording.fileName;
  const messages: Block[][] = [[paragraph({ text: 'Full notes', style: 'bold' })]];
  for (const { name, children, isFolded } of partsOf(posted, room))
    for (const [index, group] of groupChildren(children, room).entries())
      add(container(index === 0 ? name : `${name}, continued`, group, isFolded));
  return messages.map(blocks => message(`Notes: ${title}`, blocks));

  function add(block: Block): void {
    const blocks = messages.at(-1) ?? [];
    if (!room.fitsMessage([...blocks, block])) messages.push([block]);
    else blocks.push(block);
  }
}

function partsOf({ meetingId, summary, transcript, meta }: PostedMinutes, room: Room): Part[] {
  const shown = showParts(summary, templateOf(meta));
  const lines = (items: readonly Piece[][]) => groupItems(items, room).map(group => list(group));
  const warnings = [...new Set([...meta.warnings, ...summary.warnings])];
  const speakers = transcript.speakers.map(({ label, seconds }): Piece[] => [
    { text: `${cut(label, NAME_CHARACTERS)}, ${formatLength(seconds * 1000)}` },
  ]);
  const topics = shown.topics.map(({ title, start }) => [moment(start), { text: cut(title, NOTE_CHARACTERS) }]);
  const parts: Part[] = [
    {
      name: `Decisions (${shown.decisions.length})`,
      children: lines(shown.decisions.map(item => [...itemPieces(item), ...quotePieces(item)])),
      isFolded: false,
    },
    {
      name: `Action items (${shown.actionItems.length})`,
      children: shown.actionItems.map(action => actionLine(meetingId, action)),
      isFolded: false,
    },
    {
      name: `Open questions (${shown.questions.length})`,
      children: lines(shown.questions.map(item => itemPieces(item))),
      isFolded: true,
    },
    {
      name: `Numbers (${shown.numbers.length})`,
      children: lines(shown.numbers.map(item => itemPieces(item))),
      isFolded: true,
    },
    { name: `Topics (${topics.length})`, children: lines(topics), isFolded: true },
    { name: `Speakers (${speakers.length})`, children: lines(speakers), isFolded: true },
    {
      name: 'Please note',
      children: lines(warnings.map(warning => [{ text: cut(warning, NOTE_CHARACTERS) }])),
      isFolded: false,
    },
  ];
  return parts.filter(({ children }) => children.length > 0);
}

/** With what can be done about it. */
function actionLine(meetingId: string, action: ActionItem): Block {
  const ref = formatItemRef(meetingId, action);
  const isOpen = action.status === 'open';
  return {
    kind: 'line-with-menu',
    pieces: [...actionPieces(action), ...quotePieces(action)],
    action: ACTIONS.item,
    choices: [
      isOpen ? { value: `done.${ref}`, label: 'Done' } : { value: `open.${ref}`, label: 'Open again' },
      ...(action.owner ? [{ value: `unassign.${ref}`, label: 'Not mine' }] : []),
      { value: `edit.${ref}`, label: 'Edit …' },
    ],
  };
}

const LIST_ITEMS = 10;

/** Lists that fit into a message beside others. */
function groupItems(items: readonly Piece[][], room: Room): Piece[][][] {
  return groupBy(items, group => group.length <= LIST_ITEMS && sumOf(group.map(lengthOf)) <= room.listCharacters);
}

function groupChildren(children: readonly Block[], room: Room): Block[][] {
  return groupBy(children, room.fitsContainer);
}

/** As few groups as fit, each with one at least. */
function groupBy<Item>(all: readonly Item[], fits: (group: readonly Item[]) => boolean): Item[][] {
  const groups: Item[][] = [];
  for (const item of all) {
    const group = groups.at(-1);
    if (group && fits([...group, item])) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

function sumOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}
