/** The stored form of each stage's result. What is read back from disk is parsed: an older version may have written it. */
import { z } from 'zod';
import type { Diarization, Transcript, Transcription } from './meeting.ts';
import { platformUserSchema } from './tracks.ts';

export const spanSchema = z.object({ startMs: z.number(), endMs: z.number() });
const speech = spanSchema.extend({ voice: z.number().int().optional() });

export const transcriptionSchema: z.ZodType<Transcription> = z.object({
  language: z.string(),
  otherLanguages: z.array(spanSchema.extend({ language: z.string() })).optional(),
  words: z.array(speech.extend({ text: z.string(), confidence: z.number() })),
  translation: z.array(speech.extend({ text: z.string(), confidence: z.number() })).optional(),
  speech: z.array(speech),
  warnings: z.array(z.string()),
});

export const diarizationSchema: z.ZodType<Diarization> = z.object({
  spans: z.array(spanSchema.extend({ speaker: z.number().int() })),
  speakerCount: z.number().int(),
  warnings: z.array(z.string()),
});

export const transcriptSchema: z.ZodType<Transcript> = z.object({
  language: z.string(),
  durationMs: z.number(),
  speakers: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      user: platformUserSchema.optional(),
      speechMs: z.number(),
      by: z.enum(['people', 'voice']).optional(),
      maybe: z.object({ name: z.string(), confidence: z.number() }).optional(),
    }),
  ),
  turns: z.array(
    spanSchema.extend({
      id: z.string(),
      speaker: z.string(),
      text: z.string(),
      overlap: z.boolean(),
      words: z.array(
        speech.extend({
          text: z.string(),
          confidence: z.number(),
          speaker: z.string(),
          original: z.string().optional(),
        }),
      ),
    }),
  ),
});

/** The files of a meeting: name → content. */
export const renderedSchema = z.object({ files: z.record(z.string(), z.string()) });

/** The first thing known about a recording: the meeting that it belongs to. */
export const acceptedSchema = z.object({ meetingId: z.uuid(), acceptedAt: z.iso.datetime() });
export type Accepted = z.infer<typeof acceptedSchema>;
