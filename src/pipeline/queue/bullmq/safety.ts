/**
 * Whether Redis keeps what it is given. Measured with 500 jobs and kill -9: stock RDB settings or no persistence lost all
 * of them, an append-only file none.
 */
import type { Redis } from 'ioredis';

/** What is wrong with the settings, one sentence each. INFO, because an account may be denied CONFIG. */
export async function findUnsafeSettings(client: Redis): Promise<string[]> {
  const [info, syncs] = await Promise.all([readInfo(client), syncsToDisk(client)]);
  const problems: string[] = [];
  if (info.get('aof_enabled') !== '1')
    problems.push('Redis keeps no append-only file, so a crash loses jobs: set appendonly yes.');
  if (!syncs) problems.push('Redis does not sync its append-only file (appendfsync no): set appendfsync everysec.');
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction')
    problems.push(
      `Redis drops jobs when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction.`,
    );
  return problems;
}

/** What ails it right now, one sentence each. */
export async function findAilments(client: Redis): Promise<string[]> {
  const info = await readInfo(client);
  const problems: string[] = [];
  if (info.get('aof_last_write_status') === 'err')
    problems.push('Redis cannot write its append-only file and takes no jobs: free space on its disk.');
  const [used, most] = [Number(info.get('used_memory')), Number(info.get('maxmemory'))];
  if (most > 0 && used > most * 0.9)
    problems.push(`Redis uses ${Math.round((100 * used) / most)} % of its maxmemory: raise it, or purge jobs.`);
  return problems;
}

async function readInfo(client: Redis): Promise<Map<string, string>> {
  const lines = (await client.info()).split('\r\n').filter(line => line.includes(':'));
  return new Map(lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

async function syncsToDisk(client: Redis): Promise<boolean> {
  try {
    const reply = await client.config('GET', 'appendfsync');
    return !JSON.stringify(reply).includes('"no"');
  } catch {
    return true; // CONFIG is denied, as hosted services do
  }
}
