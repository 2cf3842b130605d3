/** The few kinds of blocks that we use, with their texts made safe and cut to what Slack takes. */
import type {
  ActionsBlock,
  Button,
  ContainerBlock,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
  SectionBlock,
} from '@slack/types';
import { LIMITS } from './limits.ts';
import { cut, escapeFallback, plain } from './text.ts';

/** Slack refuses empty texts; what consists of invisible characters alone is one. */
const NOTHING = '–';

export interface SlackMessage {
  /** For notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

export function message(text: string, blocks: KnownBlock[]): SlackMessage {
  return { text: cut(escapeFallback(text) || NOTHING, LIMITS.fallbackText), blocks: blocks.slice(0, LIMITS.blocks) };
}

export function header(text: string): HeaderBlock {
  return {
    type: 'header',
    text: plainText(text, LIMITS.headerText),
  };
}

/** Small and grey. */
export function context(...texts: string[]): ContextBlock {
  const elements = texts.slice(0, LIMITS.contextElements).map(text => plainText(text, LIMITS.sectionText));
  return { type: 'context', elements };
}

/** A piece of a line. */
export interface Piece {
  text: string;
  style?: 'bold' | 'italic' | 'code';
}

export function paragraph(...pieces: Piece[]): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: pieces.map(asElement) }] };
}

export function list(items: readonly (readonly Piece[])[]): RichTextBlock {
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

export interface ButtonSpec {
  action: string;
  label: string;
  value: string;
  style?: 'primary' | 'danger';
  /** Asked before it counts. */
  confirm?: { title: string; text: string; yes: string; no: string };
}

export function buttons(...specs: ButtonSpec[]): ActionsBlock {
  return { type: 'actions', elements: specs.slice(0, LIMITS.buttons).map(asButton) };
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

/** Blocks that fold away under a title. */
export function container(title: string, children: readonly ContainerChild[], isFolded: boolean): ContainerBlock {
  return {
    type: 'container',
    title: plainText(title, LIMITS.containerTitle),
    child_blocks: children.slice(0, LIMITS.containerBlocks),
    is_collapsible: true,
    ...(isFolded && { default_collapsed: true }),
  };
}
export type ContainerChild = ContainerBlock['child_blocks'][number];

/** For a workspace that does not know containers yet: what is in them, one below the other. */
export function unfold({ text, blocks }: SlackMessage): SlackMessage {
  const flat = blocks.flatMap((block): KnownBlock[] =>
    block.type === 'container'
      ? [paragraph({ text: block.title?.text ?? NOTHING, style: 'bold' }), ...block.child_blocks]
      : [block],
  );
  return { text, blocks: flat.slice(0, LIMITS.blocks) };
}

export interface Choice {
  value: string;
  label: string;
}

/** Shown with a menu of what can be done with it. */
export function lineWithMenu(pieces: readonly Piece[], action: string, choices: readonly Choice[]): SectionBlock {
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

/**
 * A list to tick off; what does not fit into a choice goes on in the small line under it.
 * @param blockId another one whenever something changes: else what people see stays as they left it
 */
export function checkboxes(
  blockId: string,
  action: string,
  items: readonly { value: string; text: string; isTicked: boolean }[],
): ActionsBlock {
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
    block_id: blockId,
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

/** What people read of it at once, without what a button asks before it counts. */
export function visibleLength(blocks: readonly KnownBlock[]): number {
  return countText(blocks, 'confirm');
}

/** How much of the undocumented total of a message it takes. */
export function textLength(blocks: readonly KnownBlock[]): number {
  return countText(blocks);
}

function countText(blocks: readonly KnownBlock[], except?: string): number {
  let length = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') length += value.length;
    return key === except ? undefined : value;
  });
  return length;
}
