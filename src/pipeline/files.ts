/**
 * The published JSON files: transcript.json, analytics.json and meta.json (summary.json: summary.ts). Times are seconds,
 * 3 decimals.
 */
import { z } from 'zod';
import { platformUserSchema } from './tracks.ts';

const seconds = z.number().min(0);
const speaker = z.string().regex(/^SPEAKER_\d{2,}$/);

/** Somebody that a speaker may be, and why. */
const nameSuggestion = z.object({
  name: z.string(),
  confidence: z.number().min(0).max(1),
  from: z.enum(['voice', 'words']),
  /** What was said, where `from` is `words`. */
  evidence: z.object({ turn: z.string(), start: seconds, end: seconds, quote: z.string() }).nullable(),
});
export type NameSuggestion = z.infer<typeof nameSuggestion>;

export const transcriptFileSchema = z.object({
  schemaVersion: z.literal(1),
  language: z.string(),
  durationSeconds: seconds,
  speakers: z.array(
    z.object({
      id: speaker,
      label: z.string(),
      /** Whose track it was, where the recording names its users (Craig). */
      user: platformUserSchema.optional(),
      seconds,
      /** Who gave the label; missing where it is the id. */
      by: z.enum(['people', 'voice']).optional(),
      /** Who it may be, the likeliest first: for people to say, never set by itself. */
      suggestions: z.array(nameSuggestion).optional(),
    }),
  ),
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
    z.object({
      text: z.string(),
      start: seconds,
      end: seconds,
      speaker,
      confidence: z.number().min(0).max(1),
      /** What was heard where the glossary put this word; of a term of several words, at the first one for all. */
      original: z.string().optional(),
    }),
  ),
});
export type TranscriptFile = z.infer<typeof transcriptFileSchema>;

const count = z.number().int().min(0);
const share = z.number().min(0).max(1);

/** What was said, counted. */
const wording = {
  /** Words as Unicode cuts them (UAX #29), which also works where no spaces are written. */
  wordCount: count,
  /** Vocabulary: different words, whatever their case. */
  distinctWordCount: count,
  /** Mean share of different words among 50 in a row (MATTR), so that long talk does not look poorer; null below 50. */
  lexicalDiversity: share.nullable(),
  wordsPerSentence: z.number().min(0).nullable(),
  /** Sentences that end in a question mark. */
  questionCount: count,
  /** Over the time of speech, pauses left out; null when nobody spoke. */
  wordsPerMinute: z.number().min(0).nullable(),
  /** How often the floor was taken; the turns of one speaker in a row are one. */
  turnCount: count,
  meanTurnSeconds: seconds.nullable(),
};

export const analyticsFileSchema = z.object({
  schemaVersion: z.literal(1),
  durationSeconds: seconds,
  meeting: z.object({
    ...wording,
    /** Somebody speaks; two at once count once. */
    talkSeconds: seconds,
    /** Two or more speak at once. */
    overlapSeconds: seconds,
    /** Of the duration, during which nobody speaks. */
    silenceShare: share,
    interruptionCount: count,
  }),
  speakers: z.array(
    z.object({
      id: speaker,
      label: z.string(),
      ...wording,
      /** Overlap counts for each voice. */
      talkSeconds: seconds,
      /** Of the talk seconds of all speakers. */
      talkShare: share,
      /** How often this speaker cut others off, and was cut off: see find-interruptions.ts. */
      interruptionsMade: count,
      interruptionsSuffered: count,
      longestMonologue: z.object({ start: seconds, end: seconds }).nullable(),
    }),
  ),
});
export type AnalyticsFile = z.infer<typeof analyticsFileSchema>;

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
  /** Index into `audioTracks`; null when each track is one speaker's, and all were transcribed. */
  chosenTrack: z.number().int().min(0).nullable(),
  /** Of the file, or the notes that somebody took while it was recorded. */
  chapters: z.array(z.object({ title: z.string(), start: seconds })).default([]),
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
  /** Words and phrases that the glossary put right. */
  glossaryCorrections: count.default(0),
  warnings: z.array(z.string()),
});
export type MetaFile = z.infer<typeof metaFileSchema>;
