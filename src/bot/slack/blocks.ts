/** The few kinds of blocks that we use, with their texts made safe and cut to what Slack takes. */
import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  RichTextBlock,
  RichTextElement,
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
    text: { type: 'plain_text', text: cut(plain(text) || NOTHING, LIMITS.headerText), emoji: false },
  };
}

/** Small and grey. */
export function context(...texts: string[]): ContextBlock {
  const elements = texts.slice(0, LIMITS.contextElements).map(text => ({
    type: 'plain_text' as const,
    text: cut(plain(text) || NOTHING, LIMITS.sectionText),
    emoji: false,
  }));
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

/** How much of the undocumented total of a message it takes. */
export function textLength(blocks: readonly KnownBlock[]): number {
  let length = 0;
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') length += value.length;
    return value;
  });
  return length;
}
