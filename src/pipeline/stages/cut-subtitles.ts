/**
 * Cuts a transcript into subtitles for reading: at most two lines of 42 characters, 1 to 7 s, one speaker each.
 * The limits are the usual ones of broadcasters (BBC subtitle guidelines; Netflix timed-text style guide).
 */
import type { Transcript, Turn, Word } from '../meeting.ts';
import { hasSpaceBefore, joinWords, widthOf } from './join-words.ts';
import { endsClause, endsSentence } from './split-sentences.ts';

export interface Subtitle {
  startMs: number;
  endMs: number;
  /** `SPEAKER_00` … */
  speaker: string;
  /** The speaker's name where the speaker changes, else null. It fits into the first line before `: `. */
  label: string | null;
  /** One or two lines. */
  lines: string[];
}

export const MAX_LINE_CHARACTERS = 42;
const MAX_CUE_MS = 7_000;
const MIN_CUE_MS = 1_000;
/** A silence this long always ends a subtitle. */
const MAX_PAUSE_MS = 1_000;
/** The text stays until it can be read at this speed, where the next subtitle leaves the time. */
const CHARACTERS_PER_SECOND = 17;
const MAX_LABEL_CHARACTERS = 20;
/** Of a subtitle that the next one would otherwise swallow. */
const SHORTEST_CUE_MS = 200;

/** What it costs to end a subtitle after a word. The cost of a subtitle itself keeps them from getting many. */
const CUT_COST = { sentence: 0, clause: 2, pause: 3, inside: 6 };
const SUBTITLE_COST = 2;
const CLEAR_PAUSE_MS = 300;
const CONNECTIVE = /^(?:and|but|or|so|because|which|who|that|when|where|while|if|then|for|with|to|in|on|at|of|from)$/i;
const CONNECTIVE_BONUS = 2;

/** Subtitles in time order; none overlaps the next. */
export function cutSubtitles(transcript: Transcript): Subtitle[] {
  const labels = new Map(transcript.speakers.map(({ id, label }) => [id, shortenLabel(label) || id]));
  let before: string | undefined;
  const subtitles = transcript.turns.flatMap(turn => {
    const label = turn.speaker === before ? null : (labels.get(turn.speaker) ?? turn.speaker);
    before = turn.speaker;
    return cutTurn(turn, label);
  });
  return spreadTimes(subtitles.toSorted((a, b) => a.startMs - b.startMs));
}

function shortenLabel(label: string): string {
  const characters = [...label.replace(/\s+/gu, ' ').trim()];
  if (characters.length <= MAX_LABEL_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MAX_LABEL_CHARACTERS - 1).join('')}…`;
}

/** The cheapest way to cut one turn (dynamic programming over the places where a subtitle may begin). */
function cutTurn(turn: Turn, label: string | null): Subtitle[] {
  const words = turn.words.flatMap(breakLongWord);
  const ends = measureEnds(words);
  const cutCosts = words.map((_, index) => cutCost(words, index));
  const best: { cost: number; to: number; lineEnd: number }[] = [];
  best[words.length] = { cost: 0, to: words.length, lineEnd: words.length };
  for (let from = words.length - 1; from >= 0; from--) {
    const prefixLength = from === 0 && label !== null ? widthOf(`${label}: `) : 0;
    for (let to = from + 1; to <= words.length; to++) {
      if (to > from + 1 && !mayJoin(words, from, to)) break;
      const lineEnd = findLineEnd(words, ends, from, to, prefixLength);
      if (lineEnd === undefined) break;
      const cost = SUBTITLE_COST + cutCosts[to - 1]! + best[to]!.cost;
      const known = best[from];
      if (!known || cost <= known.cost) best[from] = { cost, to, lineEnd };
    }
  }
  const subtitles: Subtitle[] = [];
  for (let from = 0; from < words.length; from = best[from]!.to) {
    const { to, lineEnd } = best[from]!;
    const [first, last] = [words[from]!, words[to - 1]!];
    const lines = [words.slice(from, lineEnd), words.slice(lineEnd, to)]
      .filter(line => line.length > 0)
      .map(line => joinWords(line.map(word => word.text)));
    const endMs = Math.max(first.startMs, last.endMs);
    subtitles.push({
      startMs: first.startMs,
      endMs,
      speaker: turn.speaker,
      label: from === 0 ? label : null,
      lines,
    });
  }
  return subtitles;
}

/** Width of all words before each place, with the space after each word that has one. */
function measureEnds(words: readonly Word[]): number[] {
  const ends = [0];
  words.forEach(({ text }, index) => {
    const next = words[index + 1]?.text ?? '';
    ends.push(ends.at(-1)! + widthOf(text) + (hasSpaceBefore(text, next) ? 1 : 0));
  });
  return ends;
}

/** A "word" longer than a line is cut hard, its time shared out. */
function breakLongWord(word: Word): Word[] {
  const characters = [...word.text];
  const size = MAX_LINE_CHARACTERS - MAX_LABEL_CHARACTERS - 2;
  if (characters.length <= size) return [word];
  const count = Math.ceil(characters.length / size);
  const stepMs = (word.endMs - word.startMs) / count;
  return Array.from({ length: count }, (_, index) => ({
    ...word,
    text: characters.slice(index * size, (index + 1) * size).join(''),
    startMs: word.startMs + index * stepMs,
    endMs: word.startMs + (index + 1) * stepMs,
  }));
}

function mayJoin(words: readonly Word[], from: number, to: number): boolean {
  const [previous, last] = [words[to - 2]!, words[to - 1]!];
  return last.startMs - previous.endMs < MAX_PAUSE_MS && last.endMs - words[from]!.startMs <= MAX_CUE_MS;
}

function cutCost(words: readonly Word[], index: number): number {
  const [word, next] = [words[index]!, words[index + 1]];
  if (!next || endsSentence(words, index)) return CUT_COST.sentence;
  if (endsClause(word.text)) return CUT_COST.clause;
  const cost = next.startMs - word.endMs >= CLEAR_PAUSE_MS ? CUT_COST.pause : CUT_COST.inside;
  return CONNECTIVE.test(next.text) ? cost - CONNECTIVE_BONUS : cost;
}

/**
 * Where the first line ends: at `to` when all fits into one line, else where the two lines differ least in length, a
 * sentence's end preferred. Undefined when the words do not fit.
 */
function findLineEnd(
  words: readonly Word[],
  ends: readonly number[],
  from: number,
  to: number,
  prefixLength: number,
): number | undefined {
  const spaceAfter = (index: number) =>
    hasSpaceBefore(words[index - 1]?.text ?? '', words[index]?.text ?? '') ? 1 : 0;
  const lengthOf = (first: number, last: number) => ends[last]! - ends[first]! - spaceAfter(last);
  if (prefixLength + lengthOf(from, to) <= MAX_LINE_CHARACTERS) return to;
  if (lengthOf(from, to) > 2 * MAX_LINE_CHARACTERS + 1) return undefined;
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let cut = from + 1; cut < to; cut++) {
    const [first, second] = [prefixLength + lengthOf(from, cut), lengthOf(cut, to)];
    if (first > MAX_LINE_CHARACTERS) break;
    if (second > MAX_LINE_CHARACTERS) continue;
    const unevenness = Math.abs(first - second) - wrapBonus(words, cut - 1);
    if (unevenness >= least) continue;
    least = unevenness;
    best = cut;
  }
  return best;
}

/** Characters of unevenness that a line break at a sentence's or clause's end is worth. */
function wrapBonus(words: readonly Word[], index: number): number {
  if (endsSentence(words, index)) return 30;
  return endsClause(words[index]!.text) ? 8 : 0;
}

/** Gives each subtitle time to be read, and none to two at once. */
function spreadTimes(subtitles: Subtitle[]): Subtitle[] {
  let freeMs = 0;
  return subtitles.map((subtitle, index) => {
    const startMs = Math.max(subtitle.startMs, freeMs);
    const characters = widthOf(joinWords(subtitle.lines));
    const readMs = Math.min(MAX_CUE_MS, Math.max(MIN_CUE_MS, (characters / CHARACTERS_PER_SECOND) * 1000));
    const nextMs = subtitles[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const wantedMs = Math.max(subtitle.endMs, startMs + readMs);
    const endMs = Math.max(startMs + SHORTEST_CUE_MS, Math.min(wantedMs, nextMs));
    freeMs = endMs;
    return { ...subtitle, startMs, endMs };
  });
}
