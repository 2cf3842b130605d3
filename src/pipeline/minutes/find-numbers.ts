/** Key numbers: amounts, shares, counts and lengths of time, with the sentence that gives them their meaning. */
import { isHostile } from './hostile-text.ts';
import { findNumbers, numberValues } from './numerals.ts';
import type { Sentence } from './sentences.ts';
import { foldWords, tidy } from './words.ts';

export interface KeyNumber {
  text: string;
  evidence: Sentence[];
}

const UNIT =
  /^(?:percent|per|euros?|dollars?|pounds?|cents?|francs?|yen|hours?|minutes?|seconds?|days?|weeks?|months?|quarters?|years?|people|customers?|users?|units?|tickets?|leads?|pages?|boxes|metres?|meters?|kilometres?|kilometers?|miles?|kilos?|grams?|tons?|litres?|liters?|degrees?|points?|times|square|copies|licen[cs]es?|seats?|orders?|sensors?|servers?|errors?|failures?|k|gigabytes?|megabytes?|thousand|million|billion|employees|developers|engineers|sites|stores|countries|votes?|requests?|calls?|bugs?|items?|samples?|meetings?|versions?)$/;
const MONEY = /[€$£%]/u;
const DATE_AFTER = /^(?:of|january|february|march|april|may|june|july|august|september|october|november|december)$/;
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
    if (values.every(value => known.has(value) || known.has(value * 1_000))) continue;
    for (const value of values) known.add(value);
    chosen.push(sentence);
  }
  return chosen
    .sort((a, b) => a.index - b.index)
    .map(sentence => ({ text: tidy(sentence.text), evidence: [sentence] }));
}

/** How many real amounts the sentence holds; dates, ordinals and "one of them" are none. */
function weigh(sentence: Sentence): number {
  const tokens = foldWords(sentence.text);
  let weight = 0;
  for (const { value, from, to, ordinal } of findNumbers(tokens)) {
    const after = tokens[to] ?? '';
    if (ordinal || (DATE_AFTER.test(after) && value <= 31)) continue;
    const unit = UNIT.test(after) || UNIT.test(tokens[to + 1] ?? '') || MONEY.test(sentence.quote);
    if (unit && (value > 1 || tokens[from] !== 'one')) weight += value >= 10 ? 2 : 1;
    else if (value >= 13) weight += 1.5;
    else if (value > 2 && tokens.includes('of')) weight += 0.5;
  }
  return sentence.isQuestion ? weight / 3 : weight;
}

function isHypothetical({ text }: Sentence): boolean {
  return /\b(?:just kidding|joking|for example|for instance|let's say|imagine|as if|what if)\b/iu.test(text);
}
