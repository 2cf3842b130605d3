/** Which voices there are in a folder, and where each is heard alone. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { Span } from '../../pipeline/meeting.ts';
import { soloSpans } from '../../pipeline/voices/solo-spans.ts';
import { findRecordings } from '../find-recordings.ts';
import { readTruth } from '../read-truth.ts';

export interface VoiceRecording {
  /** Whoever has the same name is the same voice, also in several recordings. */
  voice: string;
  file: string;
  /** Undefined: all of it. */
  solo: Span[] | undefined;
}

const AUDIO = /\.(?:wav|flac|opus|webm|m4a|ogg|mp3)$/i;

/**
 * A folder inside the folder is a voice, named like the folder, and so is a single file without truth; a recording with
 * truth (.rttm, .truth.json) has the voices that the truth names.
 * @throws HansardError `invalid_usage` when there is none
 */
export async function findVoices(place: string): Promise<VoiceRecording[]> {
  const stat = await fs.stat(place).catch(cause => {
    throw new HansardError('invalid_usage', `There is no ${place}.`, { cause });
  });
  const { recordings } = await findRecordings(place);
  const known: VoiceRecording[] = [];
  for (const { file, truthBase } of recordings) {
    const spans = (await readTruth(truthBase))?.spans ?? [];
    const voices = [...new Set(spans.map(({ speaker }) => speaker))];
    const numbered = spans.map(span => ({ ...span, speaker: voices.indexOf(span.speaker) }));
    known.push(...voices.map((voice, number) => ({ voice, file, solo: soloSpans(numbered, number).sort(byStart) })));
  }
  if (!stat.isDirectory())
    return known.length > 0 ? known : [{ voice: path.parse(place).name, file: place, solo: undefined }];
  for (const entry of await fs.readdir(place, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const names = await fs.readdir(path.join(place, entry.name));
    for (const name of names.filter(one => AUDIO.test(one)).sort())
      known.push({ voice: entry.name, file: path.join(place, entry.name, name), solo: undefined });
  }
  if (known.length === 0) throw new HansardError('invalid_usage', `No voices in ${place}.`);
  return known;
}

function byStart(a: Span, b: Span): number {
  return a.startMs - b.startMs;
}
