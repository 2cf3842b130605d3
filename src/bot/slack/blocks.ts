/** How what we say looks in Slack: the few kinds of blocks that we use, with their texts made safe and cut to what Slack takes. */
import { createHash } from 'node:crypto';
import type {
  ActionsBlock,
  Button,
  ContainerBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
  SectionBlock,
} from '@slack/types';
import type { Block, ButtonSpec, ChatMessage, LineWithMenu, Piece, Room, Tasks } from '../message.ts';
import { cut, plain } from '../text.ts';
import { LIMITS } from './limits.ts';
import { escapeFallback } from './text.ts';

/** Slack refuses empty texts; what consists of invisible characters alone is one. */
const NOTHING = '–';

export interface SlackMessage {
  /** For notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

export const SLACK_ROOM: Room = {
  tasks: LIMITS.checkboxes,
  /** A choice has room for two lines; the rest of it is moment, name and date. */
  taskCharacters: 2 * LIMITS.optionText,
  listCharacters: 5_000,
  /** Two blocks each, beside title and footnote. */
  cardLines: Math.floor((LIMITS.blocks - 2) / 2),
  fitsContainer: children =>
    children.length <= LIMITS.containerBlocks && textLength(children.map(asBlock)) <= LIMITS.messageText / 2,
  fitsMessage(blocks) {
    const shown = blocks.map(asBlock);
    return countBlocks(shown) <= LIMITS.blocks && textLength(shown) <= LIMITS.messageText;
  },
};

export function asSlack({ text, blocks }: ChatMessage): SlackMessage {
  return {
    text: cut(escapeFallback(text) || NOTHING, LIMITS.fallbackText),
    blocks: blocks.slice(0, LIMITS.blocks).map(asBlock),
  };
}

export function asBlock(block: Block): KnownBlock {
  return block.kind === 'container' ? asContainer(block) : asContainerChild(block);
}

/** Ours among Slack's own, as dialogs and the Home tab mix them. */
export function asBlocks(blocks: readonly (Block | KnownBlock)[]): KnownBlock[] {
  return blocks.map(block => ('kind' in block ? asBlock(block) : block));
}

type ContainerChild = ContainerBlock['child_blocks'][number];

function asContainer({ title, children, isFolded }: Extract<Block, { kind: 'container' }>): ContainerBlock {
  return {
    type: 'container',
    title: plainText(title, LIMITS.containerTitle),
    child_blocks: children
      .slice(0, LIMITS.containerBlocks)
      .flatMap(child => (child.kind === 'container' ? [] : [asContainerChild(child)])),
    is_collapsible: true,
    ...(isFolded && { default_collapsed: true }),
  };
}

function asContainerChild(block: Exclude<Block, { kind: 'container' }>): ContainerChild {
  switch (block.kind) {
    case 'header':
      return { type: 'header', text: plainText(block.text, LIMITS.headerText) };
    case 'context': {
      const texts = block.texts.slice(0, LIMITS.contextElements);
      return { type: 'context', elements: texts.map(text => plainText(text, LIMITS.sectionText)) };
    }
    case 'paragraph':
      return asParagraph(block.pieces);
    case 'list':
      return asList(block.items);
    case 'buttons':
      return { type: 'actions', elements: block.buttons.slice(0, LIMITS.buttons).map(asButton) };
    case 'line-with-menu':
      return asLineWithMenu(block);
    case 'tasks':
      return asCheckboxes(block);
  }
}

function asParagraph(pieces: readonly Piece[]): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: pieces.map(asElement) }] };
}

function asList(items: readonly (readonly Piece[])[]): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: items.map(pieces => ({ type: 'rich_text_section', elements: pieces.map(asElement) })),
      },
    ],
  };
}

function asElement({ text, style }: Piece): RichTextElement {
  const shown = cut(plainKeepingEnds(text), LIMITS.sectionText);
  return { type: 'text', text: shown || NOTHING, ...(style && { style: { [style]: true } }) };
}

/** Pieces stand side by side: the space between them is part of them. */
function plainKeepingEnds(text: string): string {
  const [, before = '', , after = ''] = /^( ?)([\s\S]*?)( ?)$/.exec(text) ?? [];
  return `${before}${plain(text)}${after}`;
}

function asButton({ action, label, value, style, confirm }: ButtonSpec): Button {
  const text = (shown: string) => ({ type: 'plain_text' as const, text: cut(plain(shown), LIMITS.buttonText) });
  return {
    type: 'button',
    action_id: action,
    text: text(label),
    value: cut(value, LIMITS.buttonValue),
    ...(style && { style }),
    ...(confirm && {
      confirm: {
        title: text(confirm.title),
        text: { type: 'plain_text', text: cut(plain(confirm.text), 300) },
        confirm: text(confirm.yes),
        deny: text(confirm.no),
      },
    }),
  };
}

/** For a workspace that does not know containers yet: what is in them, one below the other. */
export function unfold({ text, blocks }: SlackMessage): SlackMessage {
  const flat = blocks.flatMap((block): KnownBlock[] =>
    block.type === 'container'
      ? [asParagraph([{ text: block.title?.text ?? NOTHING, style: 'bold' }]), ...block.child_blocks]
      : [block],
  );
  return { text, blocks: flat.slice(0, LIMITS.blocks) };
}

function asLineWithMenu({ pieces, action, choices }: LineWithMenu): SectionBlock {
  return {
    type: 'section',
    text: plainText(pieces.map(({ text }) => text).join(''), LIMITS.sectionText),
    accessory: {
      type: 'overflow',
      action_id: action,
      options: choices.map(({ value, label }) => ({ value, text: plainText(label, LIMITS.optionText) })),
    },
  };
}

/** What does not fit into a choice goes on in the small line under it. */
function asCheckboxes({ action, meetingId, items }: Tasks): ActionsBlock {
  const options = items.slice(0, LIMITS.checkboxes).map(({ value, text, isTicked }) => {
    const [label, rest] = splitText(plain(text), LIMITS.optionText);
    const option = {
      value,
      text: plainText(label, LIMITS.optionText),
      ...(rest && { description: plainText(rest, LIMITS.optionText) }),
    };
    return { option, isTicked };
  });
  const ticked = options.filter(({ isTicked }) => isTicked).map(({ option }) => option);
  return {
    type: 'actions',
    block_id: nameTasks(meetingId, items),
    elements: [
      {
        type: 'checkboxes',
        action_id: action,
        options: options.map(({ option }) => option),
        ...(ticked.length > 0 && { initial_options: ticked }),
      },
    ],
  };
}

/** Another name with every change: else people would go on seeing their own ticks. */
function nameTasks(meetingId: string, items: unknown): string {
  return `tasks.${meetingId}.${createHash('sha256').update(JSON.stringify(items)).digest('hex').slice(0, 12)}`;
}

/** Which meeting a block of tasks is about. */
export function meetingOfTasks(blockId: string): string | undefined {
  const [kind, meetingId] = blockId.split('.');
  return kind === 'tasks' ? meetingId : undefined;
}

/** At a space where there is one not too far from the end. */
function splitText(text: string, most: number): [string, string] {
  if (text.length <= most) return [text, ''];
  const space = text.lastIndexOf(' ', most);
  const at = space > most / 2 ? space : most - 1;
  const isInPair = /[\u{d800}-\u{dbff}]$/u.test(text.slice(0, at));
  return [text.slice(0, isInPair ? at - 1 : at).trimEnd(), text.slice(isInPair ? at - 1 : at).trimStart()];
}

/** Outside text as `plain_text`, which knows no markup; never empty, which Slack refuses. */
export function plainText(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: cut(plain(text) || NOTHING, most), emoji: false };
}

/** How much of the undocumented total of a message it takes. */
export function textLength(blocks: readonly KnownBlock[]): number {
  let length = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') length += value.length;
    return value;
  });
  return length;
}

/** Those in containers count. */
function countBlocks(blocks: readonly KnownBlock[]): number {
  return blocks.reduce((sum, block) => sum + 1 + (block.type === 'container' ? block.child_blocks.length : 0), 0);
}
