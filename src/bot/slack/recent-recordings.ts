/** What a bare `/transcribe` offers: the latest recordings of the channel, with a button each. */
import { z } from 'zod';
import { formatLength } from '../../pipeline/render/format-time.ts';
import { buttons, type ChatMessage, context, message, paragraph } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import type { Slack } from './call-slack.ts';

const OFFERED = 5;
const LOOKED_AT = 50;

const listed = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string().nullish(),
    title: z.string().nullish(),
    mimetype: z.string().nullish(),
    user: z.string().nullish(),
    duration_ms: z.number().nullish(),
  }),
);

/** @throws HansardError what `Slack.call` throws */
export async function offerRecordings(slack: Slack, channel: string): Promise<ChatMessage> {
  const answer = await slack.call('files.list', client => client.files.list({ channel, count: LOOKED_AT }));
  const recordings = listed
    .parse(answer.files ?? [])
    .filter(({ mimetype }) => /^(audio|video)\//.test(mimetype ?? ''))
    .slice(0, OFFERED);
  if (recordings.length === 0) {
    const none = 'I see no recordings in this channel. Post one and mention me.';
    return message(none, [paragraph({ text: none })]);
  }
  const blocks = recordings.flatMap(({ id, name, title, duration_ms: durationMs }) => [
    paragraph(
      { text: title ?? name ?? 'recording', style: 'bold' },
      ...(durationMs ? [{ text: `, ${formatLength(durationMs)}` }] : []),
    ),
    buttons({ action: ACTIONS.take, label: 'Write the minutes', value: id }),
  ]);
  return message('Recordings in this channel', [
    paragraph({ text: 'Recordings in this channel' }),
    ...blocks,
    context('/transcribe help says what else I can do.'),
  ]);
}
