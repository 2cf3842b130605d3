/** What `hansard transcribe` says about a recording when it is through with it: a line for people, JSON for programs. */
import path from 'node:path';
import type { HansardError } from '../errors.ts';
import type { MetaFile } from '../pipeline/files.ts';
import type { ProcessedMeeting } from '../pipeline/process-recording.ts';
import { stageCosts } from '../pipeline/render/build-meta.ts';
import { formatLength, toSeconds } from '../pipeline/render/format-time.ts';

/** The object of `--json`. */
export interface Report {
  /** As it was named on the command line. */
  file: string;
  /** `incomplete`: the files are there, but a stage failed and they do without it. */
  status: 'done' | 'incomplete' | 'failed';
  meetingId: string | null;
  durationSeconds: number | null;
  wallSeconds: number;
  language: string | null;
  speakers: number | null;
  stages: MetaFile['stages'];
  folder: string | null;
  files: string[];
  warnings: string[];
  error: { code: string; message: string; detail: string } | null;
}

export function buildReport(
  file: string,
  meeting: ProcessedMeeting,
  written: { folder: string; files: readonly string[] },
  wallSeconds: number,
): Report {
  return {
    file,
    status: meeting.complete ? 'done' : 'incomplete',
    meetingId: meeting.meetingId,
    durationSeconds: toSeconds(meeting.decoded.durationMs),
    wallSeconds,
    language: meeting.transcript.language,
    speakers: meeting.transcript.speakers.length,
    stages: stageCosts(meeting),
    folder: written.folder,
    files: written.files.map(name => path.join(written.folder, name)),
    warnings: meeting.warnings,
    error: null,
  };
}

export function buildFailure(file: string, error: HansardError, wallSeconds: number): Report {
  const { code, userMessage: message, detail } = error;
  const nothing = { meetingId: null, durationSeconds: null, language: null, speakers: null, folder: null };
  return {
    file,
    status: 'failed',
    ...nothing,
    wallSeconds,
    stages: {},
    files: [],
    warnings: [],
    error: { code, message, detail },
  };
}

/** One line, and one more for each warning; a failure is its plain sentence. */
export function presentReport(report: Report): string {
  const name = printable(report.file);
  if (report.error) return `${name}: ${report.error.message}\n`;
  const lengthMs = (report.durationSeconds ?? 0) * 1000;
  const speakers = report.speakers === 1 ? '1 speaker' : `${report.speakers} speakers`;
  const pace = lengthMs > 0 ? `, ${Math.round(lengthMs / 1000 / Math.max(0.001, report.wallSeconds))}x real time` : '';
  const isStored = Object.values(report.stages).every(stage => stage.stored);
  const how = isStored
    ? `from stored results in ${report.wallSeconds.toFixed(1)} s`
    : `in ${report.wallSeconds.toFixed(1)} s${pace}`;
  const lines = [
    `${name}: ${formatLength(lengthMs)}, ${speakers}, ${how}`,
    ...report.warnings.map(warning => `  ! ${printable(warning)}`),
    `  ${printable(report.folder ?? '')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Names and what a file says about itself may hold line breaks and escape sequences; a terminal shall not obey them. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\u{fffd}');
}
