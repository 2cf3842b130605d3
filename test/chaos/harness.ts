/** A pipeline of real processes that are killed, frozen and cut off, and the count of what came of it. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BlobStore, blobKeys } from '../../src/pipeline/blobs/blob-store.ts';
import { createDiskBlobs } from '../../src/pipeline/blobs/disk-blobs.ts';
import { stageJobs } from '../../src/pipeline/orchestration/plan-stage.ts';
import { jobId } from '../../src/pipeline/queue/prepare-job.ts';
import { openStore, type Store } from '../../src/pipeline/store/open-store.ts';
import { until } from '../builders/until.ts';
import { noRedis, type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { type ChaosEvent, logOf, openQueueAt, type QueueAddress, type RoleOptions } from './role.ts';

export const ADAPTERS = ['sqlite', 'bullmq'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** False, or why the adapter cannot be tested here. */
export const skipFor = (adapter: Adapter): string | false => adapter === 'bullmq' && noRedis;

/** `npm run chaos` sets it: full counts. */
export const isLong = process.env.CHAOS === 'long';
export const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Reproducible randomness (mulberry32, Tommy Ettinger, public domain): 0 ≤ x < 1. */
export function createRandom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As the service files set it: else the heap of the young grows by 100 MB before anything is collected. */
const SMALL_HEAP = '--max-semi-space-size=2';

const roles = {
  bot: [],
  ears: ['gpu'],
  rest: ['media', 'cpu', 'llm'],
} as const satisfies Record<string, RoleOptions['queues']>;
export type Role = keyof typeof roles;
export const ROLES = Object.keys(roles) as Role[];
export const WORKERS = ['ears', 'rest'] as const satisfies Role[];

export interface Chaos {
  folder: string;
  store: Store;
  redis: RedisServer | undefined;
  start(role: Role): Promise<void>;
  startAll(): Promise<void>;
  /** SIGKILL, and again at once. */
  killAndRestart(role: Role): Promise<void>;
  signal(role: Role, name: NodeJS.Signals): void;
  /** Resolves with the exit status. */
  terminate(role: Role): Promise<number | null>;
  rssBytes(role: Role): number;
  openFiles(role: Role): number;
  /** Accepts recordings as `hansard submit` does. @returns milliseconds that each took */
  submit(count: number): Promise<number[]>;
  /** Waits until all are over, and tells the bot to go on with those that failed. */
  retryFailed(): Promise<void>;
  /** Waits until all are over, and asserts that each is done once, whole and under its own name. */
  assertAllDone(limitMs: number): Promise<Outcome>;
  /** Over all jobs that the queue still knows: runs that ended with an error, and those that ended with the worker. */
  failures(): Promise<{ failedAttempts: number; crashes: number }>;
  events(what: ChaosEvent['what']): ChaosEvent[];
}

export interface Outcome {
  accepted: number;
  lost: number;
  duplicated: number;
  /** Starts of stages beyond the first of each: work that was done twice. */
  repeatedStages: number;
  /** Since the waiting began. */
  seconds: number;
}

export interface ChaosOptions {
  stageMs?: number;
  leaseMs?: number;
  /** Puts everything on a disk of that size. */
  diskBytes?: number;
}

/** False, or why no small disk can be made. */
export const noSmallDisk: string | false = (() => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-mount-'));
  try {
    mountSmallDisk(folder, 1 << 20)();
    return false;
  } catch {
    return 'a small disk cannot be mounted here: that needs root';
  } finally {
    fs.rmdirSync(folder);
  }
})();

/** @returns a function that takes it away */
function mountSmallDisk(folder: string, bytes: number): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'pipe' });
  return () => void execFileSync('umount', ['-l', folder]);
}

export async function createChaos(t: TestContext, adapter: Adapter, options: ChaosOptions = {}): Promise<Chaos> {
  const { stageMs = 60, leaseMs = 1_000, diskBytes } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-chaos-'));
  const unmount = diskBytes === undefined ? () => {} : mountSmallDisk(folder, diskBytes);
  fs.mkdirSync(path.join(folder, 'redis'));
  const redis = adapter === 'bullmq' ? await startRedis(t, path.join(folder, 'redis')) : undefined;
  const address: QueueAddress = redis ? { url: redis.url } : { file: path.join(folder, 'queue.db') };
  const store = openStore(path.join(folder, 'hansard.db'));
  const blobs = createDiskBlobs(path.join(folder, 'blobs'));
  const children = new Map<Role, ChildProcess>();
  let submitted = 0;

  const events: Chaos['events'] = what => {
    const log = logOf(folder);
    if (!fs.existsSync(log)) return [];
    const lines = fs.readFileSync(log, 'utf8').split('\n').filter(Boolean);
    return lines.flatMap(parseEvent).filter(event => event.what === what);
  };
  const start: Chaos['start'] = async role => {
    const roleOptions: RoleOptions = { folder, address, queues: [...roles[role]], stageMs, leaseMs };
    const child = spawn(
      process.execPath,
      [SMALL_HEAP, fileURLToPath(new URL('./role.ts', import.meta.url)), JSON.stringify(roleOptions)],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    children.set(role, child);
  };
  const isReady = (role: Role) => events('ready').some(({ pid }) => pid === children.get(role)?.pid);
  const kill = async (role: Role) => {
    const child = children.get(role);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  const pidOf = (role: Role) => children.get(role)?.pid ?? 0;
  t.after(async () => {
    for (const role of children.keys()) await kill(role);
    store.close();
    await redis?.kill();
    unmount();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    store,
    redis,
    start,
    async startAll() {
      for (const role of ROLES) await start(role);
      await until('all are ready', () => ROLES.every(isReady), 20_000);
    },
    async killAndRestart(role) {
      await kill(role);
      await start(role);
    },
    signal: (role, name) => void children.get(role)?.kill(name),
    async terminate(role) {
      const child = children.get(role);
      if (!child) return null;
      const gone = new Promise<number | null>(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      return await gone;
    },
    rssBytes: role => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pidOf(role)}/status`, 'utf8'))?.[1]) * 1024,
    openFiles: role => fs.readdirSync(`/proc/${pidOf(role)}/fd`).length,
    async submit(count) {
      const milliseconds: number[] = [];
      for (let i = 0; i < count; i++) {
        milliseconds.push(await acceptOne({ store, blobs }, submitted + 1));
        submitted++;
      }
      return milliseconds;
    },
    async retryFailed() {
      await until('every meeting is over', () => isAllOver(store), 60_000);
      for (const { id } of store.meetings.list({ states: ['failed'], limit: 1_000 }))
        store.outbox.put({ topic: 'retry', meetingId: id, payload: { who: 'test:1' } });
      await until('the bot has heard', () => store.outbox.count() === 0, 20_000);
    },
    async assertAllDone(limitMs) {
      const startedAt = performance.now();
      await until('every meeting is over', () => isAllOver(store), limitMs).catch(error => {
        const left = store.meetings.unfinished().map(({ id, state }) => ({
          state,
          stages: store.stages
            .of(id)
            .filter(stage => stage.state !== 'done')
            .map(stage => `${stage.name} ${stage.state}`),
        }));
        throw new Error(`${error.message}; left: ${JSON.stringify(left.slice(0, 5))} of ${left.length}`);
      });
      const seconds = (performance.now() - startedAt) / 1000;
      return { ...countOutcome(folder, store, submitted), repeatedStages: countRepeated(events('stage')), seconds };
    },
    async failures() {
      const queue = await openQueueAt(address, leaseMs);
      try {
        const sum = { failedAttempts: 0, crashes: 0 };
        for (const { id } of store.meetings.list({ limit: 10_000 }))
          for (const type of Object.values(stageJobs)) {
            const job = await queue.status(jobId(type, id));
            sum.failedAttempts += job?.failedAttempts ?? 0;
            sum.crashes += job?.crashes ?? 0;
          }
        return sum;
      } finally {
        await queue.close();
      }
    },
    events,
  };
}

/** On a full disk the log has half lines too. */
function parseEvent(line: string): ChaosEvent[] {
  try {
    return [JSON.parse(line) as ChaosEvent];
  } catch {
    return [];
  }
}

function isAllOver(store: Store): boolean {
  const { done, failed, cancelled, ...others } = store.meetings.countByState();
  return Object.values(others).every(count => count === 0);
}

const contentOf = (number: number): string => `number ${number}`;
const nameOf = (number: number): string => `meeting-${number}.wav`;

async function acceptOne({ store, blobs }: { store: Store; blobs: BlobStore }, number: number): Promise<number> {
  const content = contentOf(number);
  const fileHash = createHash('sha256').update(content).digest('hex');
  await blobs.put(blobKeys.source(fileHash), content);
  const options = { language: 'en', model: 'moonshine-base', minSpeakers: 0, maxSpeakers: 8, timeZone: 'UTC' };
  const startedAt = performance.now();
  store.meetings.accept(
    {
      origin: `chaos:${number}`,
      title: nameOf(number),
      platform: 'folder',
      channel: 'C1',
      owner: `U${number % 3}`,
      source: { kind: 'blob', name: nameOf(number) },
      options: { ...options, summarizer: 'extractive' },
      fileHash,
    },
    'test:1',
  );
  return performance.now() - startedAt;
}

/** Each meeting has one folder, with its own words, and was not put under another name as well. */
function countOutcome(
  folder: string,
  store: Store,
  accepted: number,
): Pick<Outcome, 'accepted' | 'lost' | 'duplicated'> {
  const minutes = path.join(folder, 'minutes');
  const names = fs.existsSync(minutes) ? fs.readdirSync(minutes) : [];
  let lost = 0;
  for (let number = 1; number <= accepted; number++) {
    const meeting = store.meetings.findByOrigin(`chaos:${number}`);
    const transcript = path.join(minutes, path.parse(nameOf(number)).name, 'transcript.txt');
    const isWhole =
      fs.existsSync(transcript) && fs.readFileSync(transcript, 'utf8').includes(`recording ${contentOf(number)}.`);
    if (meeting?.state === 'done' && isWhole) continue;
    lost++;
    console.error(`lost ${number}: ${meeting?.state} ${meeting?.errorCode} ${meeting?.errorMessage}`);
  }
  return { accepted, lost, duplicated: names.length - (accepted - lost) };
}

function countRepeated(events: readonly ChaosEvent[]): number {
  return events.length - new Set(events.map(event => event.id)).size;
}

/** Prints what `npm run chaos` promises, and asserts it. */
export function report(t: TestContext, gate: string, faults: string, outcome: Outcome): void {
  const { accepted, lost, duplicated, repeatedStages, seconds } = outcome;
  t.diagnostic(
    `${gate}: ${faults}; ${accepted} accepted, ${lost} lost, ${duplicated} duplicated, ${repeatedStages} stages repeated, ` +
      `all done ${seconds.toFixed(1)} s after the last fault; seed ${seed}`,
  );
  assert.deepEqual({ lost, duplicated }, { lost: 0, duplicated: 0 });
  assert.ok(seconds <= 150, `picked up after ${seconds} s`);
}

export { delay };
