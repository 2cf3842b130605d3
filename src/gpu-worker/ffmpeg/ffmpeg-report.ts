/** Sorts what ffmpeg writes to standard error: progress, and errors of which only the last are kept. */

export interface FfmpegReport {
  addLine(line: string): void;
  /** How many errors there were, repeated ones counted. */
  errorCount(): number;
  /** The last errors, each cut to a sensible length. */
  lastErrors(): string[];
}

const PROGRESS =
  /^(frame|fps|stream_\d+_\d+_q|bitrate|total_size|out_time(_us|_ms)?|dup_frames|drop_frames|speed|progress)=/;
const MAX_LINES = 40;
const MAX_LINE_LENGTH = 300;

/** @param onTimeMs called with the position in the output, in milliseconds, about twice a second */
export function createFfmpegReport(onTimeMs: (timeMs: number) => void): FfmpegReport {
  const kept: string[] = [];
  let count = 0;
  return {
    addLine: line => {
      const time = /^out_time_us=(\d+)/.exec(line)?.[1];
      if (time !== undefined) onTimeMs(Number(time) / 1000);
      if (PROGRESS.test(line) || line.trim() === '') return;
      const repeats = /Last message repeated (\d+) times/.exec(line)?.[1];
      count += repeats === undefined ? 1 : Number(repeats);
      kept.push(line.trim().slice(0, MAX_LINE_LENGTH));
      if (kept.length > MAX_LINES) kept.shift();
    },
    errorCount: () => count,
    lastErrors: () => [...kept],
  };
}
