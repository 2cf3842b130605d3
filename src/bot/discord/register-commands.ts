/** Registers the commands, when they are not there yet as we want them: Discord counts what is created. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Routes } from 'discord.js';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { writeAtomically } from '../../write-atomically.ts';
import type { Discord } from './call-discord.ts';
import { COMMANDS } from './command-definitions.ts';

/** What was registered last, and where. */
const keptSchema = z.object({ route: z.templateLiteral(['/', z.string()]), hash: z.string() });

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
  const hash = createHash('sha256').update(JSON.stringify(COMMANDS)).digest('hex');
  const before = readKept(file);
  if (before?.route === route && before.hash === hash) return false;
  await discord.call('register the commands', rest => rest.put(route, { body: COMMANDS }));
  // otherwise people would see each twice, for all servers and for the one
  if (before && before.route !== route) await takeBack(discord, before.route);
  await writeAtomically(file, JSON.stringify({ route, hash }));
  return true;
}

function readKept(file: string): z.infer<typeof keptSchema> | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    return keptSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch {
    return undefined; // registering again costs little
  }
}

async function takeBack(discord: Discord, route: z.infer<typeof keptSchema>['route']): Promise<void> {
  await discord
    .call('take back the commands', rest => rest.put(route, { body: [] }))
    .catch(error => {
      // we may have left that server, or be another application
      if (!(error instanceof HansardError) || error.retryable) throw error;
    });
}
