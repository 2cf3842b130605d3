/** The options of a recording on the command line; anything odd is a sentence that says what was expected. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { RECOGNIZERS } from '../gpu-worker/models/plan-recognition.ts';
import { readGlossary } from '../pipeline/glossary/read-glossary.ts';
import { KNOWN_LANGUAGES } from '../pipeline/languages.ts';
import type { Span } from '../pipeline/meeting.ts';
import { addCorrections } from '../pipeline/meeting-change.ts';
import {
  MOST_SPEAKERS,
  parseSpeakerRange,
  type RecordingOptions,
  type SpeakerRange,
  SUMMARY_STYLES,
  type SummaryStyle,
} from '../pipeline/recording-options.ts';
import { SUMMARY_TEMPLATES, summaryTemplateName } from '../pipeline/render/summary-template.ts';

/** What commander makes of them. */
export interface RecordingFlags {
  language: string;
  redo?: readonly Span[];
  chineseScript?: 'simplified' | 'traditional';
  translate: boolean;
  glossary?: string;
  speakers: SpeakerRange;
  model?: RecordingOptions['model'];
  summarizer: RecordingOptions['summarizer'];
  summaryStyle?: SummaryStyle;
  summaryTemplate?: string;
  summaryLanguage?: string;
  date?: string;
  timeZone: string;
}

export function addRecordingOptions(command: Command): Command {
  return command
    .option('--language <code>', 'language spoken, such as en, de, zh; or auto', parseLanguage, 'auto')
    .option('--redo <from-to>', 'only this stretch is in --language, e.g. 12:30-14:10; may be given again', addStretch)
    .addOption(
      new Option('--chinese-script <name>', 'script in which Chinese is written').choices([
        'simplified',
        'traditional',
      ]),
    )
    .option('--translate', 'add an English translation of what is in other languages', false)
    .option('--glossary <file>', 'terms that may be said, one a line: Kubernetes: cooper netties, kubernetis')
    .option('--speakers <n|min-max>', 'how many people speak, when you know', parseSpeakers, {
      minSpeakers: 0,
      maxSpeakers: MOST_SPEAKERS,
    })
    .addOption(new Option('--model <name>', 'speech recognition model').choices(RECOGNIZERS))
    .addOption(
      new Option('--summarizer <name>', 'who writes the summary')
        .choices(['auto', 'ollama', 'extractive'])
        .default('auto'),
    )
    .addOption(new Option('--summary-style <name>', 'how long its abstract is').choices(SUMMARY_STYLES))
    .option(
      '--summary-template <name>',
      `what it shows: ${SUMMARY_TEMPLATES.join(', ')}, or a template of your own`,
      parseSummaryTemplate,
    )
    .option(
      '--summary-language <code>',
      'its language, when a language model writes it; that of the meeting if not given',
      parseSummaryLanguage,
    )
    .option('--date <iso>', 'the meeting\'s date, for due dates such as "by Friday"', parseMeetingDate)
    .option(
      '--time-zone <tz>',
      "the meeting's time zone",
      parseTimeZone,
      Intl.DateTimeFormat().resolvedOptions().timeZone,
    );
}

/**
 * @param defaults the model when none is named; the glossary of the installation, to which that of the flags is added
 * @throws HansardError `invalid_usage` or `invalid_setting` with a sentence
 */
export function toRecordingOptions(
  flags: RecordingFlags,
  { model: defaultModel, glossaryFile }: { model: string; glossaryFile: string | undefined },
): RecordingOptions {
  const {
    language,
    redo,
    chineseScript,
    translate,
    model = defaultModel,
    summarizer,
    summaryStyle,
    summaryTemplate,
    summaryLanguage,
    timeZone,
    speakers,
    date,
  } = flags;
  const glossary = addCorrections(
    glossaryFile === undefined ? [] : readGlossary(glossaryFile, 'invalid_setting'),
    flags.glossary === undefined ? [] : readGlossary(flags.glossary, 'invalid_usage'),
  );
  if (redo && language === 'auto') {
    throw new HansardError('invalid_usage', 'Say with --language in which language the stretch of --redo is.');
  }
  return {
    ...{ language: redo ? 'auto' : language, model, summarizer, timeZone, ...speakers },
    ...(redo && { spokenLanguages: redo.map(span => ({ ...span, language })) }),
    ...(chineseScript && { chineseScript }),
    ...(translate && { translate }),
    ...(summaryStyle && { summaryStyle }),
    ...(summaryTemplate !== undefined && { summaryTemplate }),
    ...(summaryLanguage !== undefined && { summaryLanguage }),
    ...(glossary.length > 0 && { glossary }),
    ...(date !== undefined && { meetingDate: date }),
  };
}

/** `4` or `2-6`. */
export function parseSpeakers(text: string): SpeakerRange {
  const range = parseSpeakerRange(text);
  if (!range) throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_SPEAKERS}, or a range such as 2-6.`);
  return range;
}

export function parseLanguage(text: string): string {
  const code = text.toLowerCase();
  if (code === 'auto' || KNOWN_LANGUAGES.includes(code)) return code;
  throw new InvalidArgumentError('Expected auto or the code of a language, such as en, de, fr, zh, yue or ja.');
}

export function parseSummaryLanguage(text: string): string {
  const code = text.toLowerCase();
  if (KNOWN_LANGUAGES.includes(code)) return code;
  throw new InvalidArgumentError('Expected the code of a language, such as en, de, fr, zh, yue or ja.');
}

/** Its form; whether there is such a template is known where the files are written. */
export function parseSummaryTemplate(text: string): string {
  if (summaryTemplateName.safeParse(text).success) return text;
  throw new InvalidArgumentError(`Expected ${SUMMARY_TEMPLATES.join(', ')}, or NAME of your summary-NAME.md.hbs.`);
}

/** `12:30-14:10` or `1:02:03-1:04:00`; commander gives what it has so far. */
export function addStretch(text: string, before: readonly Span[] = []): Span[] {
  const [startMs, endMs] = text.split('-').map(parseClock);
  if (startMs === undefined || endMs === undefined || text.split('-').length !== 2 || endMs <= startMs) {
    throw new InvalidArgumentError('Expected a stretch such as 12:30-14:10 or 1:02:03-1:04:00.');
  }
  return [...before, { startMs, endMs }];
}

function parseClock(text: string): number | undefined {
  const match = /^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)$/.exec(text.trim());
  if (!match) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
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
