/** Numbers in words and digits: "thirty-eight thousand", "one twenty-nine", "45,000", "the nineteenth". */
import { foldWords } from './words.ts';

export interface NumberMention {
  value: number;
  /** Tokens `[from, to)`. */
  from: number;
  to: number;
  ordinal: boolean;
}

const SMALL = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/);
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ORDINALS = `zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
  fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth`.split(/\s+/);
const ORDINAL_TENS = [
  'twentieth',
  'thirtieth',
  'fortieth',
  'fiftieth',
  'sixtieth',
  'seventieth',
  'eightieth',
  'ninetieth',
];

const CARDINAL = new Map<string, number>([
  ...SMALL.map((word, value): [string, number] => [word, value]),
  ...TENS.map((word, index): [string, number] => [word, (index + 2) * 10]),
]);
const ORDINAL = new Map<string, number>([
  ...ORDINALS.map((word, value): [string, number] => [word, value]),
  ...ORDINAL_TENS.map((word, index): [string, number] => [word, (index + 2) * 10]),
]);
const SCALE = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['grand', 1e3],
]);
const CURRENCY = /^(?:euros?|dollars?|pounds?|francs?)$/;
/** Of "an hour and a half" the value is 1.5. */
const HALVED = /^(?:hour|day|week|month|year|minute|million|mile|metre|meter|kilo)$/;

/** The numbers of folded words, in order. "second" and "one" count too; callers know when they are no numbers. */
export function findNumbers(tokens: readonly string[]): NumberMention[] {
  const found: NumberMention[] = [];
  for (let from = 0; from < tokens.length; ) {
    const read = readDigits(tokens, from) ?? readWords(tokens, from);
    const mention = read ? withCents(withHalf(read, tokens), tokens) : readOneAndAHalf(tokens, from);
    if (mention) found.push(mention);
    from = mention ? mention.to : from + 1;
  }
  return found;
}

/** "six and a half grand", "four minutes and a half" */
function withHalf(mention: NumberMention, tokens: readonly string[]): NumberMention {
  if (mention.ordinal) return mention;
  const { to } = mention;
  const half = isAndAHalf(tokens, to) ? to : isAndAHalf(tokens, to + 1) ? to + 1 : undefined;
  if (half === undefined) return mention;
  const scale = SCALE.get(tokens[half + 3] ?? '') ?? 1;
  return { ...mention, value: (mention.value + 0.5) * scale, to: half + (scale > 1 ? 4 : 3) };
}

/** "seven euros fifty" */
function withCents(mention: NumberMention, tokens: readonly string[]): NumberMention {
  if (mention.ordinal || !CURRENCY.test(tokens[mention.to] ?? '')) return mention;
  const cents = readWords(tokens, mention.to + 1);
  if (!cents || cents.ordinal || cents.value < 5 || cents.value > 99) return mention;
  return { ...mention, value: mention.value + cents.value / 100, to: cents.to };
}

/** "an hour and a half" */
function readOneAndAHalf(tokens: readonly string[], from: number): NumberMention | undefined {
  const isOne = /^an?$/.test(tokens[from] ?? '') && HALVED.test(tokens[from + 1] ?? '');
  return isOne && isAndAHalf(tokens, from + 2) ? { value: 1.5, from, to: from + 5, ordinal: false } : undefined;
}

function isAndAHalf(tokens: readonly string[], at: number): boolean {
  return tokens[at] === 'and' && tokens[at + 1] === 'a' && tokens[at + 2] === 'half';
}

/** The values said in a text. */
export function numberValues(text: string): Set<number> {
  return new Set(findNumbers(foldWords(text)).map(mention => mention.value));
}

function readDigits(tokens: readonly string[], from: number): NumberMention | undefined {
  const match = /^(\d+(?:,\d{3})*(?:\.\d+)?|\d+(?:[.,]\d+)?)(k|m|st|nd|rd|th)?$/.exec(tokens[from] ?? '');
  if (!match) return undefined;
  const digits = match[1] ?? '';
  const suffix = match[2] ?? '';
  let value = Number(/^\d+,\d{1,2}$/.test(digits) ? digits.replace(',', '.') : digits.replaceAll(',', ''));
  if (suffix === 'k') value *= 1e3;
  if (suffix === 'm') value *= 1e6;
  const scale = SCALE.get(tokens[from + 1] ?? '');
  const ordinal = /^(?:st|nd|rd|th)$/.test(suffix);
  return scale ? { value: value * scale, from, to: from + 2, ordinal } : { value, from, to: from + 1, ordinal };
}

function readWords(tokens: readonly string[], from: number): NumberMention | undefined {
  let total = 0;
  let current = -1; // value below the next thousand; -1 before the first word
  let at = from;
  for (; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1] ?? '';
    const cardinal = CARDINAL.get(token);
    const ordinal = ORDINAL.get(token);
    const scale = SCALE.get(token);
    if (ordinal !== undefined && (current < 0 || fits(current, ordinal))) {
      return { value: total + Math.max(0, current) + ordinal, from, to: at + 1, ordinal: true };
    }
    if (cardinal !== undefined) {
      const joined: number = current < 0 ? cardinal : join(current, cardinal);
      if (Number.isNaN(joined)) break;
      current = joined;
    } else if (token === 'hundred' && current > 0) current *= 100;
    else if (token === 'hundred' && tokens[at - 1] === 'a') current = 100;
    else if (scale && current > 0) {
      total += current * scale;
      current = 0;
    } else if (!(token === 'and' && current >= 0 && isRound(current, total) && startsNumber(next))) break;
  }
  if (current < 0) return undefined;
  const decimal = readDecimals(tokens, at);
  const value = total + current + decimal.value;
  const scale = decimal.to > at ? SCALE.get(tokens[decimal.to] ?? '') : undefined; // "two point three million"
  return scale
    ? { value: value * scale, from, to: decimal.to + 1, ordinal: false }
    : { value, from, to: decimal.to, ordinal: false };
}

/** "one twenty-nine" is 129, "twenty twenty-six" 2026, "forty two" 42; NaN where two numbers stand side by side. */
function join(current: number, next: number): number {
  if (fits(current, next)) return current + next;
  if (next >= 10 && next < 100 && current > 0 && current < 100 && (current < 10 || current >= 10)) {
    return current < 10 || current >= 19 ? current * 100 + next : Number.NaN;
  }
  return Number.NaN;
}

function fits(current: number, next: number): boolean {
  if (current % 100 === 0) return next < 100;
  return current % 10 === 0 && current % 100 >= 20 && next > 0 && next < 10;
}

function isRound(current: number, total: number): boolean {
  return (current >= 100 && current % 100 === 0) || (current === 0 && total > 0);
}

function startsNumber(token: string): boolean {
  return CARDINAL.has(token) || ORDINAL.has(token);
}

function readDecimals(tokens: readonly string[], at: number): { value: number; to: number } {
  if (tokens[at] !== 'point') return { value: 0, to: at };
  let digits = '';
  let to = at + 1;
  for (; to < tokens.length; to++) {
    const digit = CARDINAL.get(tokens[to] ?? '');
    if (digit === undefined || digit > 9) break;
    digits += String(digit);
  }
  return digits ? { value: Number(`0.${digits}`), to } : { value: 0, to: at };
}
