/** A real Redis on 127.0.0.1, as a child of the test that may kill it: not a fake, but the place for what tests start. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { freePort } from '../builders/free-port.ts';
import { until } from '../builders/until.ts';

/** False, or why tests that need it cannot run. */
export const noRedis: string | false = (() => {
  try {
    execFileSync('redis-server', ['--version']);
    return false;
  } catch {
    return 'redis-server is not installed: apt-get install -y --no-install-recommends redis-server';
  }
})();

export interface RedisServer {
  url: string;
  port: number;
  /** SIGKILL, as a power cut. */
  kill(): Promise<void>;
  /** Again on the same port and files. */
  start(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** One command, on a connection of its own. */
  command(...words: [string, ...string[]]): Promise<unknown>;
}

const SAFE = { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction' };
const PASSWORD = 'test-password';

/** Starts with the settings that Hansard asks for, unless `settings` says otherwise; it ends with the test. */
export async function startRedis(
  t: TestContext,
  folder: string,
  settings: Record<string, string> = {},
): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://:${PASSWORD}@127.0.0.1:${port}`;
  const fixed = { port: `${port}`, bind: '127.0.0.1', dir: folder, save: '', requirepass: PASSWORD };
  const words = Object.entries({ ...fixed, ...SAFE, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
  let child: ChildProcess | undefined;
  const command: RedisServer['command'] = async (name, ...rest) => {
    const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null, lazyConnect: true });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.call(name, ...rest);
    } finally {
      client.disconnect();
    }
  };
  const start = async () => {
    child = spawn('redis-server', words, { stdio: 'ignore' });
    await until('Redis is up', () => command('PING').catch(() => false));
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise(resolve => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };
  t.after(kill);
  await start();
  return { url, port, kill, start, signal: name => child?.kill(name), command };
}
