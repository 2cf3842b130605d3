/** Spoken numbers to digits, as Whisper's English normaliser writes them: "twenty five dollars" is "$25". */

interface NumberWord {
  kind: 'zero' | 'unit' | 'tens' | 'multiplier';
  value: number;
  /** Of ordinals and plurals ("th", "s"): the number ends here. */
  suffix: string;
}

/** A whole number that can still grow ("twenty" + "five"), or digits that are only added to at the end ("20", "0.5"). */
type Pending = number | string | undefined;

const units = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen'
  .concat(' seventeen eighteen nineteen')
  .split(' ');
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const multipliers: Record<string, number> = { hundred: 1e2, thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const irregularOrdinals: Record<string, [ordinal: string, suffix: string]> = {
  one: ['first', 'st'],
  two: ['second', 'nd'],
  three: ['third', 'rd'],
  five: ['fifth', 'th'],
  eight: ['eighth', 'th'],
  nine: ['ninth', 'th'],
  twelve: ['twelfth', 'th'],
};
const signs: Record<string, string> = { minus: '-', negative: '-', plus: '+', positive: '+' };
const currencies: Record<string, string> = { pound: '£', euro: '€', dollar: '$', cent: '¢' };
const lexicon = buildLexicon();

const NUMERAL = /^([£€$¢]?)(\d+(?:\.\d+)?)$/;
/** Longer numerals are names of things, and not exact as numbers. */
const MAX_NUMERAL_LENGTH = 15;

/**
 * Rewrites the numbers of a text in lower case without punctuation.
 * Single digits in a row are read as one name ("one oh one" is "101"); "one" itself stays a word.
 */
export function rewriteNumbers(text: string): string {
  const reader = createReader(prepare(text).split(/\s+/).filter(Boolean));
  return finish(reader.read().join(' '));
}

function buildLexicon(): Map<string, NumberWord> {
  const words = new Map<string, NumberWord>();
  for (const name of ['o', 'oh', 'zero']) words.set(name, { kind: 'zero', value: 0, suffix: '' });
  words.set('zeroth', { kind: 'unit', value: 0, suffix: 'th' });
  const add = (kind: NumberWord['kind'], name: string, value: number) => {
    const [ordinal, suffix] = irregularOrdinals[name] ?? [`${name.replace(/y$/, 'ie')}th`, 'th'];
    const plural = name.replace(/y$/, 'ie').replace(/x$/, 'xe');
    words.set(name, { kind, value, suffix: '' });
    words.set(ordinal, { kind, value, suffix });
    words.set(`${plural}s`, { kind, value, suffix: 's' });
  };
  units.forEach((name, index) => void add('unit', name, index + 1));
  tens.forEach((name, index) => void add('tens', name, 10 * (index + 2)));
  for (const [name, value] of Object.entries(multipliers)) add('multiplier', name, value);
  return words;
}

/** "two and a half" is "two point five"; a numeral and the letters beside it are two words ("5g" is "5 g"). */
function prepare(text: string): string {
  return text
    .replace(/(\S+)\s+and\s+a\s+half\b/g, (whole, word: string) => (isCardinal(word) ? `${word} point five` : whole))
    .replace(/([a-z])(\d)/g, '$1 $2')
    .replace(/(\d)([a-z])/g, '$1 $2')
    .replace(/(\d)\s+(st|nd|rd|th|s)\b/g, '$1$2');
}

function finish(text: string): string {
  return text
    .replace(
      /([€£$])(\d+) (?:and )?¢(\d{1,2})\b/g,
      (_, sign, whole, cents) => `${sign}${whole}.${cents.padStart(2, '0')}`,
    )
    .replace(/[€£$]0\.(\d{1,2})\b/g, (_, cents) => `¢${Number(cents)}`)
    .replace(/\b1(s?)\b/g, 'one$1');
}

function createReader(words: readonly string[]) {
  const output: string[] = [];
  let pending: Pending;
  let sign = '';

  function emit(text: string): void {
    output.push(sign + text);
    sign = '';
    pending = undefined;
  }

  function flush(): void {
    if (pending !== undefined) emit(String(pending));
  }

  function emitAlone(word: string): void {
    flush();
    emit(word);
  }

  /** Handles the word at `index`; returns how many words that used up. */
  function step(index: number): number {
    const word = words[index]!;
    const [previous, next] = [words[index - 1], words[index + 1]];
    const numeral = NUMERAL.exec(word);
    const known = lexicon.get(word);
    if (numeral) takeNumeral(word, numeral[1]!, numeral[2]!);
    else if (known) takeNumberWord(known, previous);
    else if (Object.hasOwn(signs, word) && startsNumber(next)) {
      flush();
      sign = signs[word]!;
    } else if (currencyOf(word) && pending !== undefined) {
      sign = currencyOf(word)!;
      flush();
    } else if (word === 'percent' && pending !== undefined) emit(`${pending}%`);
    else if (word === 'per' && next === 'cent' && pending !== undefined) {
      emit(`${pending}%`);
      return 2;
    } else if (word === 'and' && startsNumber(next) && isMultiplier(previous)) return 1;
    else if (word === 'point' && isDecimal(next)) pending = `${pending ?? ''}.`;
    else if ((word === 'double' || word === 'triple') && isDigitWord(next)) {
      pending = `${pending ?? ''}${String(lexicon.get(next)!.value).repeat(word === 'double' ? 2 : 3)}`;
      return 2;
    } else emitAlone(word);
    return 1;
  }

  function takeNumeral(word: string, currency: string, digits: string): void {
    if (typeof pending === 'string' && pending.endsWith('.')) {
      pending += word;
      return;
    }
    flush();
    sign = currency || sign;
    pending = digits.includes('.') || digits.length > MAX_NUMERAL_LENGTH ? digits : Number(digits);
  }

  function takeNumberWord(word: NumberWord, previous: string | undefined): void {
    if (word.kind === 'zero') pending = `${pending ?? ''}0`;
    else if (word.kind === 'multiplier') {
      const product = multiply(pending, word.value);
      if (product === undefined) flush();
      pending = product ?? word.value;
    } else pending = append(pending, word, previous);
    if (word.suffix) emit(`${pending}${word.suffix}`);
  }

  return {
    read(): string[] {
      for (let index = 0; index < words.length; ) index += step(index);
      flush();
      return output;
    },
  };
}

/** "twenty" + "five" is 25; where the last digits are taken ("nineteen" + "eighty") the digits are put side by side. */
function append(pending: Pending, { value }: NumberWord, previous: string | undefined): Pending {
  if (pending === undefined) return value;
  const last = lexicon.get(previous ?? '');
  const afterUnit = last?.kind === 'unit' && last.suffix === '';
  const room = value < 10 ? 10 : 100;
  if (typeof pending === 'number' && pending % room === 0 && !afterUnit) return pending + value;
  const replacesZero = value < 10 && last?.kind === 'tens' && last.suffix === '';
  return `${replacesZero ? String(pending).slice(0, -1) : pending}${value}`;
}

/** "two thousand" + "hundred" multiplies what is below the thousands. Undefined where the digits allow no product. */
function multiply(pending: Pending, multiplier: number): number | undefined {
  if (pending === undefined) return multiplier;
  if (typeof pending === 'number') return Math.floor(pending / 1000) * 1000 + (pending % 1000) * multiplier;
  const product = Number((Number(pending) * multiplier).toPrecision(MAX_NUMERAL_LENGTH)); // 2.3 million is whole
  return Number.isInteger(product) ? product : undefined;
}

function currencyOf(word: string): string | undefined {
  const singular = word.replace(/s$/, '');
  return Object.hasOwn(currencies, singular) ? currencies[singular] : undefined;
}

function startsNumber(word: string | undefined): boolean {
  return word !== undefined && (lexicon.has(word) || /^\d+(\.\d+)?$/.test(word));
}

function isCardinal(word: string): boolean {
  return lexicon.get(word)?.suffix === '';
}

function isMultiplier(word: string | undefined): boolean {
  return word !== undefined && isCardinal(word) && lexicon.get(word)?.kind === 'multiplier';
}

/** What may follow "point". */
function isDecimal(word: string | undefined): boolean {
  return startsNumber(word) && !isMultiplier(word) && !lexicon.get(word ?? '')?.suffix;
}

function isDigitWord(word: string | undefined): word is string {
  return (
    word !== undefined && isCardinal(word) && lexicon.get(word)!.value < 20 && lexicon.get(word)!.kind !== 'multiplier'
  );
}
