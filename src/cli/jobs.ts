/** `hansard jobs list | show | retry | cancel | purge | types`: what the queues hold, dead letters among it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { STAGES } from '../pipeline/moves.ts';
import type { JobQueue, JobStatus, ListableState } from '../pipeline/queue/job-queue.ts';
import { QUEUES, type QueueName } from '../pipeline/queue/job-type.ts';
import { openMeetingStore, openQueue } from '../services.ts';
import { localUser } from './open-services.ts';

type Load = () => { config: Config; logger: Logger };

const STATES = ['waiting', 'delayed', 'running', 'failed'] as const satisfies ListableState[];
const LISTED = 50;

interface ListFlags {
  queue?: QueueName;
  state?: ListableState;
  limit: number;
  json?: true;
}

interface PurgeFlags {
  queue?: QueueName;
  state: Exclude<ListableState, 'running'>;
  olderThan: number;
}

export function jobsCommand(load: Load): Command {
  const command = new Command('jobs').description('the jobs in the queues, dead letters (failed) among them');
  const withQueue = async (work: (queue: JobQueue) => Promise<void>) => {
    const { config, logger } = load();
    const queue = await openQueue(config, logger);
    try {
      await work(queue);
    } finally {
      await queue.close();
    }
  };
  const queueOption = () => new Option('--queue <name>', 'only of this queue').choices(QUEUES);

  command
    .command('list')
    .description('what waits, runs or failed')
    .addOption(queueOption())
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--limit <n>', 'how many of each', parseCount, LISTED)
    .option('--json', 'print JSON')
    .action((flags: ListFlags) =>
      withQueue(async queue => {
        const jobs: JobStatus[] = [];
        for (const name of flags.queue ? [flags.queue] : QUEUES)
          for (const state of flags.state ? [flags.state] : STATES)
            jobs.push(...(await queue.list(name, state, flags.limit)));
        if (flags.json) print(jobs);
        else process.stdout.write(jobs.length === 0 ? 'No jobs.\n' : jobs.map(presentJob).join(''));
      }),
    );
  command
    .command('show <id>')
    .description('all about one job')
    .action((id: string) =>
      withQueue(async queue => {
        process.stdout.write(`${JSON.stringify(await findJob(queue, id), null, 2)}\n`);
      }),
    );
  command
    .command('retry <id>')
    .description('start a dead letter afresh')
    .action((id: string) =>
      withQueue(async queue => {
        const { state } = await findJob(queue, id);
        if (state !== 'failed') throw new HansardError('illegal_move', `job ${id} is ${state}, not failed`);
        // a stage belongs to a meeting, which has to go on with it
        if (isStage(id)) tellBot(load().config, 'retry', id);
        else await queue.retry(id);
        process.stdout.write(`${id}: is tried again\n`);
      }),
    );
  command
    .command('cancel <id>')
    .description('stop a job')
    .action((id: string) =>
      withQueue(async queue => {
        await findJob(queue, id);
        const answer = await queue.cancel(id, `cancelled by ${localUser()}`);
        if (answer === 'finished') throw new HansardError('illegal_move', `job ${id} is over`);
        process.stdout.write(`${id}: ${answer}\n`);
      }),
    );
  command
    .command('purge')
    .description('drop jobs, by default dead letters; their meetings stay as they are')
    .addOption(queueOption())
    .addOption(new Option('--state <state>', 'which').choices(['waiting', 'delayed', 'failed']).default('failed'))
    .option('--older-than <hours>', 'only those that ended (or were added) so long ago', parseHours, 0)
    .action(({ queue: name, state, olderThan }: PurgeFlags) =>
      withQueue(async queue => {
        let purged = 0;
        for (const one of name ? [name] : QUEUES) purged += await queue.purge(one, [state], olderThan * 3_600_000);
        process.stdout.write(`${purged} dropped\n`);
      }),
    );
  command
    .command('types')
    .description('the kinds of jobs there are')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      withQueue(async queue => {
        const types = queue.types().map(({ payload: _schema, ...facts }) => facts);
        if (json) return print(types);
        for (const { name, queue: of, attempts, firstRetryMs, softLimitMs } of types)
          process.stdout.write(
            `${name.padEnd(11)} ${of.padEnd(11)} ${attempts} attempts, first retry after ${firstRetryMs / 1000} s, at most ${softLimitMs / 60_000} min\n`,
          );
      }),
    );
  return command;
}

async function findJob(queue: JobQueue, id: string): Promise<JobStatus> {
  const job = await queue.status(id);
  if (!job) throw new HansardError('unknown_job', `there is no job ${id}; see: npx hansard jobs list`);
  return job;
}

function isStage(id: string): boolean {
  return STAGES.some(stage => id.startsWith(`${stage}.`));
}

function tellBot(config: Config, topic: 'retry', id: string): void {
  const store = openMeetingStore(config);
  try {
    store.outbox.put({ topic, meetingId: id.slice(id.indexOf('.') + 1), payload: { who: localUser() } });
  } finally {
    store.close();
  }
}

function presentJob({
  id,
  queue,
  state,
  priority,
  failedAttempts,
  maxAttempts,
  crashes,
  failure,
  progress,
}: JobStatus): string {
  const facts = [
    `priority ${priority}`,
    state === 'running' ? `${Math.round(progress * 100)} %` : undefined,
    failedAttempts > 0 ? `failed ${failedAttempts} of ${maxAttempts} times` : undefined,
    crashes > 0 ? `crashed ${crashes} times` : undefined,
    failure ? `${failure.code}: ${failure.message}` : undefined,
  ];
  return `${id} ${queue} ${state}, ${facts.filter(fact => fact !== undefined).join(', ')}\n`;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Expected a whole number, 1 or more.');
  return count;
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (!(hours >= 0)) throw new InvalidArgumentError('Expected a number of hours, 0 or more.');
  return hours;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
