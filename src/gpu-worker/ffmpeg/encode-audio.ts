/** The sound of a recording, small, for listening beside the minutes: Opus in WebM, which every browser plays and seeks in. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { buildCage, ENV_PATH } from './cage.ts';
import { buildInputOptions } from './decode-arguments.ts';
import { runTool } from './run-tool.ts';

/** Above what Opus needs for wideband speech, 16 to 20 kbit/s (RFC 6716, section 2.1.1): 11 MB an hour. */
const BITS_PER_SECOND = 24_000;
const TIMEOUT_SHARE = 0.5;
const MAX_REPORT_BYTES = 64 * 1024;

export interface EncodeRequest {
  sourcePath: string;
  /** Index among the audio tracks. */
  track: number;
  durationMs: number;
  ffmpegPath: string;
  /** Empty and ours. */
  folder: string;
  signal: AbortSignal;
}

/** Times are those of the words: gaps are filled as they were for the models. undefined when this ffmpeg cannot do it. */
export async function encodeAudio(request: EncodeRequest): Promise<Uint8Array | undefined> {
  const { sourcePath, track, durationMs, ffmpegPath, folder, signal } = request;
  await fs.symlink(path.resolve(sourcePath), path.join(folder, 'source.bin'));
  const timeoutMs = Math.max(60_000, TIMEOUT_SHARE * durationMs);
  const maxFileBytes = Math.ceil((durationMs / 1000) * (BITS_PER_SECOND / 8) * 2) + 1024 ** 2;
  const cage = await buildCage({ cpuSeconds: (2 * timeoutMs) / 1000, maxFileBytes });
  const write = [
    ...['-map', `0:a:${track}`, '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-af', 'aresample=async=1:first_pts=0', '-ac', '1'],
    ...['-c:a', 'libopus', '-b:a', String(BITS_PER_SECOND), '-application', 'voip', '-f', 'webm', 'file:audio.webm'],
  ];
  const { exitCode } = await runTool({
    command: ENV_PATH,
    args: [...cage, ffmpegPath, ...buildInputOptions(), '-i', 'file:source.bin', ...write],
    cwd: folder,
    timeoutMs,
    maxOutputBytes: MAX_REPORT_BYTES,
    signal,
  });
  return exitCode === 0 ? await fs.readFile(path.join(folder, 'audio.webm')) : undefined;
}
