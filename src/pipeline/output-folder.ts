/** Where a recording's files go: DIR/<name>/, written so that a reader sees the old files or the new ones, never half. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../make-folder.ts';
import { asStorageError, TEMPORARY_NAME, writeAtomically } from '../write-atomically.ts';
import { removeLeftovers } from './leftovers.ts';

/** Temporary folders beside the meetings' own; the group is the id of the process. */
const TEMPORARY_FOLDER = /^\.hansard-(\d+)-/;
/** Minutes are for the team: readable as the umask says, like any other file. */
const MODE = 0o666;

const owner = z.object({ meetingId: z.string() });

/**
 * Makes the folder that gets the results and tries to write there: better now than after an hour of work.
 * @throws HansardError `output_unwritable`, `disk_full`
 */
export async function prepareOutDir(outDir: string): Promise<void> {
  try {
    makeFolder(outDir);
    await fs.rmdir(await fs.mkdtemp(path.join(outDir, `.hansard-${process.pid}-`)));
  } catch (cause) {
    throw asStorageError(cause, outDir, 'output');
  }
}

/** Removes what killed processes have left half-written; no folder, nothing to remove. */
export async function sweepOutDir(outDir: string): Promise<void> {
  if (existsSync(outDir)) await removeLeftovers(outDir, TEMPORARY_FOLDER);
}

/**
 * The folder for a meeting: `name`, or `name-2`, `name-3` … when another meeting (or something that is not ours)
 * already has that name. A meeting that was written before keeps its folder.
 */
export async function chooseFolder(outDir: string, name: string, meetingId: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = path.join(outDir, number === 1 ? name : `${name}-${number}`);
    const found = await ownerOf(folder);
    if (found === 'nobody' || found === meetingId) return folder;
  }
}

/** Removes the folder of a meeting, if there is one. */
export async function removeFolder(outDir: string, name: string, meetingId: string): Promise<void> {
  const folder = await chooseFolder(outDir, name, meetingId);
  try {
    if ((await ownerOf(folder)) === meetingId) await fs.rm(folder, { recursive: true });
  } catch (cause) {
    throw asStorageError(cause, folder, 'output');
  }
}

/** The meeting whose files are there, `nobody` when the folder is free, `stranger` when it holds something else. */
async function ownerOf(folder: string): Promise<string> {
  const entries = await fs
    .readdir(folder)
    .catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : ['?']));
  if (entries.length === 0) return 'nobody';
  const meta = await fs.readFile(path.join(folder, 'meta.json'), 'utf8').catch(() => '{}');
  try {
    return owner.parse(JSON.parse(meta)).meetingId;
  } catch {
    return 'stranger';
  }
}

/**
 * Writes all files. A new folder appears whole, by one rename; in an existing one each file is replaced by a rename and
 * those of `retired` that are no longer made are removed. What else lies in the folder stays.
 * @throws HansardError `output_unwritable`, `disk_full`
 */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  retired: readonly string[],
): Promise<void> {
  const parent = path.dirname(folder);
  try {
    makeFolder(parent);
    await removeLeftovers(parent, TEMPORARY_FOLDER);
    const exists = await fs.stat(folder).then(
      () => true,
      () => false,
    );
    if (exists) await replaceFiles(folder, files, retired);
    else await writeNewFolder(folder, files);
  } catch (cause) {
    throw asStorageError(cause, parent, 'output');
  }
}

async function writeNewFolder(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const temporary = path.join(path.dirname(folder), `.hansard-${process.pid}-${randomUUID()}.tmp`);
  try {
    await fs.mkdir(temporary);
    for (const [name, content] of files) await fs.writeFile(path.join(temporary, name), content, { flush: true });
    await fs.rename(temporary, folder);
  } catch (error) {
    await fs.rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function replaceFiles(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  retired: readonly string[],
): Promise<void> {
  await removeLeftovers(folder, TEMPORARY_NAME);
  for (const [name, content] of files) {
    const file = path.join(folder, name);
    const old = await fs.readFile(file).catch(() => undefined);
    if (!old?.equals(Buffer.from(content))) await writeAtomically(file, content, { mode: MODE });
  }
  for (const name of retired) {
    if (!files.has(name)) await fs.rm(path.join(folder, name), { force: true });
  }
}
