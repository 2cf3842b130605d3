/** minutes.html: one file that asks for nothing from anywhere. */
import { createHash } from 'node:crypto';
import type { AnalyticsFile } from '../files.ts';
import type { Transcript, Turn } from '../meeting.ts';
import { isUnnamed } from '../tracks.ts';
import type { LineUpClip } from '../voices/choose-line-up.ts';
import { buildFigures } from './build-figures.ts';
import { STRIP_UNITS, type TalkStrip, VOICE_COLOURS } from './build-talk-strip.ts';
import { buildView, type TurnView, type View } from './build-view.ts';
import { cleanText } from './clean-text.ts';
import type { Minutes } from './minutes.ts';
import type { Templates } from './templates.ts';

export interface PageParts {
  strip: TalkStrip;
  analytics: AnalyticsFile;
  /** Where each speaker is heard best. */
  lineUp: readonly LineUpClip[];
  /** The recording, as a file beside the page or as data URL. Without it readers open their own copy. */
  audio?: string | undefined;
}

const MARK_LANES = [
  { kind: 'decision', name: 'Decisions', shape: 'M0-6L6 0L0 6L-6 0Z' },
  { kind: 'action', name: 'Action items', shape: 'M-5-5H5V5H-5Z' },
] as const;

export function renderMinutesHtml(minutes: Minutes, templates: Templates, parts: PageParts): string {
  const { minutesCss: style, minutesJs: script } = templates;
  const { strip, analytics, lineUp, audio } = parts;
  const { transcript } = minutes;
  const view = buildView(minutes, text => text); // Handlebars escapes
  const speakerCount = view.speakers.length;
  return templates.minutesHtml({
    ...view,
    parts: cutParts(view.turns.map((turn, index) => buildTurn(turn, transcript.turns[index]))),
    speakerCount,
    isSolo: speakerCount === 1,
    lanes: buildLanes(view, strip, findClips(transcript, lineUp)),
    markLanes: MARK_LANES.map(lane => ({ ...lane, marks: strip.marks.filter(({ kind }) => kind === lane.kind) })),
    ticks: strip.ticks,
    hasOverlap: strip.rows.some(({ overlap }) => overlap !== ''),
    stripUnits: STRIP_UNITS,
    lengthHundredths: toHundredths(transcript.durationMs),
    figures: buildFigures(analytics, view),
    audio: audio ?? '',
    style,
    script,
    policy: buildPolicy(style, script, audio),
  });
}

/** Only this style and this script run, whatever else might get into the page, and nothing is fetched but the recording. */
function buildPolicy(style: string, script: string, audio: string | undefined): string {
  const beside = audio === undefined ? '' : audio.startsWith('data:') ? ' data:' : " 'self'";
  return [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    `media-src blob:${beside}`, // blob: what a reader opens from the own disk
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashSource(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}

function buildLanes(view: View, strip: TalkStrip, clips: readonly ReturnType<typeof findClip>[]) {
  return view.speakers.map((speaker, index) => {
    const row = strip.rows[index];
    return {
      ...speaker,
      clip: clips[index],
      colour: row?.colour ?? 0,
      voice: row?.voice ?? '',
      overlap: row?.overlap ?? '',
    };
  });
}

/** By speaker; undefined for those who have a name. It is a stretch of the recording that readers open: the page holds no voices. */
function findClips({ speakers }: Transcript, lineUp: readonly LineUpClip[]) {
  return speakers.map(speaker => (isUnnamed(speaker) ? findClip(speaker.id, lineUp) : undefined));
}

function findClip(id: string, lineUp: readonly LineUpClip[]) {
  const clip = lineUp.find(({ speaker }) => speaker === id);
  return clip && { from: toHundredths(clip.startMs), to: toHundredths(clip.endMs) };
}

function buildTurn(shown: TurnView, turn: Turn | undefined) {
  return {
    ...shown,
    colour: shown.voice % VOICE_COLOURS,
    start: toHundredths(turn?.startMs ?? 0),
    end: toHundredths(turn?.endMs ?? 0),
    words: turn ? encodeWords(shown.text, turn) : '',
    heard: describeOriginals(turn?.words ?? []),
  };
}

/** What was heard where the glossary put its terms; empty where it put none. */
function describeOriginals(words: Turn['words']): string {
  const heard = words.flatMap(({ original }) => (original === undefined ? [] : `“${cleanText(original)}”`));
  return heard.length === 0 ? '' : `Written by the glossary; heard: ${heard.join(', ')}`;
}

/**
 * Browsers lay a part out when it comes near the screen (content-visibility), so all parts are about as high as minutes.css
 * says. A part for each turn would be too many: in a meeting of three hours each frame took four times the work.
 */
const PART_REM = 64;
const [LINE_REM, GAP_REM, NAME_REM, LINE_CHARACTERS] = [1.6, 0.6, 2.3, 85];

function cutParts<T extends TurnView>(turns: readonly T[]): T[][] {
  const parts: T[][] = [];
  let heightRem = PART_REM;
  for (const turn of turns) {
    if (heightRem >= PART_REM) {
      parts.push([]);
      heightRem = 0;
    }
    parts.at(-1)?.push(turn);
    const lines = Math.ceil(turn.text.length / LINE_CHARACTERS);
    heightRem += lines * LINE_REM + GAP_REM + (turn.changes ? NAME_REM : 0);
  }
  return parts;
}

/** `wait,step` for each word: hundredths of a second after the start, characters after the place, of the word before. */
function encodeWords(text: string, { startMs, words }: Turn): string {
  let [time, place] = [toHundredths(startMs), 0];
  const pairs: string[] = [];
  for (const word of words) {
    const shown = cleanText(word.text);
    const at = shown === '' ? -1 : text.indexOf(shown, place);
    if (at === -1) continue;
    const start = Math.max(time, toHundredths(word.startMs));
    pairs.push(`${start - time},${at - place}`);
    [time, place] = [start, at];
  }
  return pairs.join(' ');
}

function toHundredths(ms: number): number {
  return Math.round(ms / 10);
}
