/** What people may choose for a recording. */
import { z } from 'zod';

/** No meeting has more voices than this; it only bounds the search. */
export const MOST_SPEAKERS = 32;

/** Of a speaker's name. */
export const MOST_NAME_CHARACTERS = 80;

export const recordingOptions = z.object({
  /** ISO 639-1 code, or `auto`. */
  language: z.string(),
  /** Speech recognition model, by its name in the catalogue. */
  model: z.string(),
  /** 0: not known. */
  minSpeakers: z.number().int().min(0).max(MOST_SPEAKERS),
  maxSpeakers: z.number().int().min(1).max(MOST_SPEAKERS),
  /** `auto`: Ollama where it answers and has the model, else rules. */
  summarizer: z.enum(['auto', 'ollama', 'extractive']),
  /** ISO date or date-time; when not given, the recording's own creation time, else when it was written or posted. */
  meetingDate: z.string().optional(),
  /** IANA name. */
  timeZone: z.string(),
  /** Names that people gave, by speaker id. */
  speakerNames: z.record(z.string().regex(/^SPEAKER_\d{2,}$/), z.string().min(1).max(MOST_NAME_CHARACTERS)).optional(),
});
export type RecordingOptions = z.infer<typeof recordingOptions>;

export type SpeakerRange = Pick<RecordingOptions, 'minSpeakers' | 'maxSpeakers'>;

/** `4` or `2-6`; undefined for anything else. */
export function parseSpeakerRange(text: string): SpeakerRange | undefined {
  const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(text);
  const min = Number(match?.[1]);
  const max = Number(match?.[2] ?? match?.[1]);
  if (!match || min < 1 || max < min || max > MOST_SPEAKERS) return undefined;
  return { minSpeakers: min, maxSpeakers: max };
}
