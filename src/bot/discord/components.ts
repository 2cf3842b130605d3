/**
 * How what we say looks in Discord: Components V2, with texts made safe and everything cut to what Discord takes. Neighbouring
 * texts become one, since components are few.
 */
import {
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIMessageTopLevelComponent,
  type APIStringSelectComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js';
import type { Block, ButtonSpec, ChatMessage, LineWithMenu, Piece, Room, Tasks } from '../message.ts';
import { cut, plain } from '../text.ts';
import { ASK_FIRST, formatCustomId, MENU } from './custom-id.ts';
import { LIMITS } from './limits.ts';
import { cutMarkdown, escapeMarkdown } from './text.ts';

/** What is sent to Discord. */
export interface DiscordMessage {
  flags: number;
  components: APIMessageTopLevelComponent[];
  allowed_mentions: { parse: [] };
}

const NOTHING = '–';
/** Room for texts that are cut, and for what joins them. */
const TEXT_CHARACTERS = LIMITS.messageText - 100;
/** Container, and a little for what stands beside it. */
const CONTAINED = LIMITS.components - 4;
/** Of one piece, before it is escaped. */
const PIECE_CHARACTERS = 1_500;
const TICKED = '☑';
const UNTICKED = '☐';

export const DISCORD_ROOM: Room = {
  tasks: LIMITS.options,
  taskCharacters: 2 * LIMITS.optionText,
  listCharacters: 1_800,
  /** Three components each, beside container, title and footnote. */
  cardLines: Math.floor((LIMITS.components - 4) / 3),
  fitsContainer: children => isWithin(children.flatMap(asComponents), CONTAINED),
  fitsMessage: blocks => isWithin(blocks.flatMap(asTopLevel), LIMITS.components),
};

/** @param mark a number by which we find the message again; nobody sees it */
export function asDiscord({ blocks }: ChatMessage, mark?: number): DiscordMessage {
  const isPlain = blocks.every(({ kind }) => kind !== 'container');
  const components = fitting(isPlain ? [contained(blocks)] : blocks.flatMap(asTopLevel));
  const [first, ...rest] = components;
  return {
    // what is made of links would be somebody else's text under our name
    flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressEmbeds,
    components: first && mark !== undefined ? [{ ...first, id: mark }, ...rest] : components,
    allowed_mentions: { parse: [] },
  };
}

/** One box around all of it. */
function contained(blocks: readonly Block[]): APIMessageTopLevelComponent {
  return { type: ComponentType.Container, components: fitting(blocks.flatMap(asComponents), LIMITS.components - 1) };
}

function asTopLevel(block: Block): APIMessageTopLevelComponent[] {
  if (block.kind !== 'container') return asComponents(block);
  const title: Block = { kind: 'paragraph', pieces: [{ text: block.title, style: 'bold' }] };
  const components = merged([title, ...block.children].flatMap(asComponents));
  return [{ type: ComponentType.Container, components }];
}

function asComponents(block: Block): APIComponentInContainer[] {
  switch (block.kind) {
    case 'header':
      return [text(`## ${escapeMarkdown(block.text) || NOTHING}`)];
    case 'context':
      return [text(block.texts.map(one => `-# ${escapeMarkdown(one) || NOTHING}`).join('\n'))];
    case 'paragraph':
      return [text(isHeading(block.pieces) ? `### ${escapeMarkdown(block.pieces[0].text)}` : asLine(block.pieces))];
    case 'list':
      return [text(block.items.map(pieces => `- ${asLine(pieces)}`).join('\n'))];
    case 'buttons':
      return asRows(block.buttons.map(asButton));
    case 'container':
      return [];
    case 'line-with-menu':
      return [asSection(block)];
    case 'tasks':
      return asTasks(block);
  }
}

/** A line that is bold as a whole: as a heading it has room above it. */
function isHeading(pieces: readonly Piece[]): pieces is readonly [Piece] {
  const [first, ...others] = pieces;
  return first?.style === 'bold' && others.length === 0 && /\S/.test(plain(first.text));
}

function text(content: string): APIComponentInContainer {
  return { type: ComponentType.TextDisplay, content: cutMarkdown(content, TEXT_CHARACTERS) };
}

function asLine(pieces: readonly Piece[]): string {
  return pieces.map(asMarkdown).join('') || NOTHING;
}

const MARKS = { bold: '**', italic: '*', code: '`' } as const;

function asMarkdown({ text: whole, style }: Piece): string {
  // Markdown wants its marks right beside the words
  const [, before = '', words = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(whole) ?? [];
  // backslashes count as text in code
  const said = cut(words, PIECE_CHARACTERS);
  const shown = style === 'code' ? plain(said).replaceAll('`', 'ˋ') : escapeMarkdown(said);
  if (shown === '') return before || after ? ' ' : '';
  const mark = style ? MARKS[style] : '';
  return `${before && ' '}${mark}${shown}${mark}${after && ' '}`;
}

/** Six are three and three, not five and one. */
export function asRows(all: readonly APIButtonComponent[]): APIComponentInContainer[] {
  const rows = Math.ceil(all.length / LIMITS.buttonsPerRow);
  const perRow = Math.ceil(all.length / rows);
  return Array.from({ length: rows }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: all.slice(row * perRow, (row + 1) * perRow),
  }));
}

const STYLES = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger } as const;

/** Discord asks nothing before a button counts: one with a question opens that question first. */
export function asButton({ action, label, value, style, confirm }: ButtonSpec): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: style ? STYLES[style] : ButtonStyle.Secondary,
    label: cut(plain(label) || NOTHING, LIMITS.buttonText),
    custom_id: formatCustomId(confirm ? `${ASK_FIRST}${action}` : action, value),
  };
}

function asSection({ pieces, action, choices }: LineWithMenu): APIComponentInContainer {
  const [first] = choices;
  return {
    type: ComponentType.Section,
    components: [{ type: ComponentType.TextDisplay, content: cutMarkdown(asLine(pieces), TEXT_CHARACTERS) }],
    accessory: asButton({ action, label: '…', value: first ? first.value.replace(/^[a-z]+/, MENU) : MENU }),
  };
}

function asTasks({ action, meetingId, items }: Tasks): APIComponentInContainer[] {
  const shown = items.slice(0, LIMITS.options);
  const lines = shown.map(({ text: said, isTicked }) => `${isTicked ? TICKED : UNTICKED} ${escapeMarkdown(said)}`);
  const select: APIStringSelectComponent = {
    type: ComponentType.StringSelect,
    custom_id: formatCustomId(action, meetingId),
    placeholder: 'Tick what is done',
    min_values: 0,
    max_values: shown.length,
    options: shown.map(({ value, text: said, isTicked }) => ({
      value,
      label: cut(plain(said) || NOTHING, LIMITS.optionText),
      ...(isTicked && { default: true }),
    })),
  };
  return [text(lines.join('\n')), { type: ComponentType.ActionRow, components: [select] }];
}

/** Neighbouring texts become one. */
function merged<Component extends { type: ComponentType }>(components: readonly Component[]): Component[] {
  const all: Component[] = [];
  for (const component of components) {
    const last = all.at(-1);
    if (last && isText(last) && isText(component)) {
      all.splice(-1, 1, { ...last, content: `${last.content}\n${component.content}` });
    } else all.push(component);
  }
  return all;
}

function isText<Component>(component: Component): component is Component & { content: string } {
  return typeof component === 'object' && component !== null && 'content' in component;
}

function isWithin(components: readonly APIMessageTopLevelComponent[], most: number): boolean {
  const shown = merged(components);
  return countComponents(shown) <= most && countText(shown) <= TEXT_CHARACTERS;
}

/** As many as Discord takes, texts cut where they are too long. */
function fitting<Component extends APIMessageTopLevelComponent>(
  all: readonly Component[],
  most: number = LIMITS.components,
): Component[] {
  const kept: Component[] = [];
  for (const component of merged(all)) {
    const left = LIMITS.messageText - countText(kept);
    const shown = isText(component)
      ? { ...component, content: cutMarkdown(component.content, Math.max(1, left)) }
      : component;
    const isFitting = countComponents([...kept, shown]) <= most && countText([...kept, shown]) <= LIMITS.messageText;
    if (isFitting) kept.push(shown);
  }
  return kept;
}

export function countComponents(components: unknown): number {
  let count = 0;
  JSON.stringify(components, (key, value: unknown) => {
    // options of a select have no type, an accessory has
    if (typeof value === 'object' && value !== null && 'type' in value && key !== '') count++;
    return value;
  });
  return count;
}

function countText(components: unknown): number {
  let length = 0;
  JSON.stringify(components, (key, value: unknown) => {
    if (key === 'content' && typeof value === 'string') length += value.length;
    return value;
  });
  return length;
}
