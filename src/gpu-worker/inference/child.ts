/** An inference child: one process, one thread, the models of one family at a time. Started by pool.ts only. */
import { HansardError } from '../../errors.ts';
import { isOutOfMemory } from './out-of-memory.ts';
import { childSettingsSchema, type FromChild, toChildSchema } from './protocol.ts';
import { createTaskRunner } from './tasks.ts';

const settings = childSettingsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const runner = createTaskRunner(settings);
const running = new Map<number, AbortController>();

process.on('disconnect', () => process.exit()); // the worker is gone: nobody wants the result
process.on('SIGINT', () => {}); // a terminal signals the whole group; the worker decides when we end
process.on('message', message => {
  const parsed = toChildSchema.parse(message);
  if (parsed.type === 'cancel') {
    running.get(parsed.id)?.abort();
    return;
  }
  const controller = new AbortController();
  running.set(parsed.id, controller);
  const { id } = parsed;
  const before = process.cpuUsage();
  let lastProgressAt = 0;
  runner
    .run(parsed.task, {
      frugal: parsed.frugal,
      signal: controller.signal,
      onProgress: fraction => {
        if (Date.now() - lastProgressAt < 100) return;
        lastProgressAt = Date.now();
        send({ type: 'progress', id, fraction });
      },
    })
    .then(value => {
      const used = process.cpuUsage(before);
      send({ type: 'done', id, value, cpuSeconds: (used.user + used.system) / 1e6 });
    })
    .catch((error: unknown) => send({ type: 'failed', id, ...describe(error, controller.signal.aborted) }))
    .finally(() => running.delete(id));
});

function describe(error: unknown, aborted: boolean): { code: string; detail: string } {
  if (aborted) return { code: 'cancelled', detail: 'cancelled' };
  if (error instanceof HansardError) return { code: error.code, detail: error.detail };
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: isOutOfMemory(error) ? 'out_of_memory' : 'inference_failed', detail };
}

function send(message: FromChild): void {
  process.send?.(message);
}
