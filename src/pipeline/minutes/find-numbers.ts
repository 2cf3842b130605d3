/** Key numbers: amounts, shares, counts and lengths of time, with the sentence that gives them their meaning. */
import { isHostile } from './hostile-text.ts';
import { findNumbers, numberValues } from './numerals.ts';
import type { Sentence } from './sentences.ts';
import { foldWords, isStopWord, tidy } from './words.ts';

export interface KeyNumber {
  text: string;
  evidence: Sentence[];
}

const UNIT =
  /^(?:percent|per|euros?|dollars?|pounds?|cents?|francs?|yen|hours?|minutes?|seconds?|days?|weeks?|months?|quarters?|years?|people|customers?|users?|units?|tickets?|leads?|pages?|boxes|metres?|meters?|kilometres?|kilometers?|miles?|kilos?|grams?|tons?|litres?|liters?|degrees?|points?|times|square|copies|licen[cs]es?|seats?|orders?|sensors?|servers?|errors?|failures?|k|gigabytes?|megabytes?|thousand|million|billion|employees|developers|engineers|sites|stores|countries|votes?|requests?|calls?|bugs?|items?|samples?|meetings?|versions?)$/;
const MONEY = /[€$£%]/u;
const DATE_AFTER = /^(?:of|january|february|march|april|may|june|july|august|september|october|november|december)$/;
const MAX_BARE_STEMS = 2;
const CLOCK_AFTER = /^(?:o'clock|am|pm|a\.m|p\.m)$/;
const LABELLED =
  /^(?:bed|room|page|version|item|point|number|no|step|chapter|gate|line|phase|day|week|quarter|level|floor|section|slide|option|platform|channel|track)$/;
const VAGUE =
  /^(?:things?|options?|ways?|guys|times|questions?|hands?|parts?|points?|kinds?|sorts?|choices|words|ideas|others)$/;
/** A meeting has few numbers that matter; the strongest are kept. */
const MAX_NUMBERS = 40;

export function findKeyNumbers(sentences: readonly Sentence[]): KeyNumber[] {
  const weighed = sentences
    .filter(sentence => sentence.stems.size >= 2 && !isHostile(sentence.text) && !isHypothetical(sentence))
    .map(sentence => ({ sentence, weight: weigh(sentence) }))
    .filter(({ weight }) => weight >= 1)
    .sort((a, b) => b.weight - a.weight || a.sentence.index - b.sentence.index);
  const known = new Set<number>();
  const chosen: Sentence[] = [];
  for (const { sentence } of weighed) {
    if (chosen.length === MAX_NUMBERS) break;
    const values = [...numberValues(sentence.text)];
    // "Thirty-eight." after "thirty-eight thousand euros for the quarter" adds nothing
    const isBare = sentence.stems.size <= MAX_BARE_STEMS;
    if (values.every(value => known.has(value) || (isBare && known.has(value * 1_000)))) continue;
    for (const value of values) known.add(value);
    chosen.push(sentence);
  }
  return chosen
    .sort((a, b) => a.index - b.index)
    .map(sentence => ({ text: tidy(sentence.text), evidence: [sentence] }));
}

/** How many real amounts the sentence holds; dates, times of day, years, names ("room nine") and "one of them" are none. */
function weigh(sentence: Sentence): number {
  const tokens = foldWords(sentence.text);
  let weight = 0;
  for (const mention of findNumbers(tokens)) {
    const { value, from, to } = mention;
    const [before = '', after = '', next = ''] = [tokens[from - 1], tokens[to], tokens[to + 1]];
    if (mention.ordinal || (DATE_AFTER.test(after) && value <= 31) || CLOCK_AFTER.test(after)) continue;
    const unit = [...tokens.slice(from, to), after, next].some(one => UNIT.test(one)) || MONEY.test(sentence.quote);
    if ((LABELLED.test(before) || (before === 'at' && value <= 12)) && !unit) continue;
    if (unit && (value > 1 || tokens[from] !== 'one')) weight += value >= 10 ? 2 : 1;
    else if (value >= 1900 && value < 2100) continue;
    else if (value >= 13) weight += 1.5;
    else if (value > 2 && (after === 'of' || isCounted(after, next))) weight += 1;
    else if (value > 2 && tokens.includes('of')) weight += 0.5;
  }
  return sentence.isQuestion ? weight / 3 : weight;
}

/** "three tenders", "seven late deliveries", but not "three things". */
function isCounted(after: string, next: string): boolean {
  const isNoun = (word: string) => /[^s]s$/.test(word) && !isStopWord(word) && !VAGUE.test(word);
  return isNoun(after) || after === 'persons' || (!isStopWord(after) && isNoun(next));
}

function isHypothetical({ text }: Sentence): boolean {
  return /\b(?:just kidding|joking|for example|for instance|let's say|imagine|as if|what if)\b/iu.test(text);
}
