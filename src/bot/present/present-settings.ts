/** What a channel has chosen, in words, with a button that changes it. Pure but for reading the settings. */

import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Settings } from '../../pipeline/store/settings.ts';
import { type ChannelSettings, DEFAULT_CONSENT, readChannelSettings } from '../channel-settings.ts';
import { type Choice, LANGUAGES, STYLES, SUMMARY_LANGUAGES, TARGETS, templateChoices } from '../choices.ts';
import type { ChatChannel } from '../find-meetings.ts';
import { buttons, type ChatMessage, list, message, type Piece, paragraph } from '../message.ts';
import { ACTIONS } from './present-progress.ts';

export function presentSettings(
  settings: Settings,
  { platform, channel }: ChatChannel,
  autoByDefault: boolean,
): ChatMessage {
  const chosen = readChannelSettings(settings, `${platform}:${channel}`);
  const first = sentenceOfAuto(chosen.auto ?? autoByDefault);
  return message(first, [
    paragraph({ text: first, style: 'bold' }),
    list(lines(chosen, platform)),
    buttons({ action: ACTIONS.settings, label: 'Change', value: channel }),
  ]);
}

export function sentenceOfAuto(isOn: boolean): string {
  return isOn ? 'I take every recording that is posted here.' : 'I take recordings here when somebody asks me to.';
}

function lines(chosen: ChannelSettings, platform: string): Piece[][] {
  const {
    language,
    target,
    summaryStyle,
    summaryTemplate,
    summaryLanguage,
    glossary = [],
    consent,
    retention,
  } = chosen;
  const label = (choices: readonly Choice[], value: string) =>
    choices.find(choice => choice.value === value)?.label ?? value;
  const texts = [
    `People speak: ${label(LANGUAGES, language ?? 'auto')}`,
    // elsewhere the thread is always that of our own message
    ...(platform === SLACK_PLATFORM ? [`Minutes go ${label(TARGETS, target ?? 'thread')}`] : []),
    `The summary is ${label(STYLES, summaryStyle ?? 'standard')}`,
    `It has: ${label(templateChoices(summaryTemplate ?? 'minutes'), summaryTemplate ?? 'minutes')}`,
    `Its language is ${label(SUMMARY_LANGUAGES, summaryLanguage ?? 'meeting')}`,
    glossary.length === 0 ? 'The glossary is empty' : `The glossary has ${glossary.length} entries`,
    `Under every summary: “${consent ?? DEFAULT_CONSENT}”`,
    retention
      ? `Recordings are kept for ${retention.audioDays} days, minutes for ${retention.meetingDays}`
      : 'Recordings and minutes are kept as everywhere',
  ];
  return texts.map(text => [{ text }]);
}
