/** The few steps beside BullMQ's own that must be atomic, in Lua. */
import type { Redis } from 'ioredis';
import { LAST_ROUND } from './stored-job.ts';

/** Users are forgotten when a queue was idle for so long. */
const FORGET_TURNS_MS = 24 * 60 * 60 * 1000;

const NEXT_ROUND = `
local served = tonumber(redis.call('HGET', KEYS[1], 'served ' .. ARGV[1]) or '0')
local last = tonumber(redis.call('HGET', KEYS[1], 'user ' .. ARGV[1] .. ' ' .. ARGV[2]) or '-1')
local round = math.max(served, last + 1)
if round > tonumber(ARGV[3]) then
  -- the numbers are used up: start again when nobody waits, take turns by age until then
  if redis.call('ZCARD', KEYS[2]) == 0 then
    redis.call('DEL', KEYS[1])
    round = 0
  else
    round = tonumber(ARGV[3])
  end
end
redis.call('HSET', KEYS[1], 'user ' .. ARGV[1] .. ' ' .. ARGV[2], round)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return round`;

export interface TurnKeys {
  /** A hash of ours: the last round of each user, and the last that was served, per priority. */
  turns: string;
  /** BullMQ's set of jobs that wait. */
  waiting: string;
}

/**
 * Users take turns: a job gets the round after its user's last one, but none that has been served already
 * (the start tags of start-time fair queueing, Goyal, Vin and Cheng 1996, with jobs of equal length).
 */
export async function takeRound(client: Redis, keys: TurnKeys, priority: number, user: string): Promise<number> {
  const { turns, waiting } = keys;
  return Number(await client.eval(NEXT_ROUND, 2, turns, waiting, priority, user, LAST_ROUND, FORGET_TURNS_MS));
}

const BEGIN = `
local served = tonumber(redis.call('HGET', KEYS[1], 'served ' .. ARGV[1]) or '-1')
if tonumber(ARGV[2]) > served then redis.call('HSET', KEYS[1], 'served ' .. ARGV[1], ARGV[2]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('HGET', KEYS[2], 'cancel')`;

/** Notes that a round is served. @returns why the job is not to run, if somebody cancelled it */
export async function beginRun(
  client: Redis,
  { turns, job }: { turns: string; job: string },
  { priority, round }: { priority: number; round: number },
): Promise<string | null> {
  return (await client.eval(BEGIN, 2, turns, job, priority, round, FORGET_TURNS_MS)) as string | null;
}

const MARK = `
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'finishedOn') == 1 then return 0 end
redis.call('HSET', KEYS[1], 'cancel', ARGV[1])
return 1`;

/** Marks a job as cancelled; the mark lies in the job itself and goes with it. False: it is over, or gone. */
export async function markCancelled(client: Redis, job: string, reason: string): Promise<boolean> {
  return (await client.eval(MARK, 1, job, reason)) === 1;
}
