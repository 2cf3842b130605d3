/** Whether a recogniser hears what it should: the words of a known recording, and a mark where that was seen. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { normalizeEnglish } from '../../bench/normalize-english.ts';
import { compareWords, errorRate } from '../../bench/word-errors.ts';
import { SAMPLE_RATE_HZ, type Word } from '../../pipeline/meeting.ts';
import type { DecodedAudio } from '../../pipeline/ports.ts';
import { findModel } from './catalogue.ts';

/** The beginning of the sample that comes with Hansard: three speakers, in English, which every recogniser here knows. */
export const CHECK_RECORDING = path.join(import.meta.dirname, '../../../samples/standup.webm');
const CHECK_MS = 21_000;
const WORDS =
  "Morning, everyone. It's Monday the sixteenth of November, so let's keep this quick. Kenji, do you want to start? " +
  'Sure. On Friday I finished the login fix, and the new sensor firmware is on the test bench. Forty-two out of forty-five ' +
  'units passed overnight. Only three failures? Yeah, three. Same batch, bad solder on the antenna.';

/** Moonshine and whisper-base have 2 to 5 % of these words wrong; wrong features, inputs or weights give nonsense. */
const MOST_WRONG = 0.25;

export interface ModelCheck {
  model: string;
  /** Where it ran. */
  device: string;
  isGood: boolean;
  words: number;
  wrong: number;
  audioSeconds: number;
  cpuSeconds: number;
}

/** The part of the decoded recording whose words are known. */
export function partToCheck({ wavPath, sampleCount, durationMs }: DecodedAudio): DecodedAudio {
  const ms = Math.min(durationMs, CHECK_MS);
  return { wavPath, sampleCount: Math.min(sampleCount, (ms * SAMPLE_RATE_HZ) / 1000), durationMs: ms };
}

/** @param cost of hearing it, in seconds of CPU time */
export function judgeWords(
  model: string,
  heard: readonly Pick<Word, 'text'>[],
  { device, cpuSeconds }: { device: string; cpuSeconds: number },
): ModelCheck {
  const errors = compareWords(normalizeEnglish(WORDS), normalizeEnglish(heard.map(({ text }) => text).join(' ')));
  const { substitutions, deletions, insertions, words } = errors;
  const isGood = (errorRate(errors) ?? 1) <= MOST_WRONG;
  const wrong = substitutions + deletions + insertions;
  return { model, device, isGood, words, wrong, audioSeconds: CHECK_MS / 1000, cpuSeconds };
}

/** One line: "whisper-base hears as it should: 3 of 58 words wrong (5 %), 21 s of sound in 1.9 s of CPU time on cpu." */
export function describeCheck({ model, device, isGood, words, wrong, audioSeconds, cpuSeconds }: ModelCheck): string {
  const verdict = isGood ? 'hears as it should' : 'does not hear as it should';
  const share = Math.round((100 * wrong) / words);
  const cost = `${audioSeconds} s of sound in ${cpuSeconds.toFixed(1)} s of CPU time on ${device}`;
  return `${model} ${verdict}: ${wrong} of ${words} words wrong (${share} %), ${cost}.`;
}

const MARK = 'checked.json';
const markSchema = z.object({ device: z.string(), isGood: z.boolean(), sha256: z.array(z.string()) });

/** What was seen of these very files; undefined where they were not checked, and where the mark cannot be read. */
export async function findMark(
  folder: string,
  model: string,
): Promise<{ device: string; isGood: boolean } | undefined> {
  try {
    const mark = markSchema.parse(JSON.parse(await fs.readFile(path.join(folder, MARK), 'utf8')));
    return mark.sha256.join() === hashesOf(model).join() ? mark : undefined;
  } catch {
    return undefined; // it is checked once more
  }
}

/** Remembers a check. @throws what the disk says, e.g. where the folder may only be read */
export async function mark(folder: string, check: ModelCheck): Promise<void> {
  const content = { ...check, sha256: hashesOf(check.model), checkedAt: new Date().toISOString() };
  await fs.writeFile(path.join(folder, MARK), `${JSON.stringify(content, null, 2)}\n`);
}

function hashesOf(model: string): string[] {
  return findModel(model).files.map(({ sha256 }) => sha256);
}
