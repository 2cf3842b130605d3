/** A real Redis on 127.0.0.1, as a child of the test that may kill it: not a fake, but the place for what tests start. */
import { execFileSync, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { freePort } from '../builders/free-port.ts';
import { type ChildServer, createChildServer } from './child-server.ts';

/** False, or why tests that need it cannot run. */
export const noRedis: string | false = (() => {
  try {
    execFileSync('redis-server', ['--version']);
    return false;
  } catch {
    return 'redis-server is not installed: apt-get install -y --no-install-recommends redis-server';
  }
})();

export interface RedisServer extends ChildServer {
  url: string;
  port: number;
  /** One command, on a connection of its own. */
  command(...words: [string, ...string[]]): Promise<unknown>;
}

const SAFE = { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction' };
const PASSWORD = 'test-password';

/** Starts with the settings that Hansard asks for, unless `settings` says otherwise; it ends with the test. */
export async function startRedis(
  t: Pick<TestContext, 'after'>,
  folder: string,
  settings: Record<string, string> = {},
): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://:${PASSWORD}@127.0.0.1:${port}`;
  const fixed = { port: `${port}`, bind: '127.0.0.1', dir: folder, save: '', requirepass: PASSWORD };
  const words = Object.entries({ ...fixed, ...SAFE, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
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
  const launch = () => spawn('redis-server', words, { stdio: 'ignore' });
  const server = createChildServer(t, launch, () => command('PING').catch(() => false));
  await server.start();
  return { ...server, url, port, command };
}
