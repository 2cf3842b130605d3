/** Asks ffprobe what a recording is, and says in one code what is wrong with one that cannot be used. */
import { HansardError } from '../../errors.ts';
import { buildCage, ENV_PATH, FORMAT_WHITELIST, PROTOCOL_WHITELIST } from './cage.ts';
import type { FfmpegTools } from './check-ffmpeg.ts';
import { endsInsideOggPage, findWavDurationMs } from './container-length.ts';
import { buildMediaFacts, ffprobeSchema, type ProbedMedia } from './media-facts.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { hasMediaSignature, openSniffed, type SniffedFile } from './sniff.ts';

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * Reads a recording's metadata.
 * @throws HansardError `file_missing`, `not_a_file`, `file_unreadable`, `empty_file`, `web_page`, `not_media`,
 *   `damaged_media`, `no_audio`, `ffmpeg_missing` or `cancelled`
 */
export async function probe(path: string, tools: FfmpegTools, signal?: AbortSignal): Promise<ProbedMedia> {
  const file = await openSniffed(path);
  try {
    const result = await runFfprobe(file, tools.ffprobePath, signal);
    const facts = buildMediaFacts(parseAnswer(result, file, path), {
      sizeBytes: file.sizeBytes,
      head: file.head,
      wavDurationMs: findWavDurationMs(file.head),
      durationIsGuess: result.stderr.includes('Estimating duration from bitrate'),
      endsInsideBlock: await endsInsideOggPage(file.handle, file.head, file.sizeBytes),
    });
    if (facts.audioTracks.length > 0) return facts;
    if (facts.video) throw new HansardError('no_audio', `${path} has a ${facts.video.codec} video track and no audio`);
    throw new HansardError('damaged_media', `${path} is a ${facts.container} file without any track`);
  } finally {
    await file.handle.close();
  }
}

/** The open file is ffprobe's standard input, so its name is no argument and it is the very file that was sniffed. */
async function runFfprobe(file: SniffedFile, ffprobePath: string, signal?: AbortSignal): Promise<ToolResult> {
  const cage = await buildCage({ cpuSeconds: TIMEOUT_MS / 1000, maxFileBytes: 0 });
  const limits = ['-protocol_whitelist', PROTOCOL_WHITELIST, '-format_whitelist', FORMAT_WHITELIST];
  const wanted = ['-print_format', 'json', '-show_format', '-show_streams', '-show_chapters'];
  return runTool({
    command: ENV_PATH,
    args: [...cage, ffprobePath, '-hide_banner', '-loglevel', 'warning', ...limits, ...wanted, '-i', 'file:/dev/fd/0'],
    stdin: file.handle.fd,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    ...(signal && { signal }),
  });
}

function parseAnswer(result: ToolResult, file: SniffedFile, path: string) {
  const lastWords = result.stderr.trim().split('\n').slice(-3).join(' | ');
  if (result.stopped === 'aborted') throw new HansardError('cancelled', `probing ${path}`);
  if (result.exitCode === 127) throw new HansardError('ffmpeg_missing', lastWords);
  if (result.stopped !== null)
    throw new HansardError('damaged_media', `${path}: ffprobe was stopped, ${result.stopped}`);
  if (result.exitCode !== 0) {
    const code = hasMediaSignature(file.head) ? 'damaged_media' : 'not_media';
    throw new HansardError(code, `${path}: ${lastWords || `ffprobe ended with ${result.exitCode ?? 'a signal'}`}`);
  }
  const parsed = ffprobeSchema.safeParse(parseJson(result.stdout));
  if (!parsed.success) throw new HansardError('damaged_media', `${path}: ffprobe's answer makes no sense`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema refuses it, with the same message as any other nonsense
  }
}
