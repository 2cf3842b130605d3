/** The talk strip: one row per speaker, who spoke when, with decisions and action items over it. Shapes, not yet drawn. */
import { findOverlaps, voiceStretches } from '../analytics/voices.ts';
import type { Span, Transcript } from '../meeting.ts';
import type { NamedSpan } from '../stages/assign-speakers.ts';
import type { Summary, SummaryItem } from '../summary.ts';
import { cleanText, shorten } from './clean-text.ts';
import { formatClock } from './format-time.ts';

/** Speakers beyond this share colours; names always stand beside. */
export const VOICE_COLOURS = 8;
/** Paths are in these units from the left; they are stretched to the width that there is. */
export const STRIP_UNITS = 10_000;
/** Narrower stretches could not be seen: a yes in a meeting of three hours. */
const MIN_UNITS = 12;
const MAX_TEXT_CHARACTERS = 200;
const MAX_TICKS = 8;
const TICK_STEPS_MS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map(step => step * 1000);

export interface StripRow {
  speaker: string;
  /** 0 … VOICE_COLOURS - 1. */
  colour: number;
  /** SVG path of unit height: where the speaker is heard. */
  voice: string;
  /** The same, where others are heard as well. */
  overlap: string;
}

export interface StripMark {
  kind: 'decision' | 'action';
  text: string;
  verified: boolean;
  turn: string;
  clock: string;
  /** From the left, in percent with two decimals. */
  percent: string;
}

export interface TalkStrip {
  rows: StripRow[];
  marks: StripMark[];
  ticks: { clock: string; percent: string }[];
}

/** @param summary what is shown of it; cancelled action items get no mark */
export function buildTalkStrip(transcript: Transcript, spans: readonly NamedSpan[], summary: Summary): TalkStrip {
  const { durationMs, speakers } = transcript;
  const stretches = voiceStretches(transcript, spans);
  const overlaps = findOverlaps(stretches);
  const percent = (ms: number) => toPercent(ms, durationMs);
  const mark = (kind: StripMark['kind'], { text, verified, evidence }: SummaryItem): StripMark[] =>
    evidence.slice(0, 1).map(({ turn, start }) => ({
      ...{ kind, text: shorten(text, MAX_TEXT_CHARACTERS), verified, turn: cleanText(turn) },
      clock: formatClock(start * 1000),
      percent: percent(start * 1000),
    }));
  return {
    rows: speakers.map(({ id }, index) => {
      const own = stretches.filter(({ speaker }) => speaker === id);
      return {
        speaker: id,
        colour: index % VOICE_COLOURS,
        voice: drawStretches(own, durationMs),
        overlap: drawStretches(intersect(own, overlaps), durationMs),
      };
    }),
    marks: [
      ...summary.decisions.flatMap(item => mark('decision', item)),
      ...summary.actionItems.filter(({ status }) => status !== 'cancelled').flatMap(item => mark('action', item)),
    ],
    ticks: buildTicks(durationMs).map(ms => ({ clock: formatClock(ms), percent: percent(ms) })),
  };
}

/** Whole steps from 0; the last one leaves room for its label. */
function buildTicks(durationMs: number): number[] {
  const stepMs = TICK_STEPS_MS.find(step => durationMs / step <= MAX_TICKS) ?? durationMs / MAX_TICKS;
  const count = durationMs > 0 ? Math.floor((0.97 * durationMs) / stepMs) + 1 : 0;
  return Array.from({ length: count }, (_, index) => index * stepMs);
}

function toPercent(ms: number, durationMs: number): string {
  const share = durationMs > 0 ? Math.min(1, Math.max(0, ms / durationMs)) : 0;
  return (100 * share).toFixed(2);
}

/** Rectangles of unit height; those that would touch are one, so that the path stays short whatever the length. */
function drawStretches(stretches: readonly Span[], durationMs: number): string {
  const toUnits = (ms: number) => Math.round((Math.min(ms, durationMs) / Math.max(1, durationMs)) * STRIP_UNITS);
  const drawn: [from: number, to: number][] = [];
  for (const { startMs, endMs } of stretches) {
    const from = Math.min(toUnits(startMs), STRIP_UNITS - MIN_UNITS);
    const to = Math.max(toUnits(endMs), from + MIN_UNITS);
    const last = drawn.at(-1);
    if (last && from - last[1] < MIN_UNITS / 2) last[1] = Math.max(last[1], to);
    else drawn.push([from, to]);
  }
  return drawn.map(([from, to]) => `M${from} 0H${to}V1H${from}Z`).join('');
}

/** What is in both lists, each in time order. */
function intersect(stretches: readonly Span[], others: readonly Span[]): Span[] {
  const shared: Span[] = [];
  let first = 0;
  for (const { startMs, endMs } of stretches) {
    while (first < others.length && (others[first]?.endMs ?? 0) <= startMs) first++;
    for (let index = first; index < others.length; index++) {
      const other = others[index];
      if (!other || other.startMs >= endMs) break;
      shared.push({ startMs: Math.max(startMs, other.startMs), endMs: Math.min(endMs, other.endMs) });
    }
  }
  return shared;
}
