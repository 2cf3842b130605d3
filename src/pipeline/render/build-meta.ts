/** meta.json: what was processed, with which models, where, and what each stage cost. */
import type { MetaFile } from '../files.ts';
import type { ProcessedMeeting } from '../process-recording.ts';
import type { RecordingOptions } from '../recording-options.ts';
import { toSeconds } from './format-time.ts';

export interface MetaContext {
  /** The file's name without its folder. */
  fileName: string;
  options: RecordingOptions;
  /** Names and versions of the programs, without ffmpeg. */
  versions: Record<string, string>;
  device: { name: string; reason: string };
  models: MetaFile['models'];
  processedAt: Date;
}

export function buildMeta(meeting: ProcessedMeeting, context: MetaContext): MetaFile {
  const { facts, durationMs, ffmpegVersion } = meeting.decoded;
  const { options, versions } = context;
  const { meetingDate, ...chosen } = options;
  return {
    schemaVersion: 1,
    meetingId: meeting.meetingId,
    meetingDate: meeting.meetingDate,
    timeZone: options.timeZone,
    processedAt: context.processedAt.toISOString(),
    durationSeconds: toSeconds(durationMs),
    recording: {
      fileName: context.fileName,
      sha256: meeting.fileHash,
      sizeBytes: facts.sizeBytes,
      container: facts.container,
      statedSeconds: secondsOrNull(facts.durationMs),
      bitsPerSecond: facts.bitsPerSecond,
      createdAt: facts.createdAt,
      title: facts.title,
      video: facts.video && { codec: facts.video.codec, width: facts.video.width, height: facts.video.height },
      audioTracks: facts.audioTracks.map(track => ({
        codec: track.codec,
        channels: track.channels,
        sampleRateHz: track.sampleRateHz,
        language: track.language,
        title: track.title,
        durationSeconds: secondsOrNull(track.durationMs),
      })),
      chosenTrack: meeting.decoded.tracks ? null : facts.chosenTrack,
      chapters: facts.chapters.flatMap(({ title, startMs }) =>
        title === null ? [] : [{ title, start: toSeconds(startMs) }],
      ),
    },
    versions: { ...versions, ffmpeg: ffmpegVersion },
    device: nameDevice(meeting, context.device),
    models: context.models,
    options: JSON.parse(JSON.stringify({ ...chosen, meetingDate: meetingDate ?? null })),
    stages: stageCosts(meeting),
    glossaryCorrections: meeting.transcript.turns
      .flatMap(({ words }) => words)
      .filter(({ original }) => original !== undefined).length,
    warnings: meeting.warnings,
  };
}

/** Seconds, and seconds per second of recording, of each stage. */
export function stageCosts({ stages, decoded }: ProcessedMeeting): MetaFile['stages'] {
  const lengthSeconds = decoded.durationMs / 1000;
  return Object.fromEntries(
    Object.entries(stages).map(([name, { seconds, cpuSeconds, stored }]) => [
      name,
      {
        seconds: round(seconds, 3),
        cpuSeconds: round(cpuSeconds, 3),
        rtf: lengthSeconds > 0 ? round(seconds / lengthSeconds, 5) : 0,
        stored,
      },
    ]),
  );
}

/** A stored result was made on the device of its own run, which may be another than today's. */
function nameDevice({ stages }: ProcessedMeeting, today: MetaContext['device']): MetaFile['device'] {
  const used = stages.transcribe?.device ?? today.name;
  return used === today.name ? today : { name: used, reason: 'From an earlier run.' };
}

function secondsOrNull(ms: number | null): number | null {
  return ms === null ? null : toSeconds(ms);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
