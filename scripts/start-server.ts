/** A real bot and a real worker in this process, as `hansard start` has them, for scripts that show an exchange. */
import { startBot } from '../src/bot/start-bot.ts';
import { loadConfig } from '../src/config.ts';
import { cutOpus } from '../src/gpu-worker/ffmpeg/cut-opus.ts';
import { chooseModel } from '../src/gpu-worker/models/choose-model.ts';
import { createModelStore } from '../src/gpu-worker/models/store.ts';
import { startStages } from '../src/gpu-worker/run.ts';
import { startWorker, WORKER_QUEUES } from '../src/gpu-worker/start-worker.ts';
import { createLogger } from '../src/logger.ts';
import type { Store } from '../src/pipeline/store/open-store.ts';
import { openBlobs, openMeetingStore, openQueue } from '../src/services.ts';

/** @param stack ends all of it */
export async function startServer(stack: AsyncDisposableStack, env: Record<string, string>): Promise<Store> {
  const config = loadConfig({ ...process.env, ...env });
  const logger = createLogger('warn');
  const [botQueue, workerQueue] = [await openQueue(config, logger), await openQueue(config, logger)];
  stack.defer(() => botQueue.close());
  stack.defer(() => workerQueue.close());
  const store = stack.adopt(openMeetingStore(config), one => one.close());
  const blobs = await openBlobs(config);
  const models = createModelStore(config.modelsDir);
  const stages = stack.adopt(
    startStages({ config, logger, ensureModels: (names, signal) => models.ensure(names, { signal }) }),
    one => one.close(),
  );
  const own = { versions: stages, cutClip: cutOpus, model: await chooseModel(config) };
  stack.adopt(await startBot({ config, logger, store, queue: botQueue, blobs, ...own }), one => one.stop());
  stack.adopt(await startWorker({ config, logger, queue: workerQueue, blobs, stages, queues: WORKER_QUEUES }), one =>
    one.stop(),
  );
  return store;
}
