/** Finds ffmpeg and ffprobe and checks that they are new enough. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { runTool } from './run-tool.ts';

/** Absolute paths of both programs; `version` is ffmpeg's own word for it, e.g. `5.1.9-0+deb12u1`. */
export interface FfmpegTools {
  ffmpegPath: string;
  ffprobePath: string;
  version: string;
}

/** Before 5.1 a playlist could make ffmpeg fetch addresses and read other files. */
const OLDEST = { major: 5, minor: 1 };
/** The libavformat of ffmpeg 5.1: builds from its source repository carry no version number of their own. */
const OLDEST_LIBAVFORMAT = { major: 59, minor: 27 };

/**
 * @param options names or paths where the programs are not simply `ffmpeg` and `ffprobe` on the search path
 * @throws HansardError `ffmpeg_missing` or `ffmpeg_too_old`
 */
export async function checkFfmpeg(options: { ffmpegPath?: string; ffprobePath?: string } = {}): Promise<FfmpegTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    checkProgram(options.ffmpegPath ?? 'ffmpeg'),
    checkProgram(options.ffprobePath ?? 'ffprobe'),
  ]);
  return { ffmpegPath: ffmpeg.path, ffprobePath: ffprobe.path, version: ffmpeg.version };
}

async function checkProgram(name: string): Promise<{ path: string; version: string }> {
  const program = await findProgram(name);
  const { exitCode, stdout, stopped } = await runTool({
    command: program,
    args: ['-version'],
    timeoutMs: 10_000,
    maxOutputBytes: 64 * 1024,
  });
  const version = /^ff\w+ version (\S+)/.exec(stdout)?.[1];
  if (exitCode !== 0 || version === undefined) {
    throw new HansardError('ffmpeg_missing', `${program} does not answer as ffmpeg (${stopped ?? `exit ${exitCode}`})`);
  }
  if (!isNewEnough(version, stdout)) {
    throw new HansardError(
      'ffmpeg_too_old',
      `${program} is version ${version}, ${OLDEST.major}.${OLDEST.minor} is needed`,
    );
  }
  return { path: program, version };
}

/** The shell searches its own path, so that this file need not read the environment. */
async function findProgram(name: string): Promise<string> {
  const { exitCode, stdout } = await runTool({
    command: '/bin/sh',
    args: ['-c', 'command -v -- "$1"', 'sh', name],
    timeoutMs: 5_000,
    maxOutputBytes: 64 * 1024,
  });
  const found = stdout.replace(/\n$/, '');
  if (exitCode !== 0 || !found.includes('/')) throw new HansardError('ffmpeg_missing', `there is no program ${name}`);
  return path.resolve(found);
}

function isNewEnough(version: string, banner: string): boolean {
  const numbered = /^n?(\d+)\.(\d+)/.exec(version);
  if (numbered) return isAtLeast(numbered, OLDEST);
  const library = /^libavformat\s+(\d+)\.\s*(\d+)/m.exec(banner);
  return library !== null && isAtLeast(library, OLDEST_LIBAVFORMAT);
}

function isAtLeast([, major, minor]: RegExpExecArray, oldest: { major: number; minor: number }): boolean {
  return Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor);
}
