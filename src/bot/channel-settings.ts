/** What a channel has chosen, on every platform alike: what people see, and what its recordings are processed with. */
import { z } from 'zod';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import {
  AUTO_SETTING,
  CONSENT_SETTING,
  consentSchema,
  FORGET_DELETED_SETTING,
  GLOSSARY_SETTING,
  LANGUAGE_SETTING,
  RETENTION_SETTING,
  retentionSchema,
  SUMMARY_LANGUAGE_SETTING,
  SUMMARY_STYLE_SETTING,
  SUMMARY_TEMPLATE_SETTING,
  TARGET_SETTING,
  targetSchema,
} from '../pipeline/known-settings.ts';
import { addCorrections } from '../pipeline/meeting-change.ts';
import {
  type Correction,
  glossarySchema,
  type RecordingOptions,
  SUMMARY_STYLES,
} from '../pipeline/recording-options.ts';
import { summaryTemplateName } from '../pipeline/render/summary-template.ts';
import type { Settings } from '../pipeline/store/settings.ts';

const fields = {
  auto: { name: AUTO_SETTING, schema: z.boolean() },
  language: { name: LANGUAGE_SETTING, schema: z.string() },
  summaryLanguage: { name: SUMMARY_LANGUAGE_SETTING, schema: z.string() },
  summaryStyle: { name: SUMMARY_STYLE_SETTING, schema: z.enum(SUMMARY_STYLES) },
  summaryTemplate: { name: SUMMARY_TEMPLATE_SETTING, schema: summaryTemplateName },
  target: { name: TARGET_SETTING, schema: targetSchema },
  glossary: { name: GLOSSARY_SETTING, schema: glossarySchema },
  consent: { name: CONSENT_SETTING, schema: consentSchema },
  forgetDeleted: { name: FORGET_DELETED_SETTING, schema: z.boolean() },
  retention: { name: RETENTION_SETTING, schema: retentionSchema },
} as const;

type Field = keyof typeof fields;
/** Undefined where the channel has chosen nothing. */
export type ChannelSettings = { [Name in Field]: z.infer<(typeof fields)[Name]['schema']> | undefined };

export const DEFAULT_CONSENT = 'Please make sure that everybody in this recording agreed to it.';

/** @param scope `platform:channel` */
export function readChannelSettings(settings: Settings, scope: string): ChannelSettings {
  const find = <T>({ name, schema }: { name: string; schema: z.ZodType<T> }) => settings.find(scope, name, schema);
  return {
    auto: find(fields.auto),
    language: find(fields.language),
    summaryLanguage: find(fields.summaryLanguage),
    summaryStyle: find(fields.summaryStyle),
    summaryTemplate: find(fields.summaryTemplate),
    target: find(fields.target),
    glossary: find(fields.glossary),
    consent: find(fields.consent),
    forgetDeleted: find(fields.forgetDeleted),
    retention: find(fields.retention),
  };
}

/** What is undefined goes back to the default; what is not named stays. */
export function writeChannelSettings(
  settings: Settings,
  scope: string,
  wanted: Partial<ChannelSettings>,
  who: string,
): void {
  const before = readChannelSettings(settings, scope);
  for (const [field, value] of Object.entries(wanted)) {
    const { name } = fields[field as Field];
    if (JSON.stringify(before[field as Field]) === JSON.stringify(value)) continue;
    if (value === undefined) settings.unset(scope, name, who);
    else settings.set(scope, name, value, who);
  }
}

/**
 * The installation's own `HANSARD_AUTO_PROCESS=off` holds in every channel.
 * @throws HansardError `auto_off`
 */
export function assertMayTakeAll({ auto }: Partial<ChannelSettings>, autoProcess: Config['autoProcess']): void {
  if (auto && autoProcess === 'off') throw new HansardError('auto_off', '');
}

/** What a recording of the channel is processed with, over what holds everywhere. */
export function optionsOfChannel(
  { language, summaryLanguage, summaryStyle, summaryTemplate, glossary }: ChannelSettings,
  everywhere: RecordingOptions,
): RecordingOptions {
  return {
    ...everywhere,
    ...(language !== undefined && { language }),
    ...(summaryLanguage !== undefined && { summaryLanguage }),
    ...(summaryStyle !== undefined && { summaryStyle }),
    ...(summaryTemplate !== undefined && { summaryTemplate }),
    ...(glossary !== undefined && { glossary: addCorrections(everywhere.glossary ?? [], glossary) }),
  };
}

/** A word that was put right in one meeting is written so in the next ones. */
export function addToGlossary(settings: Settings, scope: string, added: readonly Correction[], who: string): void {
  const { glossary = [] } = readChannelSettings(settings, scope);
  writeChannelSettings(settings, scope, { glossary: addCorrections(glossary, added) }, who);
}
