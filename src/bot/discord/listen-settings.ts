/** Hears what a channel wants: menus that count at once, and a dialog for what has to be written. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { parseGlossary } from '../../pipeline/glossary/glossary-text.ts';
import { consentSchema } from '../../pipeline/known-settings.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import { SUMMARY_STYLES } from '../../pipeline/recording-options.ts';
import { summaryTemplateName } from '../../pipeline/render/summary-template.ts';
import {
  assertMayTakeAll,
  type ChannelSettings,
  DEFAULT_CONSENT,
  readChannelSettings,
  writeChannelSettings,
} from '../channel-settings.ts';
import { LANGUAGES, STYLES, SUMMARY_LANGUAGES, templateChoices } from '../choices.ts';
import { context } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { presentSettings } from '../present/present-settings.ts';
import {
  GLOSSARY_HINT,
  keepHidden,
  keptDays,
  MOST_CONSENT_CHARACTERS,
  MOST_GLOSSARY_CHARACTERS,
  showGlossary,
} from '../settings-text.ts';
import { buildForm, withChoice } from './forms.ts';
import type { Heard } from './handlers.ts';
import { buildModal, textField } from './modal.ts';
import type { DiscordParts } from './parts.ts';
import { assertMaySet } from './rights.ts';

const SET = 'set';
const WRITE = 'write';
const WRITE_MODAL = 'written';
const ON = 'on';
const OFF = 'off';

const AUTO_CHOICES = [
  { value: OFF, label: 'only when somebody asks' },
  { value: ON, label: 'every one that is posted' },
];
const DELETED_CHOICES = [
  { value: OFF, label: 'the minutes stay' },
  { value: ON, label: 'the minutes are forgotten' },
];

/** What one menu sets; undefined where that is no choice of it. */
const choiceOf: Record<string, (value: string) => Partial<ChannelSettings> | undefined> = {
  auto: value => ({ auto: value === ON }),
  deleted: value => ({ forgetDeleted: value === ON }),
  language: value => (LANGUAGES.some(one => one.value === value) ? { language: value } : undefined),
  style: value => wish(z.enum(SUMMARY_STYLES), value, summaryStyle => ({ summaryStyle })),
  template: value => wish(summaryTemplateName, value, summaryTemplate => ({ summaryTemplate })),
  summaryLanguage(value) {
    if (!SUMMARY_LANGUAGES.some(one => one.value === value)) return undefined;
    return { summaryLanguage: value === 'meeting' ? undefined : value };
  },
};

function wish<T>(schema: z.ZodType<T>, value: string, set: (value: T) => Partial<ChannelSettings>) {
  const parsed = schema.safeParse(value);
  return parsed.success ? set(parsed.data) : undefined;
}

export function listenToSettings({ handlers, store, defaults, readsAll, autoProcess }: DiscordParts): void {
  const scopeOf = (channel: string) => `${DISCORD_PLATFORM}:${channel}`;
  const write = (wanted: Partial<ChannelSettings>, { caller }: Heard) =>
    writeChannelSettings(store.settings, scopeOf(caller.channel), wanted, `${DISCORD_PLATFORM}:${caller.user}`);
  const show = ({ caller }: Heard) =>
    presentSettings(store.settings, { platform: DISCORD_PLATFORM, channel: caller.channel }, defaults.auto);

  handlers.onCommand('settings', async heard => await heard.responder.say(show(heard)));
  handlers.onAction(ACTIONS.settings, async ({ caller, responder }) => {
    assertMaySet(caller);
    const settings = readChannelSettings(store.settings, scopeOf(caller.channel));
    await responder.sayComponents(buildSettingsForm(caller.channel, settings, defaults.auto));
  });
  handlers.onAction(SET, async heard => {
    const { caller, responder, detail, chosen, interaction } = heard;
    assertMaySet(caller);
    const wanted = Object.hasOwn(choiceOf, detail) ? choiceOf[detail]?.(chosen[0] ?? '') : undefined;
    if (!wanted) return await responder.say('I do not know that choice any more. Type /transcribe settings again.');
    assertMayTakeAll(wanted, autoProcess);
    if (wanted.auto && !readsAll) throw new HansardError('intents_refused', 'auto-process');
    write(wanted, heard);
    const form = interaction.message?.components ?? [];
    await responder.update(withChoice(form, interaction.data?.custom_id ?? '', chosen));
  });

  handlers.onAction(WRITE, async ({ caller, responder }) => {
    assertMaySet(caller);
    const settings = readChannelSettings(store.settings, scopeOf(caller.channel));
    await responder.open(buildWriteModal(caller.channel, settings, defaults.retention));
  });
  handlers.onAction(WRITE_MODAL, async heard => {
    const { caller, responder, answers } = heard;
    assertMaySet(caller);
    const { glossary = '', consent = '', audioDays = '', meetingDays = '' } = Object.fromEntries(answers);
    const lines = parseGlossary(glossary);
    if (typeof lines === 'string') return await responder.say(`Glossary: ${lines}`);
    const days = z.object({ audioDays: keptDays, meetingDays: keptDays }).safeParse({ audioDays, meetingDays });
    if (!days.success || audioDays === '' || meetingDays === '')
      return await responder.say('Days are a number, such as 90.');
    const { glossary: before } = readChannelSettings(store.settings, scopeOf(caller.channel));
    write({ glossary: keepHidden(before, lines), consent: consentSchema.parse(consent), retention: days.data }, heard);
    await responder.say(show(heard));
  });
}

/** What can be chosen for a channel. */
export function buildSettingsForm(channel: string, settings: ChannelSettings, autoByDefault: boolean) {
  const { language, summaryStyle, summaryTemplate, summaryLanguage, forgetDeleted } = settings;
  return buildForm({
    ...{
      title: 'Settings of this channel',
      blocks: [context('Each choice counts at once.')],
      action: SET,
      value: channel,
    },
    fields: [
      { name: 'auto', label: 'Recordings', choices: AUTO_CHOICES, chosen: (settings.auto ?? autoByDefault) ? ON : OFF },
      { name: 'language', label: 'People speak', choices: LANGUAGES, chosen: language ?? 'auto' },
      { name: 'style', label: 'The summary is', choices: STYLES, chosen: summaryStyle ?? 'standard' },
      {
        name: 'template',
        label: 'It has',
        choices: templateChoices(summaryTemplate ?? 'minutes'),
        chosen: summaryTemplate ?? 'minutes',
      },
      {
        name: 'summaryLanguage',
        label: 'Its language',
        choices: SUMMARY_LANGUAGES,
        chosen: summaryLanguage ?? 'meeting',
      },
      { name: 'deleted', label: 'Recording deleted', choices: DELETED_CHOICES, chosen: forgetDeleted ? ON : OFF },
    ],
    buttons: [{ action: WRITE, label: 'Glossary, agreement, days kept …', value: channel }],
  });
}

/** What has to be written. */
export function buildWriteModal(
  channel: string,
  { glossary = [], consent, retention }: ChannelSettings,
  kept: { audioDays: number; meetingDays: number },
) {
  const { audioDays, meetingDays } = retention ?? kept;
  return buildModal('Settings of this channel', `${WRITE_MODAL}:${channel}`, [
    textField(
      {
        id: 'glossary',
        label: 'Glossary',
        hint: GLOSSARY_HINT,
        isOptional: true,
      },
      { initial: showGlossary(glossary).text, most: MOST_GLOSSARY_CHARACTERS, isLong: true },
    ),
    textField(
      { id: 'consent', label: 'Under every summary, about agreement', isOptional: true },
      { initial: consent ?? DEFAULT_CONSENT, most: MOST_CONSENT_CHARACTERS },
    ),
    textField(
      { id: 'audioDays', label: 'Days that recordings are kept', hint: '0: no longer than needed.' },
      { initial: String(audioDays), most: 4 },
    ),
    textField(
      { id: 'meetingDays', label: 'Days that minutes are kept here' },
      { initial: String(meetingDays), most: 4 },
    ),
  ]);
}
