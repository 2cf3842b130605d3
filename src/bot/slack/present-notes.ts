/** The full notes: everything with its evidence, in parts that fold away, in as many messages as it takes. Pure. */
import type { KnownBlock } from '@slack/types';
import { formatLength } from '../../pipeline/render/format-time.ts';
import { showParts } from '../../pipeline/render/summary-template.ts';
import type { ActionItem } from '../../pipeline/summary.ts';
import { formatItemRef } from '../item-ref.ts';
import {
  type ContainerChild,
  container,
  lineWithMenu,
  list,
  message,
  type Piece,
  paragraph,
  type SlackMessage,
  textLength,
} from './blocks.ts';
import { LIMITS } from './limits.ts';
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
import { cut } from './text.ts';

interface Part {
  name: string;
  children: ContainerChild[];
  isFolded: boolean;
}

export function presentNotes(posted: PostedMinutes): SlackMessage[] {
  const title = posted.summary.title || posted.meta.recording.fileName;
  const messages: KnownBlock[][] = [[paragraph({ text: 'Full notes', style: 'bold' })]];
  for (const { name, children, isFolded } of partsOf(posted))
    for (const [index, group] of groupChildren(children).entries())
      add(container(index === 0 ? name : `${name}, continued`, group, isFolded));
  return messages.map(blocks => message(`Notes: ${title}`, blocks));

  function add(block: KnownBlock): void {
    const blocks = messages.at(-1) ?? [];
    const isFull =
      countBlocks([...blocks, block]) > LIMITS.blocks || textLength([...blocks, block]) > LIMITS.messageText;
    if (isFull) messages.push([block]);
    else blocks.push(block);
  }
}

function partsOf({ meetingId, summary, transcript, meta }: PostedMinutes): Part[] {
  const shown = showParts(summary, templateOf(meta));
  const lines = (items: readonly Piece[][]) => groupItems(items).map(group => list(group));
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
function actionLine(meetingId: string, action: ActionItem): ContainerChild {
  const ref = formatItemRef(meetingId, action);
  const isOpen = action.status === 'open';
  return lineWithMenu([...actionPieces(action), ...quotePieces(action)], ACTIONS.item, [
    isOpen ? { value: `done.${ref}`, label: 'Done' } : { value: `open.${ref}`, label: 'Open again' },
    ...(action.owner ? [{ value: `unassign.${ref}`, label: 'Not mine' }] : []),
    { value: `edit.${ref}`, label: 'Edit …' },
  ]);
}

const LIST = { items: 10, characters: 5_000 };

/** Lists that fit into a message beside others. */
function groupItems(items: readonly Piece[][]): Piece[][][] {
  return groupBy(items, LIST, lengthOf);
}

function groupChildren(children: readonly ContainerChild[]): ContainerChild[][] {
  return groupBy(children, { items: LIMITS.containerBlocks, characters: LIMITS.messageText / 2 }, child =>
    textLength([child]),
  );
}

function groupBy<Item>(
  all: readonly Item[],
  most: { items: number; characters: number },
  length: (item: Item) => number,
): Item[][] {
  const groups: Item[][] = [];
  let characters = 0;
  for (const item of all) {
    const group = groups.at(-1);
    if (group && group.length < most.items && characters + length(item) <= most.characters) {
      group.push(item);
      characters += length(item);
    } else {
      groups.push([item]);
      characters = length(item);
    }
  }
  return groups;
}

/** Those in containers count. */
function countBlocks(blocks: readonly KnownBlock[]): number {
  return blocks.reduce((sum, block) => sum + 1 + (block.type === 'container' ? block.child_blocks.length : 0), 0);
}
