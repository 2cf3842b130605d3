/** Registers the commands, when they are not there yet as we want them: Discord counts what is created. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Routes } from 'discord.js';
import { writeAtomically } from '../../write-atomically.ts';
import type { Discord } from './call-discord.ts';
import { COMMANDS } from './command-definitions.ts';

/**
 * @param file keeps what was registered last
 * @returns whether anything was sent
 */
export async function registerCommands(
  discord: Discord,
  { applicationId, guildId, file }: { applicationId: string; guildId: string | undefined; file: string },
): Promise<boolean> {
  const route = guildId
    ? Routes.applicationGuildCommands(applicationId, guildId)
    : Routes.applicationCommands(applicationId);
  const mark = createHash('sha256')
    .update(JSON.stringify([route, COMMANDS]))
    .digest('hex');
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === mark) return false;
  await discord.call('register the commands', rest => rest.put(route, { body: COMMANDS }));
  await writeAtomically(file, mark);
  return true;
}
