/** What is known about a recording, from the files beside it: `name.stm`, `name.truth.json`, `name.rttm`, `name.txt`. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import type { VoiceSpan } from './diarization-errors.ts';
import type { Utterance } from './word-errors.ts';
import type { TimedWord } from './word-times.ts';

/** Undefined is unknown, an empty list is nobody or nothing. */
export interface Truth {
  /** Who said what: of the STM, else of the truth.json. */
  utterances: Utterance[] | undefined;
  /** What was said, by nobody knows whom and when: of the plain text, only where there are no utterances. */
  text: string | undefined;
  /** In the order of the utterances; only where every utterance has word times. */
  words: TimedWord[] | undefined;
  /** Who speaks when: of the RTTM, else of the truth.json (an STM's times are too rough for this). */
  spans: VoiceSpan[] | undefined;
}

export const TRUTH_ENDINGS = ['.stm', '.truth.json', '.rttm', '.txt'] as const;

const truthSchema = z.object({
  segments: z.array(
    z.object({
      start: z.number(),
      end: z.number(),
      speaker: z.string(),
      text: z.string(),
      words: z.array(z.tuple([z.string(), z.number(), z.number()])).optional(),
    }),
  ),
});

/**
 * @param base path of the recording without its extension
 * @returns undefined when none of the files is there
 * @throws HansardError `file_unreadable` naming file and line of what cannot be understood
 */
export async function readTruth(base: string): Promise<Truth | undefined> {
  const [stm, json, rttm, txt] = await Promise.all(TRUTH_ENDINGS.map(ending => readIfThere(base + ending)));
  if ([stm, json, rttm, txt].every(content => content === undefined)) return undefined;
  const segments = json === undefined ? undefined : parseTruthJson(json, `${base}.truth.json`);
  const utterances = stm === undefined ? segments?.map(toUtterance) : parseStm(stm, `${base}.stm`);
  return {
    utterances,
    text: utterances ? undefined : txt?.trim(), // also of a byte order mark
    words: segments?.every(({ words }) => words !== undefined) ? segments.flatMap(toTimedWords) : undefined,
    spans: rttm === undefined ? segments?.map(toUtterance) : parseRttm(rttm, `${base}.rttm`),
  };
}

/** `name channel speaker start end [<labels>] text…`; lines that start with `;;` are comments. */
export function parseStm(content: string, file: string): Utterance[] {
  return dataLines(content, ';;').flatMap(({ line, number }) => {
    const match = /^\S+\s+\S+\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+<[^>]*>)?\s*(.*)$/.exec(line);
    const [startMs, endMs] = [toMs(match?.[2]), toMs(match?.[3])];
    if (!match || !(endMs >= startMs)) throw misread(file, number, 'name channel speaker start end text');
    const [, speaker = '', , , text = ''] = match;
    return text === 'IGNORE_TIME_SEGMENT_IN_SCORING' ? [] : [{ speaker, startMs, endMs, text }];
  });
}

/** `SPEAKER name channel start length <NA> <NA> speaker …`; other kinds of lines are left aside. */
export function parseRttm(content: string, file: string): VoiceSpan[] {
  return dataLines(content, ';;').flatMap(({ line, number }) => {
    const [kind, , , start, length, , , speaker] = line.split(/\s+/);
    if (kind !== 'SPEAKER') return [];
    const [startMs, lengthMs] = [toMs(start), toMs(length)];
    if (!(startMs >= 0 && lengthMs >= 0) || !speaker) {
      throw misread(file, number, 'SPEAKER name channel start length <NA> <NA> speaker');
    }
    return [{ speaker, startMs, endMs: startMs + lengthMs }];
  });
}

type Segment = z.infer<typeof truthSchema>['segments'][number];

function parseTruthJson(content: string, file: string): Segment[] {
  try {
    return truthSchema.parse(JSON.parse(content)).segments;
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new HansardError('file_unreadable', `${file}: ${detail}`, { cause });
  }
}

function toUtterance({ speaker, start, end, text }: Segment): Utterance {
  return { speaker, startMs: start * 1000, endMs: end * 1000, text };
}

function toTimedWords({ words = [] }: Segment): TimedWord[] {
  return words.map(([text, start, end]) => ({ text, startMs: start * 1000, endMs: end * 1000 }));
}

function dataLines(content: string, comment: string) {
  return content
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith(comment));
}

/** NaN for what is no number. */
function toMs(seconds: string | undefined): number {
  return seconds ? Number(seconds) * 1000 : Number.NaN;
}

function misread(file: string, line: number, expected: string): HansardError {
  return new HansardError('file_unreadable', `${path.basename(file)}, line ${line}: expected "${expected}"`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new HansardError('file_unreadable', file, { cause });
  }
}
