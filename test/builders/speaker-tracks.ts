/** Cuts a recording with known turns into one track per speaker, as Craig and OBS would have recorded it. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeZip } from './zip-file.ts';

const truthSchema = z.object({
  segments: z.array(
    z.object({
      start: z.number(),
      end: z.number(),
      speaker: z.string(),
      text: z.string(),
      words: z.array(z.tuple([z.string(), z.number(), z.number()])).default([]),
    }),
  ),
});
export type Segment = z.infer<typeof truthSchema>['segments'][number];

/** The truth beside a recording of the test data. */
export function readSegments(truthPath: string): Segment[] {
  return truthSchema.parse(JSON.parse(fs.readFileSync(truthPath, 'utf8'))).segments;
}

export interface Track {
  speaker: string;
  file: string;
}

/**
 * One FLAC file per speaker, silent where the speaker is, as long as the recording.
 * @param delaySeconds by which a speaker's track is late; who has none is on time
 */
export function cutTracks(
  recording: string,
  segments: readonly Pick<Segment, 'start' | 'end' | 'speaker'>[],
  folder: string,
  delaySeconds: Readonly<Record<string, number>> = {},
): Track[] {
  return [...new Set(segments.map(({ speaker }) => speaker))].map((speaker, index) => {
    const own = segments.filter(segment => segment.speaker === speaker);
    const spoken = own.map(({ start, end }) => `between(t,${start - 0.05},${end + 0.05})`).join('+');
    const file = path.join(folder, `${index + 1}-${speaker.replace(/[^a-zA-Z0-9]/g, '_')}.flac`);
    const late = Math.round((delaySeconds[speaker] ?? 0) * 1000);
    const filters = `asetnsamples=160,volume=volume=0:enable='not(${spoken})':eval=frame,adelay=${late}:all=1`;
    ffmpeg('-i', recording, '-ac', '1', '-af', filters, file);
    return { speaker, file };
  });
}

/** A ZIP as Craig makes it, of tracks that were cut. */
export function writeCraigZip(
  file: string,
  tracks: readonly Track[],
  { notes = [], extra = [] }: { notes?: readonly string[]; extra?: readonly { name: string; content: string }[] } = {},
): void {
  const info = craigInfo(
    tracks.map(({ speaker }, index) => `${speaker}#0 (${userId(index)})`),
    notes,
  );
  writeZip(file, [
    ...tracks.map(({ file: track }) => ({ name: path.basename(track), content: fs.readFileSync(track) })),
    { name: 'info.txt', content: info },
    { name: 'raw.dat', content: 'raw' },
    ...extra,
  ]);
}

export function userId(index: number): string {
  return `${333_333_333_333_333n + BigInt(index)}`;
}

/** The text of info.txt, with the line ends that Craig writes. */
export function craigInfo(people: readonly string[], notes: readonly string[] = []): string {
  const head = ['Recording aBcD1234', '', 'Guild:\t\tShed club (111111111111111111)', 'Channel:\tgarden (2222222222)'];
  const rest = ['Requester:\tsam#0 (333333333333333)', 'Start time:\t2026-11-16T09:00:00.000Z', '', 'Tracks:'];
  const noted = notes.length > 0 ? ['', 'Notes:', ...notes.map(note => `\t${note}`)] : [];
  return [...head, ...rest, ...people.map(person => `\t${person}`), ...noted, ''].join('\r\n');
}

export function ffmpeg(...args: string[]): void {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}
