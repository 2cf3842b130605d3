/** `/api/v1`: meetings and jobs for other programs. What it can do is in openapi.json beside it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { MEETING_STATES, STAGES } from '../pipeline/moves.ts';
import { describeMeeting } from '../pipeline/orchestration/describe-meeting.ts';
import type { Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import type { JobQueue, JobStatus } from '../pipeline/queue/job-queue.ts';
import { QUEUES } from '../pipeline/queue/job-type.ts';
import type { Store } from '../pipeline/store/open-store.ts';

const limit = z.coerce.number().int().min(1).max(500).default(50);
const meetingsQuery = z.object({ state: z.enum(MEETING_STATES).optional(), limit });
const jobsQuery = z.object({
  queue: z.enum(QUEUES).optional(),
  state: z.enum(['waiting', 'delayed', 'running', 'failed']).default('failed'),
  limit,
});
const idParams = z.object({ id: z.string() });
const searchQuery = z.object({ words: z.string(), limit });

const WHO = 'api';

export interface ApiParts {
  store: Store;
  queue: JobQueue;
  orchestrator: Orchestrator;
}

export function addApi(routes: FastifyInstance, { store, queue, orchestrator }: ApiParts): void {
  const describe = async (id: string) => await describeMeeting(store.meetings.get(id), store, queue);
  const findJob = async (id: string): Promise<JobStatus> => {
    const job = await queue.status(id);
    if (!job) throw new HansardError('unknown_job', `there is no job ${id}`);
    return job;
  };

  routes.get('/openapi.json', async () => openApi);
  routes.get('/meetings', async request => {
    const { state, limit } = parse(meetingsQuery, request.query);
    const meetings = store.meetings.list({ ...(state && { states: [state] }), limit });
    return { meetings: await Promise.all(meetings.map(meeting => describeMeeting(meeting, store, queue))) };
  });
  routes.get('/meetings/:id', async request => await describe(parse(idParams, request.params).id));
  routes.post('/meetings/:id/cancel', async request => {
    const { id } = parse(idParams, request.params);
    await orchestrator.cancel(id, WHO);
    return await describe(id);
  });
  routes.post('/meetings/:id/retry', async request => {
    const { id } = parse(idParams, request.params);
    await orchestrator.retry(id, WHO);
    return await describe(id);
  });
  routes.get('/search', async request => ({ hits: store.search.find(parse(searchQuery, request.query)) }));
  routes.get('/jobs', async request => {
    const { queue: name, state, limit } = parse(jobsQuery, request.query);
    const lists = await Promise.all((name ? [name] : QUEUES).map(one => queue.list(one, state, limit)));
    return { jobs: lists.flat() };
  });
  routes.get('/jobs/:id', async request => await findJob(parse(idParams, request.params).id));
  routes.post('/jobs/:id/cancel', async request => {
    const { id } = parse(idParams, request.params);
    await findJob(id);
    const answer = await queue.cancel(id, `cancelled by ${WHO}`);
    if (answer === 'finished') throw new HansardError('illegal_move', `job ${id} is over`);
    return { id, answer };
  });
  routes.post('/jobs/:id/retry', async request => {
    const { id } = parse(idParams, request.params);
    const { state } = await findJob(id);
    if (state !== 'failed') throw new HansardError('illegal_move', `job ${id} is ${state}, not failed`);
    const meetingId = STAGES.some(stage => id.startsWith(`${stage}.`)) ? id.slice(id.indexOf('.') + 1) : undefined;
    // a stage belongs to a meeting, which has to go on with it
    if (meetingId) await orchestrator.retry(meetingId, WHO);
    else await queue.retry(id);
    return await findJob(id);
  });
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new HansardError('invalid_usage', z.prettifyError(parsed.error), { cause: parsed.error });
  return parsed.data;
}

const ok = { '200': { description: 'As asked' } };
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

/** OpenAPI 3.1; the parameters come from the schemas above. */
const openApi = {
  openapi: '3.1.0',
  info: { title: 'Hansard', version: '1', description: 'Meetings and jobs of one Hansard.' },
  servers: [{ url: '/api/v1' }],
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  paths: {
    '/meetings': { get: { summary: 'Meetings, newest first', parameters: inQuery(meetingsQuery), responses: ok } },
    '/meetings/{id}': { get: { summary: 'Stages, progress and ETA of one', parameters: [id], responses: ok } },
    '/meetings/{id}/cancel': { post: { summary: 'Stop the work on it', parameters: [id], responses: ok } },
    '/meetings/{id}/retry': { post: { summary: 'Go on where it failed', parameters: [id], responses: ok } },
    '/search': { get: { summary: 'Words in all meetings', parameters: inQuery(searchQuery), responses: ok } },
    '/jobs': { get: { summary: 'Jobs in one state', parameters: inQuery(jobsQuery), responses: ok } },
    '/jobs/{id}': { get: { summary: 'One job', parameters: [id], responses: ok } },
    '/jobs/{id}/retry': { post: { summary: 'Start a dead letter afresh', parameters: [id], responses: ok } },
    '/jobs/{id}/cancel': { post: { summary: 'Stop it', parameters: [id], responses: ok } },
  },
};

function inQuery(schema: z.ZodObject) {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}
