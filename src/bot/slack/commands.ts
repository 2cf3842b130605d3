/** `/transcribe` and its words. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { AUTO_SETTING } from '../../pipeline/known-settings.ts';
import { FINAL_MEETING_STATES } from '../../pipeline/moves.ts';
import { describeMeeting } from '../../pipeline/orchestration/describe-meeting.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import { formatClock, formatLength } from '../../pipeline/render/format-time.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { context, list, message, type Piece, paragraph, type SlackMessage } from './blocks.ts';

export interface CommandContext {
  store: Store;
  queue: JobQueue;
  channel: string;
  user: string;
  /** Whether posted recordings are taken where no setting says. */
  autoByDefault: boolean;
}

const LISTED = 5;

const HELP: Piece[][] = [
  [{ text: 'Post a recording and mention me, or use the shortcut “Summarise recording” on any message with one.' }],
  [{ text: '/transcribe', style: 'code' }, { text: ' the latest recordings of this channel' }],
  [{ text: '/transcribe status', style: 'code' }, { text: ' what I am working on in this channel' }],
  [{ text: '/transcribe search words', style: 'code' }, { text: ' who said that in this channel' }],
  [{ text: '/transcribe settings auto on', style: 'code' }, { text: ' take every recording posted here (or off)' }],
  [{ text: '/transcribe help', style: 'code' }, { text: ' this' }],
];

/** The answer, for the one who asked alone. What people see is only of their channel. */
export async function answerCommand(text: string, command: CommandContext): Promise<SlackMessage> {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  switch (word.toLowerCase()) {
    case 'status':
      return await status(command);
    case 'search':
      return search(rest.join(' '), command);
    case 'settings':
      return settings(rest, command);
    case 'help':
      return help('Hansard writes the minutes of recordings.');
    default:
      return help(`I do not know “${word}”.`);
  }
}

function help(first: string): SlackMessage {
  return message(first, [paragraph({ text: first }), list(HELP)]);
}

async function status({ store, queue, channel }: CommandContext): Promise<SlackMessage> {
  const meetings = store.meetings.list({ channel: { platform: SLACK_PLATFORM, channel }, limit: LISTED });
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
  const isOver = FINAL_MEETING_STATES.some(final => final === state);
  const live = stages
    .filter(stage => stage.state === 'running')
    .map(({ name, progress }) => `${name} ${Math.round(progress * 100)} %`);
  const left = etaSeconds === null || isOver ? [] : [`about ${formatLength(Math.max(1_000, etaSeconds * 1000))} left`];
  return [{ text: meeting.title, style: 'bold' }, { text: ` ${[state, ...live, ...left].join(', ')}` }];
}

function search(words: string, { store, channel }: CommandContext): SlackMessage {
  try {
    const hits = store.search.find({ words, channel: { platform: SLACK_PLATFORM, channel }, limit: LISTED });
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

function settings([name, value]: string[], { store, channel, user, autoByDefault }: CommandContext): SlackMessage {
  const scope = `${SLACK_PLATFORM}:${channel}`;
  if (name === 'auto' && (value === 'on' || value === 'off'))
    store.settings.set(scope, AUTO_SETTING, value === 'on', `${SLACK_PLATFORM}:${user}`);
  const isOn = store.settings.find(scope, AUTO_SETTING, z.boolean()) ?? autoByDefault;
  const sentence = isOn
    ? 'I take every recording that is posted here.'
    : 'I take recordings here when somebody asks me to.';
  return message(sentence, [paragraph({ text: sentence }), context('Change it: /transcribe settings auto on | off')]);
}
