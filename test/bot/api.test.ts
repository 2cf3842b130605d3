import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fastify } from 'fastify';
import { addApi } from '../../src/bot/api.ts';
import { HansardError } from '../../src/errors.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { startPipeline } from '../builders/pipeline.ts';
import { until } from '../builders/until.ts';

async function startApi(t: TestContext) {
  const pipeline = await startPipeline(t);
  const server = fastify();
  server.setErrorHandler((error, _request, reply) =>
    reply.code(400).send({ code: error instanceof HansardError ? error.code : String(error) }),
  );
  addApi(server, pipeline);
  const ask = async (method: 'GET' | 'POST', url: string) => (await server.inject({ method, url })).json();
  return { ...pipeline, ask };
}

test('the API lists meetings, tells of one, finds words, cancels and retries', async t => {
  const { ask, submit, reaches, work } = await startApi(t);
  const { id } = await submit();
  await reaches(id, 'queued');
  assert.equal((await ask('POST', `/meetings/${id}/cancel`)).state, 'cancelled');
  assert.equal((await ask('POST', `/meetings/${id}/cancel`)).code, 'illegal_move');
  await work();
  await ask('POST', `/meetings/${id}/retry`);
  await reaches(id, 'done');
  const { meetings } = await ask('GET', '/meetings?state=done');
  assert.deepEqual(
    meetings.map((meeting: { id: string }) => meeting.id),
    [id],
  );
  const one = await ask('GET', `/meetings/${id}`);
  assert.equal(one.stages.length, 8);
  assert.equal((await ask('GET', '/search?words=plants')).hits[0].meetingId, id);
  assert.equal((await ask('GET', '/meetings/none')).code, 'unknown_meeting');
  assert.equal((await ask('GET', '/meetings?limit=0')).code, 'invalid_usage');
});

test('the API lists jobs and cancels one', async t => {
  const { ask, submit, queue } = await startApi(t);
  const { id } = await submit();
  await until('its job is there', () => queue.status(`decode.${id}`));
  const { jobs } = await ask('GET', '/jobs?state=waiting&queue=media');
  assert.deepEqual(
    jobs.map((job: { id: string }) => job.id),
    [`decode.${id}`],
  );
  assert.equal((await ask('GET', `/jobs/decode.${id}`)).state, 'waiting');
  assert.equal((await ask('POST', `/jobs/decode.${id}/cancel`)).answer, 'cancelled');
  assert.equal((await ask('GET', '/jobs/decode.none')).code, 'unknown_job');
});

test('the API retries a dead letter with its meeting', async t => {
  const { ask, submit, reaches, work, during } = await startApi(t);
  await work();
  during.decode = () => Promise.reject(new HansardError('no_audio', 'nothing to hear'));
  const { id } = await submit();
  await reaches(id, 'failed');
  delete during.decode;
  assert.equal((await ask('GET', '/jobs')).jobs[0].id, `decode.${id}`);
  await ask('POST', `/jobs/decode.${id}/retry`);
  await reaches(id, 'done');
  assert.equal((await ask('POST', `/jobs/decode.${id}/retry`)).code, 'illegal_move');
});

test('the API describes every one of its routes', async t => {
  const { ask } = await startApi(t);
  const { paths } = await ask('GET', '/openapi.json');
  for (const route of ['/meetings', '/meetings/{id}', '/meetings/{id}/retry', '/search', '/jobs', '/jobs/{id}/cancel'])
    assert.ok(paths[route], route);
  assert.deepEqual(
    paths['/search'].get.parameters.map(({ name, required }: { name: string; required: boolean }) => [name, required]),
    [
      ['words', true],
      ['limit', false],
    ],
  );
});

test('the metrics count meetings, jobs and stages, and say when the queue is away', async t => {
  const { submit, reaches, work, store, queue } = await startPipeline(t);
  const metrics = createMetrics({ queue, store });
  const { id } = await submit();
  await until('its job is there', () => queue.status(`decode.${id}`));
  const before = await metrics();
  assert.match(before, /^hansard_queue_jobs\{queue="media",state="waiting"\} 1$/m);
  assert.match(before, /^hansard_meetings\{state="queued"\} 1$/m);
  await work();
  await reaches(id, 'done');
  const after = await metrics();
  assert.match(after, /^hansard_queue_jobs\{queue="media",state="waiting"\} 0$/m);
  assert.match(after, /^hansard_meetings\{state="done"\} 1$/m);
  assert.match(after, /^hansard_stage_runs\{stage="transcribe"\} 1$/m);
  assert.match(after, /^hansard_queue_up 1$/m);
  const away = { ...queue, counts: () => Promise.reject(new HansardError('queue_unavailable', 'away')) };
  assert.match(await createMetrics({ queue: away, store })(), /^hansard_queue_up 0$/m);
});
