/** Runs a small child process to its end, under a deadline and with bounded output. Never throws for a bad exit. */
import { spawn } from 'node:child_process';

export interface ToolRun {
  command: string;
  args: string[];
  timeoutMs: number;
  /** Standard output beyond this stops the child; standard error is cut there in silence. */
  maxOutputBytes: number;
  /** An open file that becomes the child's standard input. */
  stdin?: number;
  cwd?: string;
  signal?: AbortSignal;
}

export interface ToolResult {
  /** Null when the child was killed or could not be started. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Why we stopped it; `missing` when there is no such program, `refused` when it did not start; null when it ended by itself. */
  stopped: 'timeout' | 'aborted' | 'too_much_output' | 'missing' | 'refused' | null;
}

export function runTool(run: ToolRun): Promise<ToolResult> {
  return new Promise(resolve => {
    let stopped: ToolResult['stopped'] = null;
    const child = spawn(run.command, run.args, { cwd: run.cwd, stdio: [run.stdin ?? 'ignore', 'pipe', 'pipe'] });
    const stop = (reason: ToolResult['stopped']) => {
      stopped ??= reason;
      child.kill('SIGKILL'); // such a child writes no file, so there is nothing for it to tidy up
      // where the tool is a script, what that started keeps the pipes open
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const onAbort = () => stop('aborted');
    const timer = setTimeout(() => stop('timeout'), run.timeoutMs);
    const stdout = collect(run.maxOutputBytes, () => stop('too_much_output'));
    const stderr = collect(run.maxOutputBytes, () => {});
    child.stdout?.on('data', stdout.add);
    child.stderr?.on('data', stderr.add);
    child.on('error', (error: NodeJS.ErrnoException) => {
      stopped ??= error.code === 'ENOENT' ? 'missing' : 'refused';
    });
    child.on('close', exitCode => {
      clearTimeout(timer);
      run.signal?.removeEventListener('abort', onAbort);
      resolve({ exitCode: stopped ? null : exitCode, stdout: stdout.text(), stderr: stderr.text(), stopped });
    });
    run.signal?.addEventListener('abort', onAbort);
    if (run.signal?.aborted) onAbort();
  });
}

function collect(maxBytes: number, onFull: () => void): { add(chunk: Buffer): void; text(): string } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add: chunk => {
      chunks.push(chunk.subarray(0, Math.max(0, maxBytes - bytes)));
      bytes += chunk.length;
      if (bytes > maxBytes) onFull();
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
