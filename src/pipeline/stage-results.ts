/** The stored form of each stage's result. What is read back from disk is parsed: an older version may have written it. */
import { z } from 'zod';
import type { Diarization, Transcription } from './meeting.ts';

const span = z.object({ startMs: z.number(), endMs: z.number() });

export const transcriptionSchema: z.ZodType<Transcription> = z.object({
  language: z.string(),
  words: z.array(span.extend({ text: z.string(), confidence: z.number() })),
  speech: z.array(span),
  warnings: z.array(z.string()),
});

export const diarizationSchema: z.ZodType<Diarization> = z.object({
  spans: z.array(span.extend({ speaker: z.number().int() })),
  speakerCount: z.number().int(),
  warnings: z.array(z.string()),
});

/** The first thing known about a recording: the meeting that it belongs to. */
export const acceptedSchema = z.object({ meetingId: z.uuid(), acceptedAt: z.iso.datetime() });
export type Accepted = z.infer<typeof acceptedSchema>;
