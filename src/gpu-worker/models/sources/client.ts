/** Runs a package manager's own client, so that the user's mirrors, proxies and certificates are respected. */
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';

const MAX_STDERR_CHARACTERS = 20_000;
const KILL_AFTER_MS = 1_000;
const PROGRESS_EVERY_MS = 250;

export interface ClientRun {
  command: string;
  args: readonly string[];
  /** Where the client works and keeps what it downloads. */
  cwd: string;
  signal: AbortSignal;
  /** Bytes in `cwd` so far: the clients tell nothing while they download. */
  onBytes(receivedBytes: number): void;
}

/** Resolves when the client ends well; rejects with its last error lines, or with an AbortError within about a second. */
export async function runClient({ command, args, cwd, signal, onBytes }: ClientRun): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', chunk => {
    stderr = (stderr + chunk).slice(-MAX_STDERR_CHARACTERS);
  });
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.stderr.destroy(); // else a grandchild that holds it open would keep us waiting
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  const progressTimer = setInterval(() => void folderBytes(cwd).then(onBytes), PROGRESS_EVERY_MS);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal.throwIfAborted();
    if (exitCode !== 0) throw new Error(lastErrorLines(stderr) || `${command} ended with ${exitCode ?? 'a signal'}`);
  } finally {
    clearInterval(progressTimer);
    clearTimeout(killTimer);
    signal.removeEventListener('abort', stop);
  }
}

/** npm and pip mark their errors; the rest of their stderr is warnings. */
function lastErrorLines(stderr: string): string {
  const lines = stderr.split('\n').flatMap(line => {
    const match = /^(?:npm (?:error|ERR!)|ERROR:)\s*(.+)$/.exec(line.trim());
    return match?.[1] && !match[1].startsWith('A complete log') ? [match[1]] : [];
  });
  return lines.slice(0, 3).join(' ');
}

async function folderBytes(folder: string): Promise<number> {
  let total = 0;
  try {
    for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) total += (await fs.stat(path.join(entry.parentPath, entry.name))).size;
    }
  } catch {
    // The client renames and removes files while we look; the next look counts again.
  }
  return total;
}
