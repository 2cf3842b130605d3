import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import type { DeviceChoice } from '../../../src/gpu-worker/device.ts';
import { createInferencePool, type InferencePool } from '../../../src/gpu-worker/inference/pool.ts';
import { createPoolOnDemand } from '../../../src/gpu-worker/inference/pool-on-demand.ts';
import type { Task } from '../../../src/gpu-worker/inference/protocol.ts';
import { isAlive } from '../../../src/pipeline/leftovers.ts';
import { recordingLogger } from '../../builders/recording-logger.ts';
import { createStageContext } from '../../fakes/inference-pool.ts';

const childPath = path.join(import.meta.dirname, '../../fakes/inference-child.ts');
const gone = new HansardError('device_unavailable', 'cuda:0: the driver is too old');
const gpu: DeviceChoice = { device: 'cuda:0', reason: 'The GPU is here.' };

/** Real pools with a child that holds no models; the device is what `choose` says. */
function createPools(t: TestContext, wanted: string, choose: () => Promise<DeviceChoice> = async () => gpu) {
  const { logger, lines } = recordingLogger();
  const made: string[] = [];
  const asked: string[] = [];
  const pools = createPoolOnDemand(wanted, logger, {
    chooseDevice: async device => {
      asked.push(device);
      return choose();
    },
    createPool: async device => {
      made.push(device);
      return createInferencePool({
        processes: 1,
        settings: { modelsDir: '/models', device, batchFactor: 1 },
        logger,
        childPath,
      });
    },
  });
  t.after(() => pools.close());
  return { pools, made, asked, lines };
}

function run(pool: InferencePool, what: string): Promise<unknown> {
  const task: Task = { kind: 'detect-speech', wavPath: what, fromFrame: 0, toFrame: 1 };
  return pool.run(task, createStageContext().context);
}

describe('the pool on demand', () => {
  test('is made with the first work, on the device that was wanted, and once', async t => {
    const { pools, made, asked, lines } = createPools(t, 'auto');
    assert.deepEqual(await pools.device(), gpu);
    assert.deepEqual(made, []);
    const [first, second] = await Promise.all([pools.open(), pools.open()]);
    assert.equal(first.pool, second.pool);
    assert.equal(first.device, 'cuda:0');
    assert.deepEqual([made, asked], [['cuda:0'], ['auto']]);
    assert.partialDeepStrictEqual(lines, [{ device: 'cuda:0', reason: gpu.reason, msg: 'inference device' }]);
  });

  test('passes on why the device that was asked for cannot be used', async t => {
    const { pools, made } = createPools(t, 'cuda:0', () => Promise.reject(gone));
    await assert.rejects(pools.device(), gone);
    await assert.rejects(pools.open(), gone);
    assert.deepEqual(made, []);
    await pools.close();
  });

  test('goes on with the CPU when the GPU fails, and says so', async t => {
    const { pools, made, lines } = createPools(t, 'auto');
    const { pool } = await pools.open();
    const other = await pools.replace(pool, gone);
    assert.equal(other?.device, 'cpu');
    assert.deepEqual(made, ['cuda:0', 'cpu']);
    assert.equal((await pools.open()).pool, other.pool);
    const { device, reason } = await pools.device();
    assert.equal(device, 'cpu');
    assert.match(reason, /^The CPU, as the GPU failed: .*driver is too old/);
    assert.ok(lines.some(({ level, why }) => level === 40 && why === gone.detail));
  });

  test('goes on with the CPU when a single piece is too much for the memory of the GPU', async t => {
    const { pools, made } = createPools(t, 'auto');
    const { pool } = await pools.open();
    const full = new HansardError('out_of_memory', 'recognize: the child was killed twice');
    const other = await pools.replace(pool, full);
    assert.equal(other?.device, 'cpu');
    assert.equal(await pools.replace(other.pool, full), undefined, 'there is nothing after the CPU');
    assert.deepEqual(made, ['cuda:0', 'cpu']);
  });

  test('gives both stages the same CPU pool when both fail on the GPU at once', async t => {
    const { pools, made } = createPools(t, 'auto');
    const { pool } = await pools.open();
    const [one, two] = await Promise.all([pools.replace(pool, gone), pools.replace(pool, gone)]);
    assert.ok(one);
    assert.equal(one.pool, two?.pool);
    assert.deepEqual(made, ['cuda:0', 'cpu']);
  });

  test('lets a stage that lost its task with the GPU try again on the CPU', async t => {
    const { pools } = createPools(t, 'auto');
    const { pool } = await pools.open();
    const lost = run(pool, 'deaf').catch(error => pools.replace(pool, error));
    await pools.replace(pool, gone);
    const other = await lost;
    assert.partialDeepStrictEqual(await run((other as { pool: InferencePool }).pool, 'answer'), {
      kind: 'detect-speech',
    });
  });

  test('stays with a GPU that was asked for by name', async t => {
    const { pools, made } = createPools(t, 'cuda:0');
    const { pool } = await pools.open();
    assert.equal(await pools.replace(pool, gone), undefined);
    assert.deepEqual(made, ['cuda:0']);
  });

  for (const error of [new HansardError('inference_failed', 'twice'), new TypeError('a bug')]) {
    test(`is not replaced for ${error.message}`, async t => {
      const { pools, made } = createPools(t, 'auto');
      const { pool } = await pools.open();
      assert.equal(await pools.replace(pool, error), undefined);
      assert.deepEqual(made, ['cuda:0']);
      assert.equal((await pools.open()).pool, pool);
    });
  }

  test('leaves no process when it is closed, and none of the pool that it replaced', async t => {
    const { pools } = createPools(t, 'auto');
    const pidOf = async (pool: InferencePool) => Number(Object(await run(pool, 'answer')).pid);
    const { pool } = await pools.open();
    const onGpu = await pidOf(pool);
    const other = await pools.replace(pool, gone);
    assert.equal(isAlive(onGpu), false);
    const onCpu = await pidOf(other!.pool);
    assert.equal(isAlive(onCpu), true);
    await pools.close();
    assert.equal(isAlive(onCpu), false);
  });

  test('needs no device to be closed', async t => {
    const { pools, asked } = createPools(t, 'auto');
    await pools.close();
    assert.deepEqual(asked, []);
  });
});
