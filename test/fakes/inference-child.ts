/** A child with the real protocol and no models: what it does is said in the task's `wavPath`. */
import fs from 'node:fs';
import { type FromChild, toChildSchema } from '../../src/gpu-worker/inference/protocol.ts';

const cancelled = new Set<number>();

process.on('disconnect', () => process.exit());
process.on('message', async message => {
  const parsed = toChildSchema.parse(message);
  if (parsed.type === 'cancel') {
    cancelled.add(parsed.id);
    return;
  }
  const { id, task, frugal } = parsed;
  const [action, argument = ''] = task.wavPath.split(':');
  if (action === 'crash-once' && !fs.existsSync(argument)) {
    fs.writeFileSync(argument, '');
    process.exit(7);
  }
  if (action === 'crash') process.exit(7);
  if (action === 'killed') process.kill(process.pid, 'SIGKILL');
  if (action === 'no-memory') {
    send(frugal ? done(id, 'frugal') : { type: 'failed', id, code: 'out_of_memory', detail: 'bad_alloc' });
    return;
  }
  if (action === 'refuse') {
    send({ type: 'failed', id, code: 'model_missing', detail: 'no such model' });
    return;
  }
  if (action === 'deaf') for (;;); // blocked in native code: hears no cancel
  if (action === 'slow') {
    for (let step = 1; step <= 100; step++) {
      await new Promise(resolve => setTimeout(resolve, 20));
      if (cancelled.has(id)) {
        send({ type: 'failed', id, code: 'cancelled', detail: '' });
        return;
      }
      send({ type: 'progress', id, fraction: step / 100 });
    }
  }
  send(done(id, { kind: task.kind, pid: process.pid }));
});

function done(id: number, value: unknown): FromChild {
  return { type: 'done', id, value, cpuSeconds: 0.5 };
}

function send(message: FromChild): void {
  process.send?.(message);
}
