/** The cage in which ffmpeg and ffprobe run: no environment, bounded memory, time and files, dead when we are dead. */
import { runTool } from './run-tool.ts';

/** `env` has the same place on every Unix; whatever it starts keeps its process id, so a kill reaches ffmpeg itself. */
export const ENV_PATH = '/usr/bin/env';

export interface CageLimits {
  /** Processor time of all threads. */
  cpuSeconds: number;
  /** The largest file that may be written; 0 for programs that only read. */
  maxFileBytes: number;
}

/** What ffmpeg may open: files and pipes, no network. */
export const PROTOCOL_WHITELIST = 'file,pipe,fd';

/**
 * Demuxers that read one file and nothing beside it. Playlists (hls, concat, dash) and image sequences are not among
 * them: they would read other files of this machine into the transcript.
 */
export const FORMAT_WHITELIST =
  'mov,matroska,webm,mp3,wav,w64,flac,ogg,aac,aiff,amr,asf,avi,mpegts,mpeg,flv,caf,au,ac3,wv';

const ENVIRONMENT = ['-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'];
const MAX_MEMORY_BYTES = 4 * 1024 ** 3; // address space; a decode uses 0.5 GiB of it, libraries included (measured)
const MAX_OPEN_FILES = 64;

/**
 * Arguments for {@link ENV_PATH} that come before the program's own path. `setpriv` and `prlimit` are Linux programs:
 * each is left out where it cannot be used, which is tried here because old versions lack the options.
 */
export async function buildCage(limits: CageLimits): Promise<string[]> {
  const limited = [
    'prlimit',
    `--as=${MAX_MEMORY_BYTES}`,
    `--cpu=${Math.ceil(limits.cpuSeconds)}`,
    `--fsize=${limits.maxFileBytes}`,
    `--nofile=${MAX_OPEN_FILES}`,
    '--',
  ];
  for (const guards of [[...DIE_WITH_PARENT, ...limited], limited, DIE_WITH_PARENT]) {
    if (await works(guards)) return [...ENVIRONMENT, ...guards];
  }
  return ENVIRONMENT;
}

async function works(guards: string[]): Promise<boolean> {
  const args = [...ENVIRONMENT, ...guards, 'true'];
  return (await runTool({ command: ENV_PATH, args, timeoutMs: 5_000, maxOutputBytes: 4096 })).exitCode === 0;
}
