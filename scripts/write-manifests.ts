/** Writes manifests/discord-commands.json from the commands in the code: `node scripts/write-manifests.ts`. A test fails when it is stale. */
import fs from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../src/bot/discord/command-definitions.ts';

const folder = path.join(import.meta.dirname, '..', 'manifests');

/** File name → content. */
export function buildManifests(): Map<string, string> {
  return new Map([['discord-commands.json', `${JSON.stringify(COMMANDS, null, 2)}\n`]]);
}

if (import.meta.main) {
  for (const [name, content] of buildManifests()) fs.writeFileSync(path.join(folder, name), content);
}
