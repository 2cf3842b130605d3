import type { ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import { until } from '../builders/until.ts';

/** A server that a test starts, kills and freezes. */
export interface ChildServer {
  /** Again on the same port and files. */
  start(): Promise<void>;
  /** SIGKILL, as a power cut. */
  kill(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
}

/** Not started yet; it ends with the test. */
export function createChildServer(
  t: Pick<TestContext, 'after'>,
  launch: () => ChildProcess,
  isUp: () => Promise<unknown>,
): ChildServer {
  let child: ChildProcess | undefined;
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise(resolve => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };
  t.after(kill);
  return {
    async start() {
      child = launch();
      await until('the server is up', async () => Boolean(await isUp()));
    },
    kill,
    signal: name => void child?.kill(name),
  };
}
