/** Everything that is checked before a job is queued; both adapters add through here. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { JobRequest } from './job-queue.ts';
import { type JobRegistry, type JobType, LOWEST_PRIORITY, PRIORITIES, type QueueName } from './job-type.ts';
import type { Handler } from './run-stored.ts';

export interface PreparedJob {
  id: string;
  type: JobType;
  /** As it is stored. */
  payload: unknown;
  user: string;
  priority: number;
  delayMs: number;
  again: boolean;
}

/** Enough for ids and options. */
export const MAX_STORED_BYTES = 64 * 1024;

/** @throws HansardError `unknown_job`, `invalid_job` */
export function prepareJob<P>(
  { registry, logger }: { registry: JobRegistry; logger: Logger },
  type: JobType<P>,
  request: JobRequest<P>,
): PreparedJob {
  if (registry.find(type.name) !== type) {
    logger.warn({ type: type.name }, 'a job of an unknown type was rejected');
    throw new HansardError('unknown_job', `no job type ${type.name} is declared here`);
  }
  const { key, payload, user = '', priority = PRIORITIES.automatic, delayMs = 0, again = false } = request;
  const id = jobId(type, key);
  if (!Number.isInteger(priority) || priority < 1 || priority > LOWEST_PRIORITY)
    throw new HansardError('invalid_job', `${id}: the priority must be a whole number from 1 to ${LOWEST_PRIORITY}`);
  if (!(delayMs >= 0 && Number.isFinite(delayMs)))
    throw new HansardError('invalid_job', `${id}: the delay must be a number of milliseconds, 0 or more`);
  const parsed = type.payload.safeParse(payload);
  if (!parsed.success) throw new HansardError('invalid_job', `${id}: ${z.prettifyError(parsed.error)}`);
  // the caller's form is stored, not the parsed one: it is parsed again when it is taken
  const stored = asStored(id, payload);
  return { id, type, payload: stored, user, priority, delayMs: Math.round(delayMs), again };
}

/** The id of the job of that type under the caller's key. @throws HansardError `invalid_job` */
export function jobId(type: Pick<JobType, 'name'>, key: string): string {
  // no colon: BullMQ uses it in its keys
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(key))
    throw new HansardError('invalid_job', `${type.name}: the key may have letters, digits, dots, dashes: ${key}`);
  return `${type.name}.${key}`;
}

/** JSON, and small. @throws HansardError `invalid_job` */
export function asStored(id: string, value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null';
  if (Buffer.byteLength(text) > MAX_STORED_BYTES)
    throw new HansardError('invalid_job', `${id}: more than ${MAX_STORED_BYTES} bytes; put it into the blob store`);
  return JSON.parse(text);
}

/** @throws HansardError `invalid_job` when a handler's type is not declared, or belongs to another queue */
export function checkHandlers(registry: JobRegistry, queue: QueueName, handlers: readonly Handler[]): void {
  for (const { type } of handlers)
    if (registry.find(type.name) !== type || type.queue !== queue)
      throw new HansardError('invalid_job', `the queue ${queue} has no jobs of the type ${type.name}`);
}
