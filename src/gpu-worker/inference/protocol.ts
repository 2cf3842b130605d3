/** What a worker and its inference children say to each other; both sides parse what they hear. Audio travels as a path. */
import { z } from 'zod';
import { ENGLISH_MODELS, MULTILINGUAL_MODELS } from '../models/plan-recognition.ts';

const samples = z.number().int().min(0);

/** One unit of model work, a few seconds long, safe to repeat. */
export const taskSchema = z.discriminatedUnion('kind', [
  /** Probability of speech for frames [fromFrame, toFrame) of 512 samples. */
  z.object({ kind: z.literal('detect-speech'), wavPath: z.string(), fromFrame: samples, toFrame: samples }),
  /** Words of each piece; times are relative to the recording. */
  z.object({
    kind: z.literal('recognize'),
    wavPath: z.string(),
    model: z.enum(ENGLISH_MODELS),
    pieces: z.array(z.object({ startMs: z.number(), endMs: z.number() })),
  }),
  /** Words and language of each window; without `language` each is heard in its own. */
  z.object({
    kind: z.literal('recognize-windows'),
    wavPath: z.string(),
    model: z.enum(MULTILINGUAL_MODELS),
    windows: z.array(z.object({ startMs: z.number(), endMs: z.number() })),
    language: z.string().optional(),
    translate: z.boolean(),
    /** What may be said, the likeliest first. */
    terms: z.array(z.string()).optional(),
  }),
  /** Voice activity of each of `windowCount` segmentation windows. */
  z.object({ kind: z.literal('segment'), wavPath: z.string(), firstWindow: samples, windowCount: samples }),
  /** One voice embedding per span of samples. */
  z.object({
    kind: z.literal('embed'),
    wavPath: z.string(),
    spans: z.array(z.object({ from: z.number().int(), to: z.number().int() })),
  }),
]);
export type Task = z.infer<typeof taskSchema>;

/** Tasks of one family use the same models, so that they are cheapest in a child that did one of them before. */
export type Family = 'recognition' | 'diarization';

export function familyOf({ kind }: Task): Family {
  return kind === 'segment' || kind === 'embed' ? 'diarization' : 'recognition';
}

/** `frugal` asks for the smallest batches: the second try after a child died or ran out of memory. */
export const toChildSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), id: z.number().int(), task: taskSchema, frugal: z.boolean() }),
  z.object({ type: z.literal('cancel'), id: z.number().int() }),
]);
export type ToChild = z.infer<typeof toChildSchema>;

export const fromChildSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), id: z.number().int(), fraction: z.number() }),
  z.object({ type: z.literal('done'), id: z.number().int(), value: z.unknown(), cpuSeconds: z.number() }),
  z.object({ type: z.literal('failed'), id: z.number().int(), code: z.string(), detail: z.string() }),
]);
export type FromChild = z.infer<typeof fromChildSchema>;

/** Settings of a child, passed as its only argument (JSON). */
export const childSettingsSchema = z.object({
  modelsDir: z.string(),
  device: z.custom<'cpu' | `cuda:${number}`>(value => typeof value === 'string' && /^(cpu|cuda:\d+)$/.test(value)),
  /** Sound that is heard together, relative to the usual. */
  batchFactor: z.number().positive(),
});
export type ChildSettings = z.infer<typeof childSettingsSchema>;
