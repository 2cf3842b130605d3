/** The summary of a meeting: every item carries its evidence. The published form is schemas/summary.schema.json. */
import { z } from 'zod';

/** Where an item was said: a turn, the times computed from its words (seconds), and the words themselves. */
export const evidenceSchema = z.object({
  turn: z.string(),
  start: z.number().min(0),
  end: z.number().min(0),
  quote: z.string(),
});

const item = z.object({
  id: z.string(),
  text: z.string(),
  evidence: z.array(evidenceSchema),
  /** True only when quote, numbers, names and dates of the text were found in the cited turns, or a person wrote it. */
  verified: z.boolean(),
  /** Why it is not verified, in plain words; null when it is. */
  reason: z.string().nullable(),
  /** A person changed it. */
  edited: z.boolean().optional(),
});

export const actionItemSchema = item.extend({
  /** A speaker's label or a name that was said; null when nobody was named. */
  owner: z.string().nullable(),
  /** The due date as said and, where it could be resolved, as ISO date. */
  due: z.object({ text: z.string(), date: z.iso.date().nullable() }).nullable(),
  status: z.enum(['open', 'done', 'cancelled']),
});

/** A name that a language model read in the words and that they bear out: for people to confirm, never set by itself. */
const speakerName = z.object({
  /** Id of the speaker. */
  speaker: z.string(),
  name: z.string(),
  evidence: evidenceSchema,
});

export const summarySchema = z.object({
  schemaVersion: z.literal(1),
  title: z.string(),
  language: z.string(),
  abstract: z.string(),
  topics: z.array(z.object({ title: z.string(), start: z.number(), end: z.number() })),
  decisions: z.array(item),
  actionItems: z.array(actionItemSchema),
  questions: z.array(item),
  numbers: z.array(item),
  /** Who the speakers without a name may be; missing where the model said nothing that holds. */
  speakerNames: z.array(speakerName).optional(),
  /** By rules, by a model on Ollama, or by one on a server that speaks OpenAI's protocol. */
  method: z.enum(['extractive', 'ollama', 'openai']),
  /** Name of the language model; null for the extractive method. */
  model: z.string().nullable(),
  /** Fraction of the turns that the summarizer has read, 0..1. */
  coverage: z.number().min(0).max(1),
  warnings: z.array(z.string()),
});

export type Evidence = z.infer<typeof evidenceSchema>;
export type SummaryItem = z.infer<typeof item>;
export type ActionItem = z.infer<typeof actionItemSchema>;
export type SpeakerName = z.infer<typeof speakerName>;
export type Summary = z.infer<typeof summarySchema>;
