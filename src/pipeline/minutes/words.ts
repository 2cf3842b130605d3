/** Folding, stems and stop words: how texts are compared. */

const TOKEN = /[\p{L}\p{N}]+(?:['.,][\p{L}\p{N}]+)*/gu;

/** Lower-case words; hyphens split ("forty-two" → forty, two), inner apostrophes, dots and commas stay ("45,000"). */
export function foldWords(text: string): string[] {
  return text.normalize('NFKC').replace(/[’‘`]/g, "'").toLowerCase().match(TOKEN) ?? [];
}

const STOP_WORDS = new Set(
  `a about above after again against all also always am an and any anybody anyone anything are around as at away back
  be because been before being below between both but by came can can't cannot come could couldn't did didn't do does
  doesn't doing don't done down during each either else even ever every everybody everyone everything few fine first for
  from further get gets getting give go goes going gonna good got great guess had has have haven't having he he'd he'll
  he's hello her here here's hers hi him his how how's i i'd i'll i'm i've if in instead into is isn't it it'd it'll it's
  its itself just know last let let's like little look lot lots made make makes making many may maybe me mean might more
  morning most much must my need needs never new next no nobody none not nothing now of off oh ok okay on once one ones
  only or other our out over own people perfect perhaps please probably put quite rather really right said same saw say
  says see she should so some somebody someone something sorry sort still such sure take than thank thanks that that'd
  that'll that's the their them then there there's these they they'd they'll they're they've thing things think this
  those though through till to today together tomorrow too under until up us use very want wants was wasn't way we we'd
  we'll we're we've well went were weren't what what's when where where's whether which while who who's whole whose why
  will with won't would wouldn't yeah yep yes yesterday yet you you'd you'll you're you've your yours
  um uh er erm hmm mm hm mhm mmm ah aha basically actually honestly definitely certainly exactly anyway kind stuff`
    .split(/\s+/)
    .filter(Boolean),
);

export function isStopWord(token: string): boolean {
  return STOP_WORDS.has(token);
}

/** Rough English stem: enough to match "quotes" with "quote" and "booked" with "booking", not to be read. */
export function stem(token: string): string {
  let word = token.replace(/'(?:s|re|ll|ve|d|m)?$/u, '');
  if (word.length > 4) word = word.replace(/ies$|ied$/u, 'y').replace(/(?<=[sxz]|ch|sh)es$/u, '');
  if (word.length > 3) word = word.replace(/(?<=[^s])s$/u, '');
  if (word.length > 5) word = word.replace(/(?:ing|ed)$/u, '').replace(/([bdgmnprt])\1$/u, '$1');
  return word.length > 3 ? word.replace(/e$/u, '') : word;
}

/** Stems of the words that carry meaning. */
export function contentStems(text: string): Set<string> {
  return new Set(
    foldWords(text)
      .filter(token => !STOP_WORDS.has(token) && token.length > 1)
      .map(stem),
  );
}

/** How much of the smaller set lies in the other, 0..1. */
export function overlapOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const smaller = Math.min(a.size, b.size);
  return smaller === 0 ? 0 : countShared(a, b) / smaller;
}

export function countShared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const one of a) if (b.has(one)) shared++;
  return shared;
}

/** First letter as a capital, end without commas and full stops. */
export function tidy(text: string): string {
  const trimmed = text
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:–—-]+|[\s,;:–—.-]+$/gu, '')
    .replace(/\s+([,.?!])/g, '$1');
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}
