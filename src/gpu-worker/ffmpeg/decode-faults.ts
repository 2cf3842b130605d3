/** What went wrong when ffmpeg did not finish, in one code. */
import { type FaultCode, HansardError } from '../../errors.ts';

/** How a run of ffmpeg ended. */
export interface FfmpegEnd {
  /** fluent-ffmpeg's account of a bad exit, e.g. "ffmpeg exited with code 1: …"; null when it was a good one. */
  failure: string | null;
  /** Why we stopped it; null when it ended by itself. */
  stopped: 'aborted' | 'timeout' | 'too_long' | null;
  /** The last lines that were errors. */
  errors: string[];
}

const STOPPED: Record<NonNullable<FfmpegEnd['stopped']>, FaultCode> = {
  aborted: 'cancelled',
  timeout: 'decode_failed',
  too_long: 'too_long',
};

/** First match wins. Written with ffmpeg 5.1; the system's own words come from strerror in the C locale. */
const CAUSES: { words: RegExp; code: FaultCode }[] = [
  { words: /No space left on device|Disk quota exceeded/, code: 'disk_full' },
  { words: /signal SIGXFSZ|File too large/, code: 'too_long' },
  { words: /exited with code 127/, code: 'ffmpeg_missing' },
  { words: /Cannot allocate memory/, code: 'out_of_memory' },
  { words: /matches no streams/, code: 'no_audio' },
  { words: /\.bin: No such file/, code: 'file_missing' },
  { words: /\.bin: Permission denied/, code: 'file_unreadable' },
  { words: /not on whitelist/, code: 'not_media' },
  {
    words: /Invalid data found|moov atom not found|Error while opening decoder|Decoder .*not found/,
    code: 'damaged_media',
  },
];

/** A full disk is a failure even where ffmpeg ends well. */
const DISK_FULL = /No space left on device|Disk quota exceeded/;

/** @throws HansardError when the run gave no complete result */
export function throwOnFault({ failure, stopped, errors }: FfmpegEnd, sourcePath: string): void {
  const lastWords = [...errors.slice(-3), ...(failure === null ? [] : [failure])].join(' | ');
  if (stopped) throw new HansardError(STOPPED[stopped], `${sourcePath}: decoding was stopped, ${stopped}`);
  if (failure === null && !errors.some(line => DISK_FULL.test(line))) return;
  const said = [...errors, failure].join('\n');
  const code = CAUSES.find(({ words }) => words.test(said))?.code ?? 'decode_failed';
  throw new HansardError(code, `${sourcePath}: ${lastWords}`);
}
