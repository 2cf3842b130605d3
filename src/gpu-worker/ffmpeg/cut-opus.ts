/** Cuts a stretch of decoded sound into a small Opus file that any browser and chat plays. */

import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { Span } from '../../pipeline/meeting.ts';
import { buildCage, ENV_PATH, FORMAT_WHITELIST, PROTOCOL_WHITELIST } from './cage.ts';
import { checkFfmpeg } from './check-ffmpeg.ts';
import { runTool } from './run-tool.ts';

/** 8 s are 32 KB then, with its container: speech is hardly better with more (RFC 6716, section 2.1.1). */
const BITS_PER_SECOND = 32_000;
/** What a dialog of a chat may hold. */
export const MOST_CLIP_BYTES = 60_000;
const FADE_SECONDS = 0.02;
const TIMEOUT_MS = 30_000;

/**
 * @param wavPath 16 kHz, mono; the clip is written to `target`, which ends with `.ogg`
 * @throws HansardError `ffmpeg_missing`, `decode_failed`, `too_large` when it came out larger than MOST_CLIP_BYTES
 */
export async function cutOpus(
  wavPath: string,
  { startMs, endMs }: Span,
  target: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const { ffmpegPath } = await checkFfmpeg();
  const seconds = (endMs - startMs) / 1000;
  const fades = `afade=t=in:d=${FADE_SECONDS},afade=t=out:st=${Math.max(0, seconds - FADE_SECONDS)}:d=${FADE_SECONDS}`;
  const args = [
    ...(await buildCage({ cpuSeconds: TIMEOUT_MS / 1000, maxFileBytes: 2 * MOST_CLIP_BYTES })),
    ...[ffmpegPath, '-nostdin', '-v', 'error', '-y', '-protocol_whitelist', PROTOCOL_WHITELIST],
    ...[
      '-format_whitelist',
      FORMAT_WHITELIST,
      '-ss',
      `${startMs / 1000}`,
      '-t',
      `${seconds}`,
      '-i',
      `file:${path.resolve(wavPath)}`,
    ],
    ...['-af', fades, '-map_metadata', '-1', '-c:a', 'libopus', '-b:a', `${BITS_PER_SECOND}`, '-application', 'voip'],
    ...['-f', 'ogg', `file:${path.resolve(target)}`],
  ];
  const run = await runTool({ command: ENV_PATH, args, timeoutMs: TIMEOUT_MS, maxOutputBytes: 64 * 1024, signal });
  if (run.exitCode !== 0)
    throw new HansardError(run.stopped === 'aborted' ? 'cancelled' : 'decode_failed', run.stderr || `${run.stopped}`);
  const clip = await fs.readFile(target);
  if (clip.length > MOST_CLIP_BYTES) throw new HansardError('too_large', `a clip of ${clip.length} bytes`);
  return clip;
}
