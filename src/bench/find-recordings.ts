/** Which files of a folder are measured: recordings that have truth beside them, each once. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../errors.ts';
import { TRUTH_ENDINGS } from './read-truth.ts';

export interface Found {
  recordings: { file: string; truthBase: string }[];
  skipped: { file: string; reason: string }[];
}

/** Where one recording lies there in several, the first of these is taken: what has lost least comes first. */
const AUDIO_ENDINGS = ['wav', 'flac', 'opus', 'webm', 'm4a', 'ogg', 'mp3', 'aac', 'mp4', 'mkv', 'mov'];

/**
 * @param where a folder (its own files, not those of folders inside), or one recording
 * @throws HansardError `invalid_usage` when it is not there
 */
export async function findRecordings(where: string): Promise<Found> {
  const stat = await fs.stat(where).catch(cause => {
    throw new HansardError('invalid_usage', `There is no ${where}.`, { cause });
  });
  const folder = stat.isDirectory() ? where : path.dirname(where);
  const names = await fs.readdir(folder);
  const audio = stat.isDirectory() ? names.filter(isAudio).toSorted(byRank) : [path.basename(where)];
  const found: Found = { recordings: [], skipped: [] };
  const taken = new Map<string, string>();
  for (const name of audio) {
    const file = path.join(folder, name);
    const base = withoutEnding(name);
    const twin = taken.get(base);
    if (!TRUTH_ENDINGS.some(ending => names.includes(base + ending))) {
      found.skipped.push({
        file,
        reason: `no truth beside it (${TRUTH_ENDINGS.map(ending => base + ending).join(', ')})`,
      });
    } else if (twin) {
      found.skipped.push({ file, reason: `the same recording as ${twin}` });
    } else {
      taken.set(base, name);
      found.recordings.push({ file, truthBase: path.join(folder, base) });
    }
  }
  return found;
}

function isAudio(name: string): boolean {
  return AUDIO_ENDINGS.includes(endingOf(name));
}

/** By name, then by ending in the order above. */
function byRank(a: string, b: string): number {
  const [baseA, baseB] = [withoutEnding(a), withoutEnding(b)];
  if (baseA !== baseB) return baseA < baseB ? -1 : 1;
  return AUDIO_ENDINGS.indexOf(endingOf(a)) - AUDIO_ENDINGS.indexOf(endingOf(b));
}

function endingOf(name: string): string {
  return path.extname(name).slice(1).toLowerCase();
}

function withoutEnding(name: string): string {
  return name.slice(0, name.length - path.extname(name).length);
}
