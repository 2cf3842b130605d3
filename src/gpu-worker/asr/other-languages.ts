/** What is said to people about languages that a meeting was not in. */
import { nameOfLanguage } from '../../pipeline/languages.ts';
import type { LanguageSpan } from '../../pipeline/meeting.ts';
import type { TranscribeOptions } from '../../pipeline/ports.ts';
import type { Heard } from './hear-languages.ts';
import { joinLanguages } from './smooth-languages.ts';

/** More would hide the other warnings. */
const MOST_TOLD = 3;

/** Stretches with words in another language than the main one, in time order. */
export function findOtherLanguages(heard: readonly Heard[], main: string): LanguageSpan[] {
  const spoken = heard.filter(({ transcript }) => transcript.words.length > 0);
  return joinLanguages(spoken).filter(({ language }) => language !== main);
}

/** A sentence for each stretch that nobody had named, with the way to have it heard in the meeting's language. */
export function describeOtherLanguages(
  spans: readonly LanguageSpan[],
  main: string,
  { spokenLanguages = [] }: TranscribeOptions,
): string[] {
  const unexpected = spans.filter(
    span => !spokenLanguages.some(named => named.startMs < span.endMs && span.startMs < named.endMs),
  );
  const told = unexpected.slice(0, MOST_TOLD).map(({ startMs, endMs, language }) => {
    const stretch = `${clock(startMs)}-${clock(endMs)}`;
    return (
      `From ${clock(startMs)} to ${clock(endMs)} ${nameOfLanguage(language)} was heard in a meeting in ` +
      `${nameOfLanguage(main)}. If that is wrong, run the same command with --redo ${stretch} --language ${main}.`
    );
  });
  const more = unexpected.length - told.length;
  return more > 0 ? [...told, `The language changed ${more} more times.`] : told;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
