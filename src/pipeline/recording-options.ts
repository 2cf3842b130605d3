/** What people may choose for a recording. */
import { z } from 'zod';
import { MOST_EDITS, summaryEdit } from './minutes/edit-summary.ts';
import { summaryTemplateName } from './render/summary-template.ts';

/** No meeting has more voices than this; it only bounds the search. */
export const MOST_SPEAKERS = 32;

/** Of a speaker's name. */
export const MOST_NAME_CHARACTERS = 80;

const speakerId = z.string().regex(/^SPEAKER_\d{2,}$/);
/** Of a word or phrase that was heard wrong, and of what stands for it. */
export const MOST_PHRASE_CHARACTERS = 80;
const phrase = z.string().trim().min(1).max(MOST_PHRASE_CHARACTERS);

/** A word or phrase as it was heard, and as it is written. */
export const correction = z.object({ heard: phrase, written: phrase });
export type Correction = z.infer<typeof correction>;
/** More would be a dictionary. */
export const MOST_CORRECTIONS = 500;

/** A term as it is written, and one of the ways in which it is heard; a term that is heard in two ways has two entries. */
const glossaryEntry = z.object({ heard: phrase.optional(), written: phrase });
export type GlossaryEntry = z.infer<typeof glossaryEntry>;
export const glossarySchema = z.array(glossaryEntry).max(MOST_CORRECTIONS);

/** More would be another meeting. */
export const MOST_SPLITS = 200;

/** What `from` says within the span is said by `to`. */
export const speakerSplit = z.object({
  from: speakerId,
  to: speakerId,
  startMs: z.number().min(0),
  endMs: z.number().min(0),
});
export type SpeakerSplit = z.infer<typeof speakerSplit>;

/** How long the abstract is. */
export const SUMMARY_STYLES = ['short', 'standard', 'detailed'] as const;
export type SummaryStyle = (typeof SUMMARY_STYLES)[number];

/** A stretch of the recording in one language. */
export const languageSpan = z.object({ startMs: z.number().min(0), endMs: z.number().min(0), language: z.string() });
export const MOST_LANGUAGE_SPANS = 100;

export const recordingOptions = z.object({
  /** ISO 639-1 code, or `auto`. */
  language: z.string(),
  /** Speech recognition model, by its name in the catalogue; `auto`: Moonshine for English, Whisper for the rest. */
  model: z.string(),
  /** Stretches whose language people know better than the models. */
  spokenLanguages: z.array(languageSpan).max(MOST_LANGUAGE_SPANS).optional(),
  /** The script in which Chinese is written; as the model writes it when not given. */
  chineseScript: z.enum(['simplified', 'traditional']).optional(),
  /** Moreover in English. */
  translate: z.boolean().optional(),
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
  speakerNames: z.record(speakerId, z.string().min(1).max(MOST_NAME_CHARACTERS)).optional(),
  /** Speakers that are one person: from the one that goes to the one that stays. */
  speakerMerges: z.record(speakerId, speakerId).optional(),
  /** Stretches that belong to another speaker than the one they were given to. */
  speakerSplits: z.array(speakerSplit).max(MOST_SPLITS).optional(),
  /** Terms that may be said. */
  glossary: glossarySchema.optional(),
  /** Words that people corrected. */
  corrections: z.array(correction).max(MOST_CORRECTIONS).optional(),
  summaryStyle: z.enum(SUMMARY_STYLES).optional(),
  /** ISO 639-1 code; when not given, the language of the meeting. */
  summaryLanguage: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional(),
  summaryTemplate: summaryTemplateName.optional(),
  /** What people changed in the items of the summary. */
  summaryEdits: z.array(summaryEdit).max(MOST_EDITS).optional(),
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
