import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { REST } from 'discord.js';
import { restOptions } from '../../../src/bot/discord/call-discord.ts';

test('whoever shares how requests are sent waits for what another was asked to wait for', async t => {
  const times: number[] = [];
  const server = http.createServer((_request, response) => {
    times.push(performance.now());
    if (times.length > 1) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    const headers = { 'content-type': 'application/json', 'retry-after': '0.5', 'x-ratelimit-global': 'true' };
    response.writeHead(429, headers).end('{"message":"wait","retry_after":0.5,"global":true}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const sending = restOptions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [ours, gateways] = [new REST(sending).setToken('token'), new REST(sending).setToken('token')];

  const first = ours.get('/users/@me');
  while (times.length === 0) await new Promise(setImmediate);
  await new Promise(resolve => setTimeout(resolve, 50));
  await Promise.all([first, gateways.get('/gateway/bot')]);
  const [asked = 0, ...later] = times;
  assert.equal(later.length, 2);
  assert.ok(
    later.every(time => time - asked >= 450),
    String(later.map(time => time - asked)),
  );
});
