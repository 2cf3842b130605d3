/**
 * Due dates as said, and the day they mean. chrono-node reads full dates; what it misreads or does not know ("end of
 * Q1", "EOD", "by the eleventh", "next Wednesday" as next week's) is settled here first.
 */
import { en } from 'chrono-node';
import {
  addDays,
  type Day,
  endOfMonth,
  endOfQuarter,
  endOfWeek,
  nextDayOfMonth,
  toIso,
  weekdayOf,
} from './calendar.ts';
import { findNumbers } from './numerals.ts';
import { foldWords } from './words.ts';

export interface DueMention {
  /** With its preposition: "by Friday". */
  text: string;
  /** ISO date; null where the day cannot be known from the words. */
  date: string | null;
  /** Characters `[from, to)` of the text. */
  from: number;
  to: number;
  /** "the launch" in "before the launch": a decision may give its date. */
  event?: string;
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const WEEKDAY = WEEKDAYS.join('|');
const ORDINAL_WORD =
  '(?:\\d{1,2}(?:st|nd|rd|th)|(?:twenty|thirty)[- ]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)';
const MONTH = '(?:january|february|march|april|may|june|july|august|september|october|november|december)';

const LEAD =
  '(?:first thing )?(?:(?:no later than|not later than|by|before|until|till|on|over|due|within|for|at|in)\\s+(?:the\\s+)?)?';

interface Rule {
  pattern: RegExp;
  resolve(match: RegExpExecArray, today: Day): Day | null;
}

const RULES: Rule[] = [
  {
    pattern: rule(
      `(?:the )?end of (?:the )?(?:first|second|third|fourth) quarter|(?:the )?end of (?:the )?q[1-4]|q[1-4]`,
    ),
    resolve: quarter,
  },
  {
    pattern: rule(
      `(?:(?:the )?(?:end|close) of (?:the )?(?:business )?(?:day|today|play|business)|eod|cob)(?:,? (?:on )?(tomorrow|${WEEKDAY}))?`,
    ),
    resolve: (match, today) => endOfDay(match[1]?.toLowerCase(), today),
  },
  {
    pattern: rule(`(?:the )?end of next week|(?:early |later |some ?time )?next week`),
    resolve: (_, today) => endOfWeek(today, 1),
  },
  { pattern: rule(`next weekend`), resolve: (_, today) => addDays(today, 14 - weekdayOf(today)) },
  {
    pattern: rule(`(?:the )?end of (?:the|this) week|end of week|eow|(?:later )?this week|the weekend|this weekend`),
    resolve: (match, today) => (/weekend/i.test(match[0]) ? addDays(today, 7 - weekdayOf(today)) : endOfWeek(today, 0)),
  },
  { pattern: rule(`(?:the )?end of next month|next month`), resolve: (_, today) => endOfMonth(today, 1) },
  {
    pattern: rule(`(?:the )?end of (?:the|this) month|end of month|eom|this month`),
    resolve: (_, today) => endOfMonth(today, 0),
  },
  {
    pattern: rule(`(?:the )?end of (?:the|this) quarter`),
    resolve: (_, today) => endOfQuarter(today, Math.ceil(today.month / 3)),
  },
  {
    pattern: rule(`(?:the )?end of (?:the|this) year|year[- ]end`),
    resolve: (_, today) => ({ ...today, month: 12, day: 31 }),
  },
  { pattern: rule(`(?:the )?end of (${MONTH})`), resolve: (match, today) => endOfNamedMonth(match[1] ?? '', today) },
  { pattern: rule(`christmas(?: eve)?`), resolve: (match, today) => holiday(match, today, 12, 25) },
  { pattern: rule(`(?:the )?new year(?:'s(?: day| eve)?)?`), resolve: (match, today) => holiday(match, today, 1, 1) },
  {
    pattern: rule(`a week (?:from|on) (${WEEKDAY})|(${WEEKDAY}) week`),
    resolve: (match, today) => addDays(nextWeekday(today, match[1] ?? match[2] ?? ''), 7),
  },
  { pattern: rule(`(${WEEKDAY}),? (?:of )?next week`), resolve: (match, today) => weekdayIn(today, match[1] ?? '', 1) },
  {
    pattern: rule(`(?:${WEEKDAY}),? (?:the )?(${ORDINAL_WORD})(?! (?:of )?${MONTH}| of \\p{L})`),
    resolve: (match, today) => dayNumbered(match[1] ?? '', today),
  },
  { pattern: rule(`next (${WEEKDAY})`), resolve: (match, today) => weekdayIn(today, match[1] ?? '', 1) },
  {
    pattern: rule(
      `(?:this |this coming |the coming |coming )?(${WEEKDAY})(?: (?:morning|afternoon|evening|night|noon|lunchtime))?(?!s|,? (?:the )?${ORDINAL_WORD}|,? (?:${MONTH}))`,
    ),
    resolve: (match, today) => nextWeekday(today, match[1] ?? ''),
  },
  { pattern: rule(`(?:later )?today|tonight|this (?:morning|afternoon|evening)`), resolve: (_, today) => today },
  { pattern: rule(`the day after tomorrow`), resolve: (_, today) => addDays(today, 2) },
  {
    pattern: rule(`tomorrow(?: (?:morning|afternoon|evening|night|noon|lunchtime))?`),
    resolve: (_, today) => addDays(today, 1),
  },
  {
    pattern: new RegExp(
      `\\b(?:by|on|before|until|till|for) the (${ORDINAL_WORD})(?=[,.;?!]|$| (?:and|at|so|then|if|instead|rather|latest|of (?:this|the|next) month)\\b)`,
      'giu',
    ),
    resolve: (match, today) => dayNumbered(match[1] ?? '', today),
  },
];

const EVENT =
  /\b(?:before|until|by|in time for|ahead of) (?:the|our) (?!way\b|time\b|moment\b|look|sound|book\b|end\b|end of\b|rest\b|others?\b)(?:next )?([\p{L}-]+(?: [\p{L}-]+)?)(?=[,.;?!]|$| (?:and|so|because|but)\b)/giu;

/** Every day or deadline that is said, in order of place; past days are left out. */
export function findDueMentions(text: string, today: Day): DueMention[] {
  const found: DueMention[] = [];
  const add = (mention: DueMention) => {
    if (found.every(({ from, to }) => mention.to <= from || mention.from >= to)) found.push(mention);
  };
  for (const { pattern, resolve } of RULES) {
    for (const match of text.matchAll(pattern)) {
      const day = resolve(match, today);
      if (isPast(text, match.index)) continue;
      add({ text: match[0], date: day ? toIso(day) : null, from: match.index, to: match.index + match[0].length });
    }
  }
  for (const mention of parseWithChrono(text, today)) add(mention);
  for (const match of text.matchAll(EVENT)) {
    add({ text: match[0], date: null, from: match.index, to: match.index + match[0].length, event: match[1] ?? '' });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** The deadline among the days that are said: "by" counts more than "on", a day that was given up counts nothing. */
export function findDue(text: string, today: Day): DueMention | undefined {
  const candidates = findDueMentions(text, today).filter(({ from }) => !isGivenUp(text, from));
  // "the room for the twenty-fifth" says when it is needed
  const urgency = (said: string) =>
    /^(?:by|before|until|till|no later|not later|due|within)\b/i.test(said) ? 2 : /^(?:for|at)\b/i.test(said) ? 0.5 : 1;
  // "… and you'll have it Monday"
  const isDelivery = (from: number) =>
    /\byou(?:'ll| will| can)? (?:have|get) (?:it|them|that)\s+$/i.test(text.slice(0, from));
  const weigh = ({ text: said, date, from }: DueMention) =>
    urgency(said) + (date ? 0.5 : 0) + (isDelivery(from) ? 2 : 0);
  return candidates.toSorted((a, b) => weigh(b) - weigh(a) || a.from - b.from)[0];
}

function rule(core: string): RegExp {
  return new RegExp(`\\b${LEAD}(?:${core})\\b`, 'giu');
}

/** "last Friday", "instead of the fourth": not a day to come. */
function isPast(text: string, from: number): boolean {
  return /\b(?:last|since|past|previous|ago|every|each|until last)\s+$/i.test(text.slice(0, from));
}

function isGivenUp(text: string, from: number): boolean {
  return /\b(?:instead of|rather than|not|was|were|from|no longer)\s+(?:by\s+|on\s+|the\s+)?$/i.test(
    text.slice(0, from),
  );
}

/** Without one of these no date is said; most sentences are spared the parser, which is the dearest rule here. */
const HINT = new RegExp(
  `\\d|\\b(?:${WEEKDAY}|${MONTH}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\b|days?|weeks?|fortnight|months?|years?|hours?|noon|midnight|tomorrow)`,
  'iu',
);

function parseWithChrono(text: string, today: Day): DueMention[] {
  if (!HINT.test(text)) return [];
  const noon = new Date(Date.UTC(today.year, today.month - 1, today.day, 12));
  return en.GB.parse(text, { instant: noon, timezone: 0 }, { forwardDate: true }).flatMap(result => {
    const { start } = result;
    if (start.isCertain('hour') && !start.isCertain('day')) return [];
    if (/\ba (?:second|minute)\b|\b(?:seconds|minutes|now)\b/iu.test(result.text)) return []; // "a second monitor"
    const monthOnly = start.isCertain('month') && !start.isCertain('day');
    // "sat", "sun", "may" and "march" are words too
    if (!monthOnly && !start.isCertain('day')) return [];
    if (monthOnly && !/^(?:\p{Lu}|next|this)/u.test(result.text)) return [];
    const date = toIso({ year: start.get('year') ?? 0, month: start.get('month') ?? 1, day: start.get('day') ?? 1 });
    if (date < toIso(today) || isPast(text, result.index)) return [];
    const lead =
      new RegExp(`${LEAD}(?:(?:${WEEKDAY}),? (?:the )?)?$`, 'i').exec(text.slice(0, result.index))?.[0] ?? '';
    if (monthOnly && !/^(?:by|before|until|till|in)\b/i.test(lead)) return [];
    // "sixty days overdue" names no day, "in sixty days" does
    if (/^\S+ (?:days?|weeks?|months?|years?)$/iu.test(result.text) && !/^(?:in|within)\b/iu.test(lead)) return [];
    const from = result.index - lead.length;
    const to = result.index + result.text.length;
    return [{ text: text.slice(from, to), date: monthOnly ? null : date, from, to }];
  });
}

function quarter(match: RegExpExecArray, today: Day): Day {
  const said = match[0].toLowerCase();
  const number = Number(/q([1-4])/.exec(said)?.[1] ?? 0);
  const named = ['first', 'second', 'third', 'fourth'].findIndex(word => said.includes(word)) + 1;
  return endOfQuarter(today, number || named);
}

/** "EOD tomorrow", "end of day Friday", "end of the day". */
function endOfDay(day: string | undefined, today: Day): Day {
  if (day === undefined) return today;
  return day === 'tomorrow' ? addDays(today, 1) : nextWeekday(today, day);
}

function endOfNamedMonth(name: string, today: Day): Day {
  const month = new Date(`${name} 1, 2000 UTC`).getUTCMonth() + 1;
  return endOfMonth({ year: today.year + (month < today.month ? 1 : 0), month, day: 1 }, 0);
}

/** The day itself; with "before", the day before it. */
function holiday(match: RegExpExecArray, today: Day, month: number, day: number): Day {
  const eve = /^before\b|eve$/i.test(match[0]);
  const inYear = { year: today.year, month, day };
  const next = toIso(inYear) < toIso(today) ? { ...inYear, year: today.year + 1 } : inYear;
  return eve ? addDays(next, -1) : next;
}

/** The next such weekday after today. */
function nextWeekday(today: Day, name: string): Day {
  const ahead = (indexOfWeekday(name) - weekdayOf(today) + 7) % 7;
  return addDays(today, ahead || 7);
}

function weekdayIn(today: Day, name: string, weeks: number): Day {
  return addDays(today, indexOfWeekday(name) - weekdayOf(today) + 7 * weeks);
}

function indexOfWeekday(name: string): number {
  return WEEKDAYS.indexOf(name.toLowerCase()) + 1;
}

function dayNumbered(ordinal: string, today: Day): Day | null {
  const day = findNumbers(foldWords(ordinal))[0]?.value;
  return (day && nextDayOfMonth(today, day)) || null;
}
