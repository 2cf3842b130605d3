/** Creates a folder and those above it. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * As `fs.mkdirSync` with `recursive`, which never comes back where a folder that exists refuses new ones with ENOENT, as
 * /proc does (seen with Node 24.21).
 * @throws the error of the file system: EACCES, ENOTDIR, EEXIST when a file has that name, ENOENT
 */
export function makeFolder(folder: string, mode?: number): void {
  try {
    makeOne(folder, mode);
  } catch (error) {
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    makeFolder(parent, mode);
    makeOne(folder, mode);
  }
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    fs.mkdirSync(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' || !fs.statSync(folder).isDirectory()) throw error;
  }
}
