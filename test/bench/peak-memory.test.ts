import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { watchPeakMemory } from '../../src/bench/peak-memory.ts';
import { measureProcessTree } from '../../src/bench/process-tree.ts';
import { DEAD_PID } from '../builders/temporary-folder.ts';

const skip = fs.existsSync('/proc/self/stat') ? false : 'there is no /proc here';
const MIB = 2 ** 20;
const HELD_MIB = 200;

/** Starts a process that runs `script` until its input ends, and waits for its first word. */
async function startScript(t: TestContext, script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await new Promise(resolve => child.stdout.once('data', resolve));
  return child;
}

/** Ends when told to; what it holds is written to, so that it is really there. */
const holdMemory = `
  const held = Buffer.alloc(${HELD_MIB * MIB}, 1);
  console.log('holding');
  process.stdin.on('end', () => process.exit(held[0] - 1)).resume();`;

describe('the most memory', { concurrency: false }, () => {
  test('counts what a child held and no longer holds', { skip }, async t => {
    const watch = watchPeakMemory(process.pid);
    const child = await startScript(t, holdMemory);
    await waitUntilSampled();
    child.stdin?.end();
    await new Promise(resolve => child.once('exit', resolve));
    const after = await measureProcessTree(process.pid);
    const peak = await watch.stop();
    assert.ok(peak !== null && after !== null);
    assert.ok(peak - after.memoryBytes > (HELD_MIB / 2) * MIB, `${peak} at most, ${after.memoryBytes} afterwards`);
  });

  test('can be asked for at once and asked for twice', { skip }, async () => {
    const watch = watchPeakMemory(process.pid);
    const first = await watch.stop();
    const second = await watch.stop();
    assert.ok(first !== null && second !== null && second >= first);
  });

  test('of a process that is gone is not known', async () => {
    assert.equal(await watchPeakMemory(DEAD_PID).stop(), null);
  });
});

test('CPU time counts that of a child which has ended', { skip }, async t => {
  const before = await measureProcessTree(process.pid);
  const child = await startScript(t, "while (process.cpuUsage().user < 400_000); console.log('done')");
  if (child.exitCode === null) await new Promise(resolve => child.once('exit', resolve));
  const after = await measureProcessTree(process.pid);
  assert.ok(before && after);
  assert.ok(after.cpuSeconds - before.cpuSeconds >= 0.35);
});

/** Longer than the time between two samples. */
function waitUntilSampled(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 700));
}
