/** When a schedule is due next. The same parser as BullMQ's, so both adapters read an expression alike. */
import { CronExpressionParser } from 'cron-parser';
import { HansardError } from '../../errors.ts';

/**
 * @param cron five fields, or six with seconds first
 * @param timeZone IANA name
 * @returns milliseconds since 1970, later than `afterMs`
 * @throws HansardError `invalid_setting` for an expression or a time zone that does not exist
 */
export function nextCronMs(cron: string, timeZone: string, afterMs: number): number {
  if (cron.trim().split(/\s+/).length < 5)
    throw new HansardError('invalid_setting', `the schedule "${cron}" needs five fields, as in "30 3 * * *"`);
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return CronExpressionParser.parse(cron, { tz: timeZone, currentDate: new Date(afterMs) })
      .next()
      .getTime();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HansardError('invalid_setting', `the schedule "${cron}" in ${timeZone}: ${why}`, { cause: error });
  }
}
