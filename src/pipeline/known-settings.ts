/** Every setting that people change while Hansard runs: its name, where it may stand, and what it may be. */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { nextCronMs } from './queue/cron.ts';

/** Days after a meeting is over; 0 means at once. */
export const retentionSchema = z.strictObject({ audioDays: z.number().min(0), meetingDays: z.number().min(0) });

/** The names of the settings. */
export const RETENTION_SETTING = 'retention';
export const AUTO_SETTING = 'auto-process';
export const scheduleSetting = (task: string): string => `schedule.${task}`;

interface KnownSetting {
  schema: z.ZodType;
  /** `global`, or a channel as `platform:channel`. */
  scope: 'global' | 'channel' | 'either';
  does: string;
}

const known: Record<string, KnownSetting> = {
  [RETENTION_SETTING]: {
    schema: retentionSchema,
    scope: 'either',
    does: 'how long recordings and meetings are kept: {"audioDays":7,"meetingDays":90}',
  },
  [AUTO_SETTING]: { schema: z.boolean(), scope: 'channel', does: 'take every recording that is posted: true or false' },
  ...Object.fromEntries(
    ['retention', 'clean-up', 'sweep', 'health', 'backup'].map(task => [
      scheduleSetting(task),
      { schema: z.string(), scope: 'global', does: `when the task ${task} runs: "15 3 * * *"` } satisfies KnownSetting,
    ]),
  ),
};

export const knownSettings: readonly { name: string; scope: KnownSetting['scope']; does: string }[] = Object.entries(
  known,
).map(([name, { scope, does }]) => ({ name, scope, does }));

/** @throws HansardError `invalid_setting` that says what is wrong with it */
export function checkSetting(scope: string, name: string, value: unknown): void {
  const setting = known[name];
  if (!setting)
    throw new HansardError(
      'invalid_setting',
      `there is no setting ${name}; there are ${Object.keys(known).join(', ')}`,
    );
  const isGlobal = scope === 'global';
  if (!isGlobal && !/^[a-z]+:.+$/.test(scope))
    throw new HansardError('invalid_setting', `${scope} is neither "global" nor a channel such as slack:C0123456789`);
  if (setting.scope !== 'either' && (setting.scope === 'global') !== isGlobal)
    throw new HansardError(
      'invalid_setting',
      `${name} is set ${setting.scope === 'global' ? 'globally' : 'per channel'}`,
    );
  const parsed = setting.schema.safeParse(value);
  if (!parsed.success) throw new HansardError('invalid_setting', `${name}: ${z.prettifyError(parsed.error)}`);
  if (name.startsWith(scheduleSetting(''))) nextCronMs(String(value), 'UTC', Date.now());
}
