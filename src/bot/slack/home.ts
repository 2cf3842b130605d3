/** The Home tab: what Hansard is, the settings of each channel, and what it wrote for the one who looks. */
import type { HomeView } from '@slack/types';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { latestOfChannel } from '../find-meetings.ts';
import { type Block, context, header, list, type Piece, paragraph } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { asBlocks } from './blocks.ts';
import type { Slack } from './call-slack.ts';

const MOST_CHANNELS = 200;
const LISTED = 10;

const channelsSchema = z.array(z.looseObject({ id: z.string(), name: z.string().nullish() }));

/** Meetings are those of channels in which the person is as well. */
export async function publishHome(
  user: string,
  { slack, store, logger }: { slack: Slack; store: Store; logger: Logger },
): Promise<void> {
  const channels = await channelsOf(user, slack).catch(error => {
    // the minimal manifest may not ask: the list is left out
    if (!(error instanceof HansardError)) throw error;
    logger.debug({ code: error.code }, 'channels of a person are not known');
    return [];
  });
  const names = new Map(channels.map(({ id, name }) => [id, name ?? 'a channel']));
  const meetings = channels
    .flatMap(({ id }) => latestOfChannel(store, { platform: SLACK_PLATFORM, channel: id }, LISTED))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, LISTED);
  await slack.call('views.publish', client =>
    client.views.publish({ user_id: user, view: buildHome(meetings, names) }),
  );
}

async function channelsOf(user: string, slack: Slack) {
  const answer = await slack.call('users.conversations', client =>
    client.users.conversations({
      ...{ user, types: 'public_channel,private_channel', exclude_archived: true, limit: MOST_CHANNELS },
    }),
  );
  return channelsSchema.parse(answer.channels ?? []);
}

/** @param names of the channels, by id */
export function buildHome(meetings: readonly Meeting[], names: ReadonlyMap<string, string>): HomeView {
  const lines = meetings.map(({ title, state, channel }): Piece[] => [
    { text: title, style: 'bold' },
    { text: ` in #${names.get(channel) ?? channel}, ${state}` },
  ]);
  const latest: Block[] =
    lines.length === 0
      ? []
      : [paragraph({ text: 'The latest recordings of your channels', style: 'bold' }), list(lines)];
  return {
    type: 'home',
    blocks: asBlocks([
      header('Hansard'),
      paragraph({
        text: 'I write the minutes of recordings: who said what, decisions, action items. Nothing leaves your own machines.',
      }),
      list([
        [{ text: 'Post a recording in a channel and mention me, or use “Summarise recording” on its message.' }],
        [{ text: 'Mention me in the thread of a meeting with a question.' }],
        [{ text: '/transcribe help', style: 'code' }, { text: ' says what else I can do.' }],
      ]),
      paragraph({ text: 'Settings of a channel', style: 'bold' }),
      {
        type: 'actions',
        block_id: 'channel',
        elements: [
          {
            type: 'conversations_select',
            action_id: ACTIONS.chooseChannel,
            filter: { include: ['public', 'private'], exclude_bot_users: true },
            placeholder: { type: 'plain_text', text: 'Choose a channel' },
          },
        ],
      },
      ...latest,
      context('What I write is made automatically and may contain mistakes: check what matters.'),
    ]),
  };
}
