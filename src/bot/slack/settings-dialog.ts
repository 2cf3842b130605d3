/** The dialog of a channel's settings. Pure. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { parseGlossary } from '../../pipeline/glossary/glossary-text.ts';
import { consentSchema, targetSchema } from '../../pipeline/known-settings.ts';
import { SUMMARY_STYLES } from '../../pipeline/recording-options.ts';
import { summaryTemplateName } from '../../pipeline/render/summary-template.ts';
import { type ChannelSettings, DEFAULT_CONSENT } from '../channel-settings.ts';
import { LANGUAGES, STYLES, SUMMARY_LANGUAGES, TARGETS, templateChoices } from '../choices.ts';
import {
  GLOSSARY_HINT,
  keptDays,
  MOST_CONSENT_CHARACTERS,
  MOST_GLOSSARY_CHARACTERS,
  showGlossary,
} from '../settings-text.ts';
import { choiceField, type DialogErrors, dialogAnswers, textField, tickField } from './dialog.ts';

export const SETTINGS_DIALOG = 'hansard_settings_dialog';

export interface Defaults {
  auto: boolean;
  retention: { audioDays: number; meetingDays: number };
}

export function buildSettingsDialog(channel: string, settings: ChannelSettings, defaults: Defaults): ModalView {
  const { audioDays, meetingDays } = settings.retention ?? defaults.retention;
  return {
    type: 'modal',
    callback_id: SETTINGS_DIALOG,
    private_metadata: JSON.stringify({ channel }),
    title: { type: 'plain_text', text: 'Settings' },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Leave it' },
    blocks: [
      tickField(
        { block: 'auto', label: 'Recordings' },
        'Take every recording that is posted',
        settings.auto ?? defaults.auto,
      ),
      choiceField({ block: 'language', label: 'People speak' }, LANGUAGES, settings.language ?? 'auto'),
      choiceField({ block: 'target', label: 'Minutes go' }, TARGETS, settings.target ?? 'thread'),
      choiceField({ block: 'style', label: 'The summary is' }, STYLES, settings.summaryStyle ?? 'standard'),
      choiceField(
        { block: 'template', label: 'It has' },
        templateChoices(settings.summaryTemplate ?? 'minutes'),
        settings.summaryTemplate ?? 'minutes',
      ),
      choiceField(
        { block: 'summaryLanguage', label: 'Its language', hint: 'Only a language model can translate.' },
        SUMMARY_LANGUAGES,
        settings.summaryLanguage ?? 'meeting',
      ),
      textField(
        {
          block: 'glossary',
          label: 'Glossary',
          hint: GLOSSARY_HINT,
          isOptional: true,
        },
        { initial: showGlossary(settings.glossary ?? []).text, most: MOST_GLOSSARY_CHARACTERS, isLong: true },
      ),
      textField(
        { block: 'consent', label: 'What stands under every summary about agreement', isOptional: true },
        { initial: settings.consent ?? DEFAULT_CONSENT, most: MOST_CONSENT_CHARACTERS },
      ),
      textField(
        { block: 'audioDays', label: 'Days that recordings are kept', hint: '0: no longer than needed.' },
        { initial: String(audioDays), most: 4 },
      ),
      textField(
        { block: 'meetingDays', label: 'Days that transcripts and summaries are kept here' },
        { initial: String(meetingDays), most: 4 },
      ),
      tickField(
        { block: 'forgetDeleted', label: 'Deleted recordings' },
        'Forget the minutes when somebody deletes the recording',
        settings.forgetDeleted ?? false,
      ),
    ],
  };
}

const answersSchema = z.object({
  language: z.string(),
  target: targetSchema,
  style: z.enum(SUMMARY_STYLES),
  template: summaryTemplateName,
  summaryLanguage: z.string(),
});

export function readSettingsDialog(
  view: unknown,
): { channel: string; wanted: Partial<ChannelSettings> } | DialogErrors {
  const { private_metadata: metadata, state } = dialogAnswers.parse(view);
  const { channel } = z.object({ channel: z.string() }).parse(JSON.parse(metadata));
  const answers = Object.fromEntries(Object.entries(state.values).map(([block, { value = '' }]) => [block, value]));
  const { glossary = '', consent = '', audioDays = '', meetingDays = '', auto, forgetDeleted } = answers;
  const lines = parseGlossary(glossary);
  const errors: Record<string, string> = {};
  if (typeof lines === 'string') errors.glossary = lines;
  const kept = { audioDays: keptDays.safeParse(audioDays), meetingDays: keptDays.safeParse(meetingDays) };
  for (const [block, { success }] of Object.entries(kept))
    if (!success) errors[block] = 'A number of days, such as 90.';
  if (typeof lines === 'string' || !kept.audioDays.success || !kept.meetingDays.success) return { errors };
  const { language, target, style, template, summaryLanguage } = answersSchema.parse(answers);
  return {
    channel,
    wanted: {
      auto: auto === 'yes',
      ...{ language, target, summaryStyle: style, summaryTemplate: template, glossary: lines },
      summaryLanguage: summaryLanguage === 'meeting' ? undefined : summaryLanguage,
      consent: consentSchema.parse(consent),
      forgetDeleted: forgetDeleted === 'yes',
      retention: { audioDays: kept.audioDays.data, meetingDays: kept.meetingDays.data },
    },
  };
}
