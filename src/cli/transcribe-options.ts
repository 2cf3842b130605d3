/** The options of a recording on the command line; anything odd is a sentence that says what was expected. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import {
  MOST_SPEAKERS,
  parseSpeakerRange,
  type RecordingOptions,
  type SpeakerRange,
} from '../pipeline/recording-options.ts';

/** What commander makes of them. */
export interface RecordingFlags {
  language: string;
  speakers: SpeakerRange;
  model: string;
  summarizer: RecordingOptions['summarizer'];
  date?: string;
  timeZone: string;
}

export function addRecordingOptions(command: Command): Command {
  return command
    .option('--language <code>', 'language spoken: en or auto', parseLanguage, 'auto')
    .option('--speakers <n|min-max>', 'how many people speak, when you know', parseSpeakers, {
      minSpeakers: 0,
      maxSpeakers: MOST_SPEAKERS,
    })
    .addOption(
      new Option('--model <name>', 'speech recognition model')
        .choices(['moonshine-base', 'moonshine-tiny'])
        .default('moonshine-base'),
    )
    .addOption(
      new Option('--summarizer <name>', 'who writes the summary')
        .choices(['auto', 'ollama', 'extractive'])
        .default('auto'),
    )
    .option('--date <iso>', 'the meeting\'s date, for due dates such as "by Friday"', parseMeetingDate)
    .option(
      '--time-zone <tz>',
      "the meeting's time zone",
      parseTimeZone,
      Intl.DateTimeFormat().resolvedOptions().timeZone,
    );
}

export function toRecordingOptions({
  language,
  model,
  summarizer,
  timeZone,
  speakers,
  date,
}: RecordingFlags): RecordingOptions {
  return { language, model, summarizer, timeZone, ...speakers, ...(date !== undefined && { meetingDate: date }) };
}

/** `4` or `2-6`. */
export function parseSpeakers(text: string): SpeakerRange {
  const range = parseSpeakerRange(text);
  if (!range) throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_SPEAKERS}, or a range such as 2-6.`);
  return range;
}

export function parseLanguage(text: string): string {
  if (text !== 'en' && text !== 'auto') {
    throw new InvalidArgumentError('Only English (en) is recognised by the models of this version; or say auto.');
  }
  return text;
}

export function parseMeetingDate(text: string): string {
  const date = z
    .union([z.iso.date(), ...[null, -1].map(precision => z.iso.datetime({ offset: true, local: true, precision }))])
    .safeParse(text);
  if (!date.success || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('Expected an ISO date such as 2026-11-24 or 2026-11-24T09:30.');
  }
  return text;
}

export function parseTimeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('Expected an IANA time zone such as Europe/Berlin.');
  }
}
