import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { persist } from '../../../src/bot/persist.ts';
import { createSlack } from '../../../src/bot/slack/call-slack.ts';
import { HansardError } from '../../../src/errors.ts';

const slack = () => createSlack(new WebClient('xoxb-none'));
const limited = (seconds: number) => Promise.reject(new WebAPIRateLimitedError(seconds));

describe('calls of one method', () => {
  test('go one after the other, those of another beside them', async () => {
    const { call } = slack();
    const log: string[] = [];
    const work = (name: string, ms: number) => async () => {
      log.push(`${name} begins`);
      await delay(ms);
      log.push(`${name} ends`);
    };
    await Promise.all([call('a', work('a1', 40)), call('a', work('a2', 1)), call('b', work('b', 10))]);
    assert.deepEqual(log, ['a1 begins', 'b begins', 'b ends', 'a1 ends', 'a2 begins', 'a2 ends']);
  });

  test('that were sent away wait as long as Slack said, also those that stood behind', async () => {
    const { call } = slack();
    const startedAt = performance.now();
    const first = assert.rejects(
      call('a', () => limited(1)),
      { code: 'platform_busy' },
    );
    const second = call('a', async () => performance.now() - startedAt);
    await first;
    assert.ok((await second) >= 990);
  });

  test('come back later when Slack wants more patience than we have', async () => {
    const { call } = slack();
    await assert.rejects(call('a', () => limited(60)));
    await assert.rejects(
      call('a', async () => assert.fail('it is not called')),
      (error: HansardError) => error.code === 'platform_busy' && /60 s more/.test(error.detail),
    );
  });

  test('do not wait for one that hangs', async () => {
    const { call } = slack();
    const hanging = call('a', () => delay(4_000));
    const startedAt = performance.now();
    await call('a', async () => {});
    assert.ok(performance.now() - startedAt < 3_000);
    await hanging;
  });
});

test('what Slack did not take is tried again, what it refused is not', async () => {
  let tries = 0;
  const flaky = async () => {
    if (++tries < 3) throw new HansardError('platform_unavailable', '');
    return tries;
  };
  assert.equal(await persist(new AbortController().signal, flaky), 3);
  tries = 0;
  const refused = async () => {
    tries++;
    throw new HansardError('platform_refused', '');
  };
  await assert.rejects(persist(new AbortController().signal, refused), { code: 'platform_refused' });
  assert.equal(tries, 1);
});
