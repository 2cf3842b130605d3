/** What we say, before it takes the form of a platform: a few kinds of blocks. Texts are outside text, made safe by whoever renders them. */
import { plain } from './text.ts';

export interface ChatMessage {
  /** In one line, for notifications and screen readers. */
  text: string;
  blocks: Block[];
}

export type Block =
  | { kind: 'header'; text: string }
  | { kind: 'context'; texts: readonly string[] }
  | { kind: 'paragraph'; pieces: readonly Piece[] }
  | { kind: 'list'; items: readonly (readonly Piece[])[] }
  | { kind: 'buttons'; buttons: readonly ButtonSpec[] }
  | { kind: 'container'; title: string; children: readonly Block[]; isFolded: boolean }
  | LineWithMenu
  | Tasks;

/** A piece of a line. */
export interface Piece {
  text: string;
  style?: 'bold' | 'italic' | 'code';
}

export interface ButtonSpec {
  action: string;
  label: string;
  /** Opaque: an id. */
  value: string;
  style?: 'primary' | 'danger';
  /** Asked before it counts. */
  confirm?: Confirmation;
}

export interface Confirmation {
  title: string;
  text: string;
  yes: string;
  no: string;
}

/** A line, and a menu of what can be done with it. */
export interface LineWithMenu {
  kind: 'line-with-menu';
  pieces: readonly Piece[];
  action: string;
  choices: readonly { value: string; label: string }[];
}

/** Things to tick off. */
export interface Tasks {
  kind: 'tasks';
  action: string;
  /** Which meeting they are of. */
  meetingId: string;
  items: readonly Task[];
}

export interface Task {
  value: string;
  text: string;
  isTicked: boolean;
}

/** How much a platform takes. */
export interface Room {
  tasks: number;
  taskCharacters: number;
  /** Of one list. */
  listCharacters: number;
  /** Recordings on one card. */
  cardLines: number;
  fitsContainer(children: readonly Block[]): boolean;
  fitsMessage(blocks: readonly Block[]): boolean;
}

export function message(text: string, blocks: Block[]): ChatMessage {
  return { text, blocks };
}

/** One sentence. */
export function sentence(text: string): ChatMessage {
  return message(text, [paragraph({ text })]);
}

export function header(text: string): Block {
  return { kind: 'header', text };
}

/** Small and grey. */
export function context(...texts: string[]): Block {
  return { kind: 'context', texts };
}

export function paragraph(...pieces: Piece[]): Block {
  return { kind: 'paragraph', pieces };
}

export function list(items: readonly (readonly Piece[])[]): Block {
  return { kind: 'list', items };
}

export function buttons(...specs: ButtonSpec[]): Block {
  return { kind: 'buttons', buttons: specs };
}

/** Blocks under a title, which fold away where the platform can do that. */
export function container(title: string, children: readonly Block[], isFolded: boolean): Block {
  return { kind: 'container', title, children, isFolded };
}

/** What people read of it at once, in UTF-16 units. */
export function visibleLength(blocks: readonly Block[]): number {
  return sumOf(blocks.map(block => sumOf(textsOf(block).map(text => plain(text).length))));
}

function textsOf(block: Block): string[] {
  switch (block.kind) {
    case 'header':
      return [block.text];
    case 'context':
      return [...block.texts];
    case 'paragraph':
      return block.pieces.map(({ text }) => text);
    case 'list':
      return block.items.flat().map(({ text }) => text);
    case 'buttons':
      return block.buttons.map(({ label }) => label);
    case 'container':
      return [block.title, ...block.children.flatMap(textsOf)];
    case 'line-with-menu':
      return [...block.pieces.map(({ text }) => text), ...block.choices.map(({ label }) => label)];
    case 'tasks':
      return block.items.map(({ text }) => text);
  }
}

function sumOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}
