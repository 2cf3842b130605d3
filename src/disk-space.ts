/** How much room a disk has. */
import fs from 'node:fs/promises';
import path from 'node:path';

/** @param folder need not be there */
export async function diskSpace(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await fs.statfs(await nearestFolder(folder));
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** The folder itself, or the one in which it would be made. */
export async function nearestFolder(folder: string): Promise<string> {
  for (let candidate = folder; ; candidate = path.dirname(candidate)) {
    const isThere = await fs.stat(candidate).then(
      stats => stats.isDirectory(),
      () => false,
    );
    if (isThere || candidate === path.dirname(candidate)) return candidate;
  }
}
