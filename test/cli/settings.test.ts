import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maintenanceTasks, scheduleMaintenance } from '../../src/bot/maintenance/tasks.ts';
import { checkSetting, knownSettings } from '../../src/pipeline/known-settings.ts';
import { startPipeline } from '../builders/pipeline.ts';
import { createProgram } from '../builders/program.ts';

describe('settings', () => {
  test('are set, listed and unset on the command line', async t => {
    const program = createProgram(t);
    const run = async (...args: string[]) => await program.run(['settings', ...args]);
    assert.match((await run('list')).stdout, /^Nothing is set\./);
    const set = await run('set', 'slack:C1', 'retention', '{"audioDays":0,"meetingDays":30}');
    assert.equal(set.status, 0, set.stderr);
    assert.match((await run('list')).stdout, /^slack:C1 retention = {"audioDays":0,"meetingDays":30}$/m);
    assert.equal((await run('unset', 'slack:C1', 'retention')).status, 0);
    assert.equal((await run('unset', 'slack:C1', 'retention')).status, 2);
    const wrong = await run('set', 'slack:C1', 'retention', '{"audioDays":-1,"meetingDays":30}');
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^A setting is wrong\.\nretention: .*audioDays/s);
  });

  for (const [scope, name, value, says] of [
    ['global', 'colour', 'red', /there is no setting colour/],
    ['everywhere', 'retention', {}, /neither "global" nor a channel/],
    ['global', 'auto-process', true, /is set per channel/],
    ['slack:C1', 'schedule.backup', '0 3 * * *', /is set globally/],
    ['slack:C1', 'auto-process', 'yes', /auto-process: /],
    ['global', 'schedule.backup', 'at night', /the schedule "at night"/],
  ] as const)
    test(`${name} = ${JSON.stringify(value)} for ${scope} is refused`, () => {
      assert.throws(() => checkSetting(scope, name, value), { code: 'invalid_setting', message: says });
    });

  test('know every task of maintenance', () => {
    const schedules = knownSettings.flatMap(({ name }) => /^schedule\.(.+)$/.exec(name)?.[1] ?? []);
    assert.deepEqual(schedules.sort(), Object.keys(maintenanceTasks).sort());
  });

  test('say when a task runs', async t => {
    const { queue, store } = await startPipeline(t);
    store.settings.set('global', 'schedule.backup', '7 4 * * *', 'terminal:0');
    await scheduleMaintenance(queue, store);
    const schedules = await queue.schedules();
    assert.equal(schedules.find(({ type }) => type === 'backup')?.cron, '7 4 * * *');
    assert.equal(schedules.find(({ type }) => type === 'retention')?.cron, '15 3 * * *');
    assert.equal(schedules.length, 5);
  });
});
