/** Reads the options of `hansard transcribe`; anything odd is a sentence that says what was expected. */
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { MOST_SPEAKERS } from '../pipeline/recording-options.ts';

export interface SpeakerRange {
  minSpeakers: number;
  maxSpeakers: number;
}

/** `4` or `2-6`. */
export function parseSpeakers(text: string): SpeakerRange {
  const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(text);
  const min = Number(match?.[1]);
  const max = Number(match?.[2] ?? match?.[1]);
  if (!match || min < 1 || max < min || max > MOST_SPEAKERS) {
    throw new InvalidArgumentError(`Expected a number from 1 to ${MOST_SPEAKERS}, or a range such as 2-6.`);
  }
  return { minSpeakers: min, maxSpeakers: max };
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
