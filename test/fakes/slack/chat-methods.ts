/** Messages: posting, editing, deleting. */
import { Refusal, refusalOf } from './refusal.ts';
import { validateMessage } from './validate-blocks.ts';
import type { Arguments, Methods } from './web-api.ts';
import { BOT, type FakeChannel, type FakeMessage, type Workspace } from './workspace.ts';

/** `text` of an edit (docs.slack.dev, chat.update). */
const MOST_EDITED_TEXT = 4_000;

/** @param onPosted told of every message that was posted */
export function chatMethods(workspace: Workspace, onPosted: (channel: string) => void): Methods {
  const { messages, nextTs } = workspace;

  /** A person in place of a channel is the direct message with them. */
  const whereTo = (channel: unknown): FakeChannel =>
    /^[UW]/.test(String(channel)) ? workspace.openDirect(String(channel)) : workspace.assertMember(channel, 'write');
  const ownMessage = (channel: unknown, ts: unknown, refusal: string): FakeMessage => {
    const message = workspace.messageOf(channel, ts);
    if (message.user !== BOT) throw new Refusal(refusal);
    return message;
  };

  return {
    'chat.postMessage': ({ channel, thread_ts: threadTs, text, blocks, metadata }) => {
      const { id } = whereTo(channel);
      assertMessage(blocks, text);
      assertMetadata(metadata);
      if (threadTs !== undefined) workspace.assertThread(id, threadTs);
      const message: FakeMessage = {
        ...{ ts: nextTs(), channel: id, user: BOT, text: String(text ?? ''), files: [], edits: 0 },
        threadTs: threadTs === undefined ? undefined : String(threadTs),
        blocks: (blocks ?? []) as unknown[],
        metadata: metadata as FakeMessage['metadata'],
      };
      messages.push(message);
      onPosted(id);
      return { channel: id, ts: message.ts, message: { type: 'message', user: BOT, text, ts: message.ts, blocks } };
    },
    'chat.update': ({ channel, ts, text, blocks, metadata }) => {
      workspace.assertMember(channel, 'write');
      assertMessage(blocks, text, MOST_EDITED_TEXT);
      assertMetadata(metadata);
      const message = ownMessage(channel, ts, 'cant_update_message');
      message.text = String(text ?? '');
      // what is left out stays as it was
      if (blocks !== undefined) message.blocks = blocks as unknown[];
      if (metadata !== undefined) message.metadata = metadata as FakeMessage['metadata'];
      message.edits++;
      return { channel, ts, text: message.text };
    },
    'chat.delete': ({ channel, ts }) => {
      workspace.channelOf(channel);
      messages.splice(messages.indexOf(ownMessage(channel, ts, 'cant_delete_message')), 1);
      return { channel, ts };
    },
    'chat.postEphemeral': ({ channel, user, text, blocks, thread_ts: threadTs }) => {
      const where = workspace.assertMember(channel, 'write');
      assertMessage(blocks, text);
      if (!workspace.isIn(where, String(user))) throw new Refusal('user_not_in_channel');
      const ts = nextTs();
      workspace.whispers.push({
        ...{ channel: where.id, user: String(user), text: String(text ?? ''), blocks, ts },
        ...(threadTs !== undefined && { threadTs: String(threadTs) }),
      });
      return { message_ts: ts };
    },
    'chat.getPermalink': ({ channel, message_ts: ts }) => {
      workspace.channelOf(channel);
      const { threadTs } = workspace.messageOf(channel, ts);
      const thread = threadTs === undefined ? '' : `?thread_ts=${threadTs}&cid=${channel}`;
      return { channel, permalink: `${permalinkOf(String(channel), String(ts))}${thread}` };
    },
  };
}

export function permalinkOf(channel: string, ts: string): string {
  return `https://fake.slack.com/archives/${channel}/p${ts.replace('.', '')}`;
}

function assertMessage(blocks: Arguments['blocks'], text: unknown, mostText?: number): void {
  const objection = validateMessage(blocks, text, mostText);
  if (objection) throw refusalOf(objection);
}

function assertMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  const { event_type: type, event_payload: payload } = metadata as Record<string, unknown>;
  if (Object.keys(metadata as object).length === 0) return;
  if (typeof type !== 'string' || typeof payload !== 'object') throw new Refusal('invalid_metadata_format');
}
