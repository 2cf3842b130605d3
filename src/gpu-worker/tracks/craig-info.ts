/**
 * Reads the info.txt that Craig puts beside the tracks: who was recorded, when, and the notes that people took meanwhile.
 * Its form is that of getInfoText in CraigChat/craig, apps/kitchen/src/util/recording.ts; older ones (cook/recinfo.js,
 * cook/extnotes.c) lack ids and write times without fractions.
 */
import type { TrackSpeaker } from '../../pipeline/tracks.ts';

export interface CraigNote {
  startMs: number;
  text: string;
}

export interface CraigInfo {
  /** ISO 8601 in UTC; null when it is not there or makes no sense. */
  startedAt: string | null;
  channel: string | null;
  guild: string | null;
  /** In the order of the track numbers, which begin with 1. */
  people: TrackSpeaker[];
  notes: CraigNote[];
  /** The file is not UTF-8, so names may look wrong. */
  isGarbled: boolean;
}

const MAX_NAME_LENGTH = 100;

/** undefined when this is no info.txt of Craig. */
export function parseCraigInfo(bytes: Uint8Array): CraigInfo | undefined {
  const { text, isGarbled } = decodeText(bytes);
  const lines = text.split(/\r?\n/);
  if (!lines.some(line => /^Tracks:\s*$/.test(line))) return undefined;
  const find = (name: string) => lines.find(line => line.startsWith(`${name}:`))?.slice(name.length + 1);
  const startedAt = new Date(find('Start time')?.trim() ?? Number.NaN);
  return {
    startedAt: Number.isNaN(startedAt.getTime()) ? null : startedAt.toISOString(),
    channel: withoutId(find('Channel')),
    guild: withoutId(find('Guild')),
    people: sectionOf(lines, 'Tracks').map(parsePerson),
    notes: parseNotes(sectionOf(lines, 'Notes')),
    isGarbled,
  };
}

function decodeText(bytes: Uint8Array): { text: string; isGarbled: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGarbled: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isGarbled: true };
  }
}

/** The indented lines under a heading. */
function sectionOf(lines: readonly string[], name: string): string[] {
  const heading = lines.findIndex(line => line.trimEnd() === `${name}:`);
  if (heading === -1) return [];
  const rest = lines.slice(heading + 1);
  // notes come last, and may have empty lines inside
  const end = name === 'Notes' ? -1 : rest.findIndex(line => !/^\s+\S/.test(line));
  return (end === -1 ? rest : rest.slice(0, end)).map(clean);
}

/** `name#0 (id)`; `name#1234` before Discord gave up discriminators. */
function parsePerson(line: string): TrackSpeaker {
  const [, userName = line, discriminator = '0', id] = /^(.*?)(?:#(\d{1,4}))?(?:\s+\((\d{1,20})\))?$/u.exec(line) ?? [];
  const unique = discriminator === '0' ? userName : `${userName}#${discriminator}`;
  return {
    name: userName === '' ? null : userName.slice(0, MAX_NAME_LENGTH),
    user: id === undefined ? null : { platform: 'discord', id, userName: unique.slice(0, MAX_NAME_LENGTH) },
  };
}

/** `00:10:00.00: text` or `0:10:00: text`; a note may go on over several lines. */
function parseNotes(lines: readonly string[]): CraigNote[] {
  const notes: CraigNote[] = [];
  for (const line of lines) {
    const [, hours, minutes, seconds, text] = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?):\s*(.*)$/u.exec(line) ?? [];
    const last = notes.at(-1);
    if (text !== undefined) {
      const atSeconds = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
      notes.push({ startMs: Math.round(atSeconds * 1000), text });
    } else if (last && line !== '') {
      last.text += ` ${line}`;
    }
  }
  return notes;
}

function withoutId(text: string | undefined): string | null {
  return clean(text ?? '').replace(/\s+\(\d+\)$/, '') || null;
}

function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
