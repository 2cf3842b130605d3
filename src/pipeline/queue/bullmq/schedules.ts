/** Schedules, as BullMQ's job schedulers: each keeps exactly one job in the queue, its next run. */
import { nextCronMs } from '../cron.ts';
import type { Schedule } from '../job-queue.ts';
import { PRIORITIES } from '../job-type.ts';
import type { PreparedJob } from '../prepare-job.ts';
import { asBullPriority, type BullQueue, bullOptions, type StoredData, storedData } from './stored-job.ts';

type Scheduler = Awaited<ReturnType<BullQueue['getJobSchedulers']>>[number];

/** @throws HansardError `invalid_setting` for an expression or a time zone that does not exist */
export async function putSchedule(
  bull: BullQueue,
  { id, type, payload }: PreparedJob,
  { cron, timeZone }: { cron: string; timeZone: string },
): Promise<Schedule> {
  const nextAtMs = nextCronMs(cron, timeZone, Date.now());
  const known = await bull.getJobScheduler(id);
  // unchanged: left alone, since putting it anew would skip a run that is due
  if (known && isSame(known, { cron, timeZone, payload })) return asSchedule(known);
  const data: StoredData = { payload, user: '', priority: PRIORITIES.maintenance, nonce: '' };
  const opts = bullOptions(type, asBullPriority(PRIORITIES.maintenance, 0));
  await bull.upsertJobScheduler(id, { pattern: cron, tz: timeZone }, { name: type.name, data, opts });
  const put = await bull.getJobScheduler(id);
  return put ? asSchedule(put) : { id, type: type.name, cron, timeZone, nextAtMs };
}

export async function listSchedules(bull: BullQueue): Promise<Schedule[]> {
  return (await bull.getJobSchedulers()).map(asSchedule);
}

function asSchedule({ key, name, pattern = '', tz = 'UTC', next = 0 }: Scheduler): Schedule {
  return { id: key, type: name, cron: pattern, timeZone: tz, nextAtMs: next };
}

function isSame(known: Scheduler, wanted: { cron: string; timeZone: string; payload: unknown }): boolean {
  const data = storedData.safeParse(known.template?.data).data;
  const isSameTime = known.pattern === wanted.cron && known.tz === wanted.timeZone;
  return isSameTime && data !== undefined && JSON.stringify(data.payload) === JSON.stringify(wanted.payload);
}
