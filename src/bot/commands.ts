/** `/transcribe` and its words. What people see is only of their channel. */
import { HansardError } from '../errors.ts';
import { FINAL_MEETING_STATES } from '../pipeline/moves.ts';
import { describeMeeting } from '../pipeline/orchestration/describe-meeting.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import { formatClock, formatLength } from '../pipeline/render/format-time.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { type ChatChannel, latestOfChannel } from './find-meetings.ts';
import {
  type ButtonSpec,
  buttons,
  type ChatMessage,
  list,
  message,
  type Piece,
  paragraph,
  sentence,
} from './message.ts';
import { forgetButton } from './present/present-minutes.ts';
import { ACTIONS } from './present/present-progress.ts';
import { presentSettings } from './present/present-settings.ts';

export interface CommandContext {
  store: Store;
  queue: JobQueue;
  platform: string;
  channel: string;
  /** Whether posted recordings are taken where no setting says. */
  autoByDefault: boolean;
  /** What can be done there, a line each. */
  help: readonly Piece[][];
}

/** What somebody typed: `words` are looked at here alone, everything else changes something. */
export type Command =
  | { kind: 'offer' }
  | { kind: 'link'; link: string }
  | { kind: 'words'; word: 'status' | 'search' | 'help' | 'unknown'; rest: string; typed: string }
  | { kind: 'settings' }
  | { kind: 'auto'; isOn: boolean }
  /** `name`: how they are called from now on. */
  | { kind: 'voice'; name?: string }
  | { kind: 'meeting'; word: 'cancel' | 'retry' | 'forget' | 'speakers'; title: string };

const LISTED = 5;
/** Of a channel, when one is meant. */
const LOOKED_AT = 50;

export function parseCommand(text: string): Command {
  const typed = text.trim();
  if (typed === '') return { kind: 'offer' };
  const link = /^<?(https?:\/\/[^\s|>]+)(?:\|[^>]*)?>?$/i.exec(typed)?.[1];
  if (link) return { kind: 'link', link };
  const [first = '', ...others] = typed.split(/\s+/);
  const word = first.toLowerCase();
  const rest = others.join(' ');
  switch (word) {
    case 'status':
    case 'search':
    case 'help':
      return { kind: 'words', word, rest, typed: first };
    case 'settings': {
      const [, value] = /^auto (on|off)$/i.exec(rest) ?? [];
      return value ? { kind: 'auto', isOn: value.toLowerCase() === 'on' } : { kind: 'settings' };
    }
    case 'voice': {
      const name = /^name(?:\s+(.*))?$/i.exec(rest);
      return { kind: 'voice', ...(name && { name: name[1] ?? '' }) };
    }
    case 'cancel':
    case 'retry':
    case 'forget':
    case 'speakers':
      return { kind: 'meeting', word, title: rest };
    default:
      return { kind: 'words', word: 'unknown', rest, typed: first };
  }
}

/** The answer to what changes nothing, for the one who asked alone. */
export async function answerCommand(
  command: Extract<Command, { kind: 'words' | 'settings' }>,
  where: CommandContext,
): Promise<ChatMessage> {
  if (command.kind === 'settings') return presentSettings(where.store.settings, where, where.autoByDefault);
  switch (command.word) {
    case 'status':
      return await status(where);
    case 'search':
      return search(command.rest, where);
    case 'help':
      return help('Hansard writes the minutes of recordings.', where.help);
    case 'unknown':
      return help(`I do not know “${command.typed}”.`, where.help);
  }
}

function help(first: string, lines: readonly Piece[][]): ChatMessage {
  return message(first, [paragraph({ text: first }), list(lines)]);
}

async function status({ store, queue, ...where }: CommandContext): Promise<ChatMessage> {
  const meetings = latestOfChannel(store, where, LISTED);
  if (meetings.length === 0)
    return message('No recordings yet.', [paragraph({ text: 'There are no recordings in this channel yet.' })]);
  const lines = await Promise.all(meetings.map(meeting => line(meeting, store, queue)));
  return message('The latest recordings', [
    paragraph({ text: 'The latest recordings here', style: 'bold' }),
    list(lines),
  ]);
}

async function line(meeting: Meeting, store: Store, queue: JobQueue): Promise<Piece[]> {
  const { state, etaSeconds, stages } = await describeMeeting(meeting, store, queue);
  const live = stages
    .filter(stage => stage.state === 'running')
    .map(({ name, progress }) => `${name} ${Math.round(progress * 100)} %`);
  const left =
    etaSeconds === null || isOver(meeting) ? [] : [`about ${formatLength(Math.max(1_000, etaSeconds * 1000))} left`];
  return [{ text: meeting.title, style: 'bold' }, { text: ` ${[state, ...live, ...left].join(', ')}` }];
}

function search(words: string, { store, platform, channel }: CommandContext): ChatMessage {
  try {
    const hits = store.search.find({ words, channel: { platform, channel }, limit: LISTED });
    if (hits.length === 0)
      return message('Nobody said that here.', [paragraph({ text: 'Nobody said that in this channel.' })]);
    const lines = hits.map(({ title, startMs, speaker, snippet }): Piece[] => [
      { text: `${title} `, style: 'bold' },
      { text: `[${formatClock(startMs)}] `, style: 'code' },
      { text: `${speaker}: ${snippet}` },
    ]);
    return message('Said here', [list(lines)]);
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return message('Search for what?', [paragraph({ text: 'Say what to look for: /transcribe search old battery' })]);
  }
}

type Word = Extract<Command, { kind: 'meeting' }>['word'];

const fits: Record<Word, (meeting: Meeting) => boolean> = {
  cancel: meeting => !isOver(meeting) && meeting.state !== 'cancelling',
  retry: ({ state }) => state === 'failed' || state === 'cancelled',
  speakers: ({ state }) => state === 'done',
  forget: isOver,
};

const none: Record<Word, string> = {
  cancel: 'I am not working on a recording here.',
  retry: 'No recording of this channel failed or was cancelled.',
  speakers: 'There are no minutes in this channel yet.',
  forget: 'There is nothing to forget in this channel.',
};

/** The meetings of the channel that the word can mean, newest first. */
export function meantMeetings(store: Store, where: ChatChannel, word: Word, title: string): Meeting[] {
  const wanted = title.toLowerCase();
  return latestOfChannel(store, where, LOOKED_AT)
    .filter(fits[word])
    .filter(meeting => meeting.title.toLowerCase().includes(wanted))
    .slice(0, LISTED);
}

/** Which one is meant: each with a button. */
export function offerMeetings(word: Word, meetings: readonly Meeting[], title: string): ChatMessage {
  if (meetings.length === 0) {
    const text = title ? `${none[word].slice(0, -1)}, none with “${title}” in its name.` : none[word];
    return sentence(text);
  }
  const blocks = meetings.flatMap(meeting => [
    paragraph({ text: meeting.title, style: 'bold' }, { text: ` ${meeting.state}` }),
    buttons(buttonFor(word, meeting.id)),
  ]);
  return message('Which one?', [paragraph({ text: 'Which one?' }), ...blocks]);
}

function buttonFor(word: Word, value: string): ButtonSpec {
  switch (word) {
    case 'cancel':
      return { action: ACTIONS.cancel, label: 'Cancel', value };
    case 'retry':
      return { action: ACTIONS.retry, label: 'Try again', value };
    case 'speakers':
      return { action: ACTIONS.speakers, label: 'Speakers', value };
    case 'forget':
      return forgetButton(value);
  }
}

function isOver({ state }: Meeting): boolean {
  return FINAL_MEETING_STATES.some(final => final === state);
}
