/**
 * Meetings whose facts are known: `NAME.facts.json` beside `NAME.truth.json`, and whole transcripts with a summary by
 * people, `NAME.abssumm.txt` beside `NAME.transcript.txt`.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { speakerId, type Transcript } from '../../pipeline/meeting.ts';

const moment = z.object({ start: z.number(), end: z.number() });
const fact = z.object({ id: z.string().optional(), text: z.string(), said: moment.optional() });
const factsSchema = z.object({
  meeting_date: z.iso.date(),
  decisions: z.array(fact),
  /** Decisions that a later one replaced: whoever reports them is wrong. */
  superseded: z.array(fact).default([]),
  action_items: z.array(
    fact.extend({
      owner: z.string().nullable(),
      due_date: z.iso.date().nullable(),
      status: z.enum(['open', 'done', 'cancelled']).default('open'),
    }),
  ),
  questions: z.array(fact),
  numbers: z.array(z.string()).default([]),
});
export type Facts = z.infer<typeof factsSchema>;
export type Fact = z.infer<typeof fact>;

const truthSchema = z.object({
  language: z.string().default('en'),
  segments: z.array(z.object({ start: z.number(), end: z.number(), speaker: z.string(), text: z.string() })),
});

export interface SummaryCase {
  name: string;
  meetingDate: string;
  transcript: Transcript;
  /** Who the voices are that have no name in the transcript, by label. */
  names?: ReadonlyMap<string, string>;
  facts: Facts | undefined;
  /** By people. */
  abstract: string | undefined;
}

/** Of texts without times and speakers. */
const WORDS_PER_SECOND = 2.5;
const TURN_WORDS = 40;
const ANY_DATE = '2026-01-05';

/** @throws HansardError `invalid_usage` when nothing is there, `file_unreadable` for a file that does not fit */
export async function readCases(folder: string): Promise<SummaryCase[]> {
  const names = await fs.readdir(folder).catch(cause => {
    throw new HansardError('invalid_usage', `There is no folder ${folder}.`, { cause });
  });
  const cases: SummaryCase[] = [];
  for (const file of names.toSorted()) {
    const [name, kind] = [file.replace(/\..*$/u, ''), file.replace(/^[^.]*/u, '')];
    if (kind === '.facts.json' && names.includes(`${name}.truth.json`)) cases.push(await readFactCase(folder, name));
    if (kind === '.abssumm.txt' && names.includes(`${name}.transcript.txt`))
      cases.push(await readTextCase(folder, name));
  }
  if (cases.length === 0)
    throw new HansardError(
      'invalid_usage',
      `${folder} has neither NAME.facts.json with NAME.truth.json nor NAME.abssumm.txt with NAME.transcript.txt.`,
    );
  return cases;
}

async function readFactCase(folder: string, name: string): Promise<SummaryCase> {
  const facts = await readJson(path.join(folder, `${name}.facts.json`), factsSchema);
  const { segments, language } = await readJson(path.join(folder, `${name}.truth.json`), truthSchema);
  const abstract = undefined;
  return { name, meetingDate: facts.meeting_date, transcript: toTranscript(segments, language), facts, abstract };
}

async function readTextCase(folder: string, name: string): Promise<SummaryCase> {
  const text = await fs.readFile(path.join(folder, `${name}.transcript.txt`), 'utf8');
  const abstract = (await fs.readFile(path.join(folder, `${name}.abssumm.txt`), 'utf8')).trim();
  let clock = 0;
  const segments = cutText(text).map(part => {
    const start = clock;
    clock += part.split(' ').length / WORDS_PER_SECOND;
    return { start, end: clock, speaker: 'Speaker', text: part };
  });
  return { name, meetingDate: ANY_DATE, transcript: toTranscript(segments, 'en'), facts: undefined, abstract };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await fs.readFile(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new HansardError('file_unreadable', `${file}: ${why}`, { cause });
  }
}

/** At the ends of sentences. */
function cutText(text: string): string[] {
  const parts: string[] = [];
  let part: string[] = [];
  for (const word of text.split(/\s+/u).filter(Boolean)) {
    part.push(word);
    if (part.length < TURN_WORDS || !/[.?!]$/u.test(word)) continue;
    parts.push(part.join(' '));
    part = [];
  }
  return part.length > 0 ? [...parts, part.join(' ')] : parts;
}

function toTranscript(segments: z.infer<typeof truthSchema>['segments'], language: string): Transcript {
  const ids = new Map<string, string>();
  const turns = segments.map(({ start, end, speaker: label, text }, index) => {
    const speaker = ids.get(label) ?? speakerId(ids.size);
    ids.set(label, speaker);
    const said = text.split(/\s+/u).filter(Boolean);
    const [startMs, stepMs] = [start * 1000, ((end - start) * 1000) / Math.max(1, said.length)];
    const words = said.map((word, place) => ({
      ...{ text: word, startMs: startMs + place * stepMs, endMs: startMs + (place + 1) * stepMs },
      ...{ confidence: 1, speaker },
    }));
    const id = `T${String(index + 1).padStart(4, '0')}`;
    return { id, speaker, text: said.join(' '), startMs, endMs: end * 1000, overlap: false, words };
  });
  const speechOf = (id: string) =>
    turns.filter(({ speaker }) => speaker === id).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return {
    language,
    durationMs: turns.reduce((latest, { endMs }) => Math.max(latest, endMs), 0),
    speakers: [...ids].map(([label, id]) => ({ id, label, speechMs: speechOf(id) })),
    turns,
  };
}
