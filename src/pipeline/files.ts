/** The published JSON files: transcript.json and meta.json (summary.json: summary.ts). Times are seconds, 3 decimals. */
import { z } from 'zod';

const seconds = z.number().min(0);
const speaker = z.string().regex(/^SPEAKER_\d{2,}$/);

export const transcriptFileSchema = z.object({
  schemaVersion: z.literal(1),
  language: z.string(),
  durationSeconds: seconds,
  speakers: z.array(z.object({ id: speaker, label: z.string(), seconds })),
  turns: z.array(
    z.object({
      id: z.string().regex(/^T\d{4,}$/),
      speaker,
      start: seconds,
      end: seconds,
      text: z.string(),
      overlap: z.boolean(),
    }),
  ),
  words: z.array(
    z.object({ text: z.string(), start: seconds, end: seconds, speaker, confidence: z.number().min(0).max(1) }),
  ),
});
export type TranscriptFile = z.infer<typeof transcriptFileSchema>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const audioTrack = z.object({
  codec: z.string(),
  channels: z.number().int().min(0),
  sampleRateHz: z.number().int().min(0),
  language: z.string().nullable(),
  title: z.string().nullable(),
  durationSeconds: seconds.nullable(),
});

/** What ffprobe says about the recording. Where and with what it was recorded is left out on purpose. */
const recording = z.object({
  /** The file's name without its folder. */
  fileName: z.string(),
  sha256,
  sizeBytes: z.number().int().min(0),
  container: z.string(),
  /** What the file says; the length that was decoded is `durationSeconds` beside. */
  statedSeconds: seconds.nullable(),
  bitsPerSecond: z.number().nullable(),
  createdAt: z.iso.datetime().nullable(),
  title: z.string().nullable(),
  video: z.object({ codec: z.string(), width: z.number().int(), height: z.number().int() }).nullable(),
  audioTracks: z.array(audioTrack),
  /** Index into `audioTracks`. */
  chosenTrack: z.number().int().min(0),
});

const stage = z.object({
  seconds,
  cpuSeconds: seconds,
  /** Seconds per second of recording. */
  rtf: z.number().min(0),
  /** Answered from an earlier run's result; the seconds are that run's. */
  stored: z.boolean(),
});

export const metaFileSchema = z.object({
  schemaVersion: z.literal(1),
  meetingId: z.string(),
  /** When the meeting took place, as ISO date or date-time, and where. */
  meetingDate: z.iso.date().or(z.iso.datetime({ offset: true, local: true })),
  timeZone: z.string(),
  /** When the files were made. */
  processedAt: z.iso.datetime(),
  durationSeconds: seconds,
  recording,
  /** `hansard`, `node`, `ffmpeg`, `onnxruntime` … */
  versions: z.record(z.string(), z.string()),
  /** The device that was really used, and why that one. */
  device: z.object({ name: z.string(), reason: z.string() }),
  models: z.array(z.object({ name: z.string(), files: z.array(z.object({ name: z.string(), sha256 })) })),
  options: z.record(z.string(), z.json()),
  stages: z.record(z.string(), stage),
  warnings: z.array(z.string()),
});
export type MetaFile = z.infer<typeof metaFileSchema>;
