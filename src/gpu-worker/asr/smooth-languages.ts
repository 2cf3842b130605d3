/** Which language each window is in, and which one the meeting: one doubtful window does not make a change of language. */
import type { Span } from '../../pipeline/meeting.ts';

/** Probability of each language by a window's sound, by ISO 639 code; those that are not there are next to nothing. */
export type LanguageChances = Readonly<Record<string, number>>;

/** A change costs as much as a factor of 7: a lone window differs only when its chances are better than 49 to 1. */
const CHANGE_COST = 2;
const LEAST_CHANCE = 0.01;
/** Shorter windows say less. */
const FULL_WEIGHT_MS = 5_000;

/**
 * The likeliest languages of windows in time order (Viterbi).
 * @param around languages before the first and after the last window, where they are known; else the one that all windows
 * together sound like most, or a mumble at the beginning were easier taken for another language than one in the middle
 */
export function smoothLanguages(
  windows: readonly (Span & { chances: LanguageChances })[],
  around: { before?: string | undefined; after?: string | undefined } = {},
): string[] {
  const known = [around.before, around.after].filter(code => code !== undefined);
  const codes = [...new Set([...windows.flatMap(({ chances }) => Object.keys(chances)), ...known])];
  const [first] = codes;
  if (first === undefined) return [];
  const timeIn = (code: string) =>
    windows.reduce((sum, { startMs, endMs, chances }) => sum + (endMs - startMs) * (chances[code] ?? 0), 0);
  const main = codes.reduce((best, code) => (timeIn(code) > timeIn(best) ? code : best), first);
  const { before = main, after = main } = around;
  let scores = codes.map(code => (code === before ? 0 : -CHANGE_COST));
  const origins: number[][] = [];
  for (const { startMs, endMs, chances } of windows) {
    const weight = Math.min(1, (endMs - startMs) / FULL_WEIGHT_MS);
    const best = scores.indexOf(Math.max(...scores));
    const from = scores.map((score, index) => (score >= scores[best]! - CHANGE_COST ? index : best));
    origins.push(from);
    scores = codes.map((code, index) => {
      const change = from[index] === index ? 0 : CHANGE_COST;
      return scores[from[index]!]! - change + weight * Math.log(Math.max(chances[code] ?? 0, LEAST_CHANCE));
    });
  }
  scores = scores.map((score, index) => score - (codes[index] === after ? 0 : CHANGE_COST));
  let state = scores.indexOf(Math.max(...scores));
  const path: string[] = [];
  for (const from of origins.toReversed()) {
    path.unshift(codes[state]!);
    state = from[state]!;
  }
  return path;
}

/** The language that was spoken longest; undefined when there is no window. */
export function findMainLanguage(windows: readonly (Span & { language: string })[]): string | undefined {
  const totals = new Map<string, number>();
  for (const { language, startMs, endMs } of windows) {
    totals.set(language, (totals.get(language) ?? 0) + endMs - startMs);
  }
  return [...totals].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Windows of one language that follow each other, as one span each. */
export function joinLanguages<Window extends Span & { language: string }>(
  windows: readonly Window[],
): (Span & { language: string })[] {
  const joined: (Span & { language: string })[] = [];
  for (const { startMs, endMs, language } of windows) {
    const last = joined.at(-1);
    if (last?.language === language) last.endMs = endMs;
    else joined.push({ startMs, endMs, language });
  }
  return joined;
}
