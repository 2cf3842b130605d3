/** What a recording would sound like over a telephone. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { buildCage, ENV_PATH } from './cage.ts';
import { checkFfmpeg } from './check-ffmpeg.ts';
import { MAX_WAV_BYTES } from './decoder.ts';
import { runTool } from './run-tool.ts';

/** 300 to 3400 Hz, the band of ITU-T G.712, with gentle edges, since no two lines have the same. */
const BAND = ['highpass=f=300,highpass=f=300,aresample=8000', 'lowpass=f=3400,lowpass=f=3400,aresample=16000'].join();
/** An hour takes 2 s (measured). */
const TIMEOUT_MS = 300_000;

/**
 * @param wavPath 16 kHz, mono; the result is written to `target` in the same form
 * @throws HansardError `ffmpeg_missing`, `decode_failed`, `cancelled`
 */
export async function throughTelephone(wavPath: string, target: string, signal: AbortSignal): Promise<void> {
  const { ffmpegPath } = await checkFfmpeg();
  const args = [
    ...(await buildCage({ cpuSeconds: TIMEOUT_MS / 1000, maxFileBytes: MAX_WAV_BYTES })),
    ...[ffmpegPath, '-nostdin', '-v', 'error', '-y', '-protocol_whitelist', 'file', '-f', 'wav'],
    ...['-i', `file:${path.resolve(wavPath)}`, '-af', BAND, '-c:a', 'pcm_s16le', '-bitexact', '-f', 'wav'],
    `file:${path.resolve(target)}`,
  ];
  const run = await runTool({ command: ENV_PATH, args, timeoutMs: TIMEOUT_MS, maxOutputBytes: 64 * 1024, signal });
  if (run.exitCode !== 0)
    throw new HansardError(run.stopped === 'aborted' ? 'cancelled' : 'decode_failed', run.stderr || `${run.stopped}`);
}
