/** The arguments of ffmpeg's one job here: any audio track to 16 kHz mono 16-bit PCM. */
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import { FORMAT_WHITELIST, PROTOCOL_WHITELIST } from './cage.ts';

/**
 * What comes before `-i`. Progress goes to standard error because fluent-ffmpeg opens no other pipe; errors only, so
 * that every line which is not progress counts as one.
 */
export function buildInputOptions(): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:2', '-threads', '2'],
    ...['-protocol_whitelist', PROTOCOL_WHITELIST, '-format_whitelist', FORMAT_WHITELIST],
  ];
}

/** What of a recording is decoded. */
export interface DecodedPart {
  /** Counts audio tracks from 0. */
  track: number;
  /** One channel of the track, from 0; all mixed when left out. */
  channel?: number | undefined;
  /** Only its beginning; all of it when left out. */
  seconds?: number | undefined;
}

/**
 * What comes after the input. Pictures, subtitles and data are never opened. `aresample` fills gaps in the timestamps
 * with silence: a muted microphone or a lost packet leaves such a gap in WebM, and without it ten seconds of gap move
 * every later word by ten seconds (measured). `-bitexact` keeps a comment chunk out of the WAV header.
 */
export function buildOutputOptions({ track, channel, seconds }: DecodedPart): string[] {
  const one = channel === undefined ? '' : `pan=mono|c0=c${channel},`;
  return [
    ...['-map', `0:a:${track}`, '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-af', `${one}aresample=async=1:first_pts=0`, '-ac', '1', '-ar', String(SAMPLE_RATE_HZ)],
    ...(seconds === undefined ? [] : ['-t', String(seconds)]),
    ...['-c:a', 'pcm_s16le', '-bitexact', '-f', 'wav'],
  ];
}
