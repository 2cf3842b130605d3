/** What came of recordings in Discord: each should have one summary, one thread, its notes once and each file once. */
import { DISCORD, type FakeDiscord, type FakeMessage } from '../fakes/discord/start-fake-discord.ts';

/** Of minutes without dates. */
const FILES = 8;

export interface PostedCounts {
  /** Without a summary, notes, or some of the files. */
  lost: number;
  /** Messages and files that are there once too often. */
  duplicated: number;
  /** Messages that belong to none of them. */
  strays: number;
}

export function countPosted(
  discord: Pick<FakeDiscord, 'messages' | 'channels'>,
  posted: readonly FakeMessage[],
): PostedCounts {
  const own = discord.messages.filter(({ authorId }) => authorId === DISCORD.botUserId);
  const accounted = new Set<FakeMessage>();
  let [lost, duplicated] = [0, 0];
  for (const { id } of posted) {
    const answers = own.filter(({ messageReference }) => messageReference?.messageId === id);
    const [summary] = answers;
    const isSummary = /Made automatically by Hansard/.test(JSON.stringify(summary?.components));
    // in a thread, or where there is none as replies
    const below = own.filter(
      ({ channelId, messageReference }) =>
        summary && (channelId === summary.id || messageReference?.messageId === summary.id),
    );
    const notes = below.filter(({ attachments }) => attachments.length === 0).length;
    const files = below.flatMap(({ attachments }) => attachments.map(({ name }) => name));
    for (const message of [...answers, ...below]) accounted.add(message);
    if (!isSummary || notes === 0 || new Set(files).size < FILES) lost += 1;
    duplicated += Math.max(0, answers.length - 1) + Math.max(0, notes - 1) + (files.length - new Set(files).size);
  }
  return { lost, duplicated, strays: own.length - accounted.size };
}
