/** `hansard start | bot | worker`: the server, in one process or in many. */
import { Command, InvalidArgumentError } from 'commander';
import type { FastifyInstance } from 'fastify';
import { addApi } from '../bot/api.ts';
import { startBot } from '../bot/start-bot.ts';
import type { Config } from '../config.ts';
import { cutOpus } from '../gpu-worker/ffmpeg/cut-opus.ts';
import { chooseModel } from '../gpu-worker/models/choose-model.ts';
import { createModelStore } from '../gpu-worker/models/store.ts';
import { startStages } from '../gpu-worker/run.ts';
import { startWorker, WORKER_QUEUES, type WorkerQueue } from '../gpu-worker/start-worker.ts';
import { createMetrics } from '../http/metrics.ts';
import { serveHttp } from '../http/serve-http.ts';
import type { Logger } from '../logger.ts';
import { openBlobs, openMeetingStore, openQueue } from '../services.ts';
import { listenForStop } from './stop-signal.ts';

/** Where HTTP answers when no setting says: a bot and a worker on one host keep out of each other's way. */
const BOT_PORT = 8787;
const WORKER_PORT = 8788;

type Load = (level: string) => { config: Config; logger: Logger };

interface Roles {
  bot: boolean;
  queues: readonly WorkerQueue[];
}

export function startCommand(load: Load): Command {
  return new Command('start')
    .description('run the server on one machine: the bot and a worker')
    .action(() => serve({ bot: true, queues: WORKER_QUEUES }, load('info')));
}

export function botCommand(load: Load): Command {
  return new Command('bot')
    .description('run the bot alone: it accepts recordings and delivers minutes, workers elsewhere do the work')
    .action(() => serve({ bot: true, queues: [] }, load('info')));
}

export function workerCommand(load: Load): Command {
  return new Command('worker')
    .description('run a worker: it takes jobs from some queues')
    .option('--queues <names>', `which, with commas between: ${WORKER_QUEUES.join(', ')}`, parseQueues, [
      ...WORKER_QUEUES,
    ])
    .action(({ queues }: { queues: WorkerQueue[] }) => serve({ bot: false, queues }, load('info')));
}

export function parseQueues(text: string): WorkerQueue[] {
  const names = text.split(',').map(name => name.trim());
  const known = WORKER_QUEUES.filter(name => names.includes(name));
  if (known.length !== names.length)
    throw new InvalidArgumentError(`Expected names out of ${WORKER_QUEUES.join(', ')}, with commas between.`);
  return known;
}

/** Runs until a signal; ends within 25 s then, and gives back what was not done. */
async function serve(roles: Roles, loaded: { config: Config; logger: Logger }): Promise<void> {
  await serveUntilStopped(roles, loaded);
  // all is closed; libraries may still hold timers (the one of Slack for half a minute)
  process.exit();
}

async function serveUntilStopped(
  { bot: hasBot, queues }: Roles,
  { config, logger }: { config: Config; logger: Logger },
): Promise<void> {
  if (!hasBot && config.queue.kind === 'sqlite' && config.blobs.kind === 'disk')
    logger.warn('without REDIS_URL and a common blob store this worker serves only a bot on the same data folder');
  const ended = Promise.withResolvers<void>();
  const stop = listenForStop(() => ended.resolve());
  await using stack = new AsyncDisposableStack();
  const queue = stack.adopt(await openQueue(config, logger), one => one.close());
  const blobs = await openBlobs(config);
  const problems = await blobs.problems();
  for (const problem of problems) logger.error({ problem }, 'blob store');
  const models = createModelStore(config.modelsDir);
  const stages = stack.adopt(
    startStages({ config, logger, ensureModels: (names, signal) => models.ensure(names, { signal }) }),
    one => one.close(),
  );
  const store = hasBot ? stack.adopt(openMeetingStore(config), one => one.close()) : undefined;
  const own = { versions: stages, cutClip: cutOpus, model: await chooseModel(config) };
  const bot = store
    ? stack.adopt(await startBot({ config, logger, store, queue, blobs, ...own }), one => one.stop())
    : undefined;
  const worker =
    queues.length > 0
      ? stack.adopt(await startWorker({ config, logger, queue, blobs, stages, queues }), one => one.stop())
      : undefined;
  if (config.http) {
    const problems = async () => [
      ...new Set([...((await bot?.problems()) ?? []), ...((await worker?.problems()) ?? [])]),
    ];
    const options = {
      http: { ...config.http, port: config.http.port ?? (hasBot ? BOT_PORT : WORKER_PORT) },
      logger,
      problems,
      facts: () => ({ queues: worker?.serving() ?? [] }),
      metrics: createMetrics({ queue, ...(store && { store }) }),
      ...(store &&
        bot && { api: (routes: FastifyInstance) => addApi(routes, { store, queue, orchestrator: bot.orchestrator }) }),
    };
    const { token } = config.http;
    const board =
      config.queue.kind === 'bullmq' && hasBot && token ? { url: config.queue.url, token, logger } : undefined;
    const extend = async (server: FastifyInstance) => {
      if (board) await (await import('../bot/dashboard.ts')).addDashboard(server, board);
    };
    stack.adopt(await serveHttp({ ...options, extend }), one => one.close());
  }
  if (stop.signal.aborted) ended.resolve();
  await ended.promise;
  logger.info('stopping');
}
