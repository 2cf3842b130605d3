import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { listenForStop } from '../../src/cli/stop-signal.ts';

const module = path.join(import.meta.dirname, '../../src/cli/stop-signal.ts');
/** Says each step, and takes forever to stop. */
const script = `
  import { listenForStop } from ${JSON.stringify(module)};
  const stop = listenForStop(() => console.log('stopping'));
  stop.signal.addEventListener('abort', () => console.log('aborted ' + stop.exitCode()));
  setInterval(() => {}, 1000);
  console.log('ready');
`;

async function start(t: TestContext) {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout?.on('data', chunk => {
    said += chunk;
  });
  const says = async (line: string) => {
    while (!said.includes(line)) await once(child.stdout!, 'data');
  };
  await says('ready');
  return { child, says, said: () => said };
}

describe('a signal to stop', () => {
  for (const [name, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    test(`${name} aborts once, and means ${status}`, async t => {
      const { child, says } = await start(t);
      child.kill(name);
      await says(`stopping\naborted ${status}\n`);
    });

  test('that comes twice at once, from the terminal and from npm, is one', async t => {
    const { child, says, said } = await start(t);
    child.kill('SIGINT');
    await says('aborted');
    child.kill('SIGINT');
    await setTimeout(200);
    assert.equal(child.exitCode, null);
    assert.equal(said().match(/stopping/g)?.length, 1);
  });

  test('that comes again a moment later ends the program at once', async t => {
    const { child, says } = await start(t);
    child.kill('SIGINT');
    await says('aborted');
    await setTimeout(600);
    child.kill('SIGINT');
    const [status] = await once(child, 'exit');
    assert.equal(status, 130);
  });
});

test('nobody listens any more once it is disposed', () => {
  const before = process.listenerCount('SIGINT');
  const stop = listenForStop(() => {});
  assert.equal(process.listenerCount('SIGINT'), before + 1);
  stop.dispose();
  assert.equal(process.listenerCount('SIGINT'), before);
  assert.equal(stop.exitCode(), undefined);
});
