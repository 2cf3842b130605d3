/** Every setting that people change while Hansard runs: its name, where it may stand, and what it may be. */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { nextCronMs } from './queue/cron.ts';
import { glossarySchema, recordingOptions, SUMMARY_STYLES } from './recording-options.ts';
import { SUMMARY_TEMPLATES, summaryTemplateName } from './render/summary-template.ts';

/** Days after a meeting is over; 0 means at once. */
export const retentionSchema = z.strictObject({ audioDays: z.number().min(0), meetingDays: z.number().min(0) });

/** The names of the settings. */
export const RETENTION_SETTING = 'retention';
export const AUTO_SETTING = 'auto-process';
export const LANGUAGE_SETTING = 'language';
export const SUMMARY_LANGUAGE_SETTING = 'summary-language';
export const SUMMARY_STYLE_SETTING = 'summary-style';
export const SUMMARY_TEMPLATE_SETTING = 'summary-template';
export const TARGET_SETTING = 'target';
export const GLOSSARY_SETTING = 'glossary';
export const CONSENT_SETTING = 'consent-notice';
export const FORGET_DELETED_SETTING = 'forget-deleted';
/** The switch of the whole workspace: without it nobody is enrolled and nobody matched. */
export const VOICES_SETTING = 'voices';
export const scheduleSetting = (task: string): string => `schedule.${task}`;

/** Where minutes go: the thread of the recording, or a message of their own in its channel. */
export const targetSchema = z.enum(['thread', 'channel']);
export const consentSchema = z.string().max(300);

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
  [LANGUAGE_SETTING]: {
    schema: recordingOptions.shape.language,
    scope: 'channel',
    does: 'the language that is spoken: "en", or "auto"',
  },
  [SUMMARY_LANGUAGE_SETTING]: {
    schema: recordingOptions.shape.summaryLanguage.unwrap(),
    scope: 'channel',
    does: 'the language of the summary, when a language model writes it: "de"',
  },
  [SUMMARY_STYLE_SETTING]: {
    schema: z.enum(SUMMARY_STYLES),
    scope: 'channel',
    does: `how long the abstract is: ${SUMMARY_STYLES.join(', ')}`,
  },
  [SUMMARY_TEMPLATE_SETTING]: {
    schema: summaryTemplateName,
    scope: 'channel',
    does: `which parts of the summary are shown: ${SUMMARY_TEMPLATES.join(', ')}; or a template of your own, by its name`,
  },
  [TARGET_SETTING]: { schema: targetSchema, scope: 'channel', does: 'where minutes go: "thread" or "channel"' },
  [GLOSSARY_SETTING]: {
    schema: glossarySchema,
    scope: 'channel',
    does: 'terms that are said, and how they are heard: [{"written":"Kubernetes"},{"heard":"hansart","written":"Hansard"}]',
  },
  [CONSENT_SETTING]: { schema: consentSchema, scope: 'channel', does: 'a sentence that stands under every summary' },
  [FORGET_DELETED_SETTING]: {
    schema: z.boolean(),
    scope: 'channel',
    does: 'whether minutes are forgotten when somebody deletes the recording: true or false',
  },
  [VOICES_SETTING]: {
    schema: z.boolean(),
    scope: 'global',
    does: 'whether people who agreed to it are recognised by their voice: true or false',
  },
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
