/** What killed runs leave behind: temporary files and folders that carry the id of the process that made them. */
import fs from 'node:fs/promises';
import path from 'node:path';

/** Removes what is in `folder` under a name whose first group in `pattern` is the id of a process that is gone. */
export async function removeLeftovers(folder: string, pattern: RegExp): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    const pid = Number(pattern.exec(name)?.[1]);
    const leftover = path.join(folder, name);
    if (pid && (await isAbandoned(leftover, pid))) await fs.rm(leftover, { recursive: true, force: true });
  }
}

/** In a container every run may have the same id: what is older than this process was made by another. */
async function isAbandoned(leftover: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return !isAlive(pid);
  const stats = await fs.stat(leftover).catch(() => undefined);
  return stats !== undefined && stats.mtimeMs < performance.timeOrigin;
}

/** True while a process with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
