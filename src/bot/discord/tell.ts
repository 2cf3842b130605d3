/** Says one short sentence to one person, in a direct message: outside of an answer Discord has no way of speaking to one alone. */
import { Routes } from 'discord.js';
import { z } from 'zod';
import { sentence } from '../message.ts';
import type { Discord } from './call-discord.ts';
import { asDiscord } from './components.ts';

export interface Teller {
  write(user: string, text: string): Promise<void>;
  whisper(to: { user: string }, text: string): Promise<void>;
}

const opened = z.looseObject({ id: z.string() });

export function createTeller(discord: Discord): Teller {
  const write: Teller['write'] = async (user, text) => {
    const channel = await discord.call('open a direct message', rest =>
      rest.post(Routes.userChannels(), { body: { recipient_id: user } }),
    );
    await discord.call('write to somebody', rest =>
      rest.post(Routes.channelMessages(opened.parse(channel).id), { body: asDiscord(sentence(text)) }),
    );
  };
  return { write, whisper: ({ user }, text) => write(user, text) };
}
