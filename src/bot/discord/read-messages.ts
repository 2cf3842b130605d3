/** The messages of a channel after one of them, oldest first. */
import { Routes } from 'discord.js';
import { z } from 'zod';
import type { Discord } from './call-discord.ts';

const PAGE = 100;
/** More is not looked through. */
const MOST_PAGES = 20;

const listed = z.array(z.looseObject({ id: z.string() }));
export type ListedMessage = z.infer<typeof listed>[number];

/** Page by page. @param afterId of a message, or made of a time. @throws HansardError what a call throws */
export async function* readMessages(
  discord: Discord,
  what: string,
  channel: string,
  afterId: string,
): AsyncGenerator<ListedMessage[]> {
  for (let [after, pages] = [afterId, 0]; pages < MOST_PAGES; pages++) {
    const query = new URLSearchParams({ after, limit: String(PAGE) });
    const answer = await discord.call(what, rest => rest.get(Routes.channelMessages(channel), { query }));
    // Discord gives those right after it, the newest of them first
    const page = listed.parse(answer).toReversed();
    yield page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    after = last.id;
  }
}
