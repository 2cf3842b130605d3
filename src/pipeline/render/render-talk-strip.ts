/** talk-strip.svg: the talk strip as a picture of its own, in fixed light colours. The page draws its own, see minutes.html.hbs. */

import { STRIP_UNITS, type StripMark, type TalkStrip, VOICE_COLOURS } from './build-talk-strip.ts';
import { cleanLabel, shorten } from './clean-text.ts';
import { formatClock, formatDate, formatLength } from './format-time.ts';
import type { Minutes } from './minutes.ts';

/**
 * The speakers' colours on white, those of minutes.css: each pair differs by 0.11 or more in OKLab, to eyes with normal
 * sight and with any colour blindness (as Machado, Oliveira and Fernandes model it, 2009), and has 3:1 contrast to white.
 */
const COLOURS = ['#315fcf', '#ea6a09', '#68130b', '#ad2d7b', '#4a0284', '#25a37e', '#ac7add', '#706018'];
const [INK, SOFT, LINE] = ['#1d2126', '#5a626c', '#e2dfd8'];

/** In pixels. */
const [WIDTH, PADDING, NAMES_WIDTH, ROW_HEIGHT, BAR_HEIGHT, HEADING_HEIGHT] = [1200, 28, 190, 30, 18, 64];
const LANE = { left: PADDING + NAMES_WIDTH, width: WIDTH - 2 * PADDING - NAMES_WIDTH };
const MAX_LABEL_CHARACTERS = 20;
const MAX_TITLE_CHARACTERS = 80;
const FONT = "system-ui, 'DejaVu Sans', sans-serif";

const MARKS = {
  decision: { name: 'Decisions', path: 'M0 -6L6 0L0 6L-6 0Z' },
  action: { name: 'Action items', path: 'M-5 -5H5V5H-5Z' },
} as const;

export function renderTalkStrip({ transcript, summary, meta }: Minutes, strip: TalkStrip): string {
  const title = escapeXml(shorten(summary.title, MAX_TITLE_CHARACTERS)) || 'Meeting';
  const kinds = (['decision', 'action'] as const).filter(kind => strip.marks.some(mark => mark.kind === kind));
  const labels = transcript.speakers.map(cleanLabel);
  const firstRow = HEADING_HEIGHT + kinds.length * ROW_HEIGHT;
  const bottom = firstRow + strip.rows.length * ROW_HEIGHT;
  const height = bottom + 44;
  const facts = [
    formatDate(meta.meetingDate, meta.timeZone),
    formatLength(transcript.durationMs),
    'underlined: several voices at once',
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc" font-family="${FONT}" font-size="14" fill="${INK}">`,
    `<title id="title">Who spoke when: ${title}</title>`,
    `<desc id="desc">${describe(transcript.speakers, labels, strip.marks)}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${PADDING}" y="34" font-size="18" font-weight="600">${title}</text>`,
    `<text x="${PADDING}" y="54" font-size="12" fill="${SOFT}">${facts.join(' · ')}</text>`,
    ...strip.ticks.map(({ clock, percent }) => drawTick(clock, toX(percent), bottom)),
    ...kinds.map((kind, index) => drawMarks(kind, strip.marks, HEADING_HEIGHT + index * ROW_HEIGHT)),
    ...strip.rows.map((row, index) => drawRow(row, labels[index] ?? '', firstRow + index * ROW_HEIGHT)),
    '</svg>\n',
  ].join('\n');
}

/** The colour of a speaker in the file. */
export function voiceColour(colour: number): string {
  return COLOURS[colour % VOICE_COLOURS] ?? INK;
}

function describe(speakers: Minutes['transcript']['speakers'], labels: readonly string[], marks: readonly StripMark[]) {
  const talk = speakers.map(
    ({ speechMs }, index) => `${escapeXml(labels[index] ?? '')} speaks for ${formatClock(speechMs)}`,
  );
  const moments = marks.map(({ kind, clock, text }) => `${kind} at ${clock}: ${escapeXml(text)}`);
  return [...talk, ...moments].join('; ');
}

function drawTick(clock: string, x: number, bottom: number): string {
  return [
    `<path d="M${x} ${HEADING_HEIGHT}V${bottom + 6}" stroke="${LINE}"/>`,
    `<text x="${x}" y="${bottom + 22}" font-size="12" text-anchor="middle" fill="${SOFT}">${clock}</text>`,
  ].join('');
}

function drawMarks(kind: keyof typeof MARKS, marks: readonly StripMark[], y: number): string {
  const { name, path } = MARKS[kind];
  const drawn = marks
    .filter(mark => mark.kind === kind)
    .map(({ percent, text, clock, verified }) => {
      const doubt = verified ? '' : ' (unverified)';
      const [fill, edge] = verified ? [INK, '#fff'] : ['#fff', INK];
      return `<path d="${path}" transform="translate(${toX(percent)} ${y + ROW_HEIGHT / 2})" fill="${fill}" stroke="${edge}" stroke-width="1.5"><title>${clock} ${escapeXml(text)}${doubt}</title></path>`;
    });
  return `<g>${drawName(name, y, SOFT)}${drawn.join('')}</g>`;
}

/** Bars are stretched from units to pixels; where others are heard too they are underlined. */
function drawRow({ colour, voice, overlap }: TalkStrip['rows'][number], label: string, y: number): string {
  const top = y + (ROW_HEIGHT - BAR_HEIGHT) / 2;
  const scaled = (from: number, size: number) =>
    `transform="translate(${LANE.left} ${top + from * BAR_HEIGHT}) scale(${LANE.width / STRIP_UNITS} ${size * BAR_HEIGHT})"`;
  const fill = voiceColour(colour);
  return [
    `<g><title>${escapeXml(label)}</title>`,
    `<circle cx="${PADDING + 5}" cy="${y + ROW_HEIGHT / 2}" r="5" fill="${fill}"/>`,
    drawName(escapeXml(shorten(label, MAX_LABEL_CHARACTERS)), y, INK, 16),
    voice && `<path d="${voice}" ${scaled(0, 1)} fill="${fill}"/>`,
    overlap && `<path d="${overlap}" ${scaled(1.1, 0.16)} fill="${INK}"/>`,
    '</g>',
  ].join('');
}

function drawName(name: string, y: number, fill: string, indent = 0): string {
  return `<text x="${PADDING + indent}" y="${y + ROW_HEIGHT / 2 + 5}" fill="${fill}">${name}</text>`;
}

function toX(percent: string): number {
  return Number((LANE.left + (Number(percent) / 100) * LANE.width).toFixed(1));
}

/** XML 1.0 knows neither controls nor U+FFFE and U+FFFF, escaped or not; the controls are gone already. */
function escapeXml(text: string): string {
  const escaped = text
    .replace(/[\u{fffe}\u{ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
  return escaped.replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
