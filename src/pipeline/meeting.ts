/**
 * The vocabulary of a meeting. A *recording* is the file, a *meeting* what it records, a *turn* one speaker's span,
 * *minutes* the result. Inside the program times are whole or fractional milliseconds from the start of the recording;
 * in published files they are seconds with three decimals.
 */

/** Every model here listens at 16 kHz, mono. */
export const SAMPLE_RATE_HZ = 16_000;

/** A stretch of the recording; `endMs` is exclusive. */
export interface Span {
  startMs: number;
  endMs: number;
}

/** A stretch of speech. `voice` counts tracks from 0, where each track of the recording is one speaker's. */
export interface Speech extends Span {
  voice?: number | undefined;
}

/** One recognised word with its punctuation ("Friday,"), no spaces. `confidence` is a probability, 0..1. */
export interface Word extends Speech {
  text: string;
  confidence: number;
  /** What was heard, where the glossary wrote this word; of a term of several words, at the first one for all. */
  original?: string | undefined;
}

/** A stretch in one language, by its ISO 639 code. */
export interface LanguageSpan extends Span {
  language: string;
}

/** What the recogniser heard, in time order. */
export interface Transcription {
  /** ISO 639 code of the language that was spoken most, e.g. `en`. */
  language: string;
  /** Stretches in another language, in time order. */
  otherLanguages?: LanguageSpan[] | undefined;
  words: Word[];
  /** The meeting in English, where that was asked for: words of a translation, and those that were English. */
  translation?: Word[] | undefined;
  /** Where speech was detected; silence and music are outside. */
  speech: Speech[];
  /** Plain sentences for the reader, e.g. "This may not be English." */
  warnings: string[];
}

/** One voice's stretch; spans of different voices may overlap. `speaker` counts voices from 0 by first appearance. */
export interface SpeakerSpan extends Span {
  speaker: number;
}

export interface Diarization {
  spans: SpeakerSpan[];
  speakerCount: number;
  warnings: string[];
}

/** Somebody as a chat platform knows them. `userName` is unique there; what is shown may be another name. */
export interface PlatformUser {
  platform: 'discord';
  id: string;
  userName: string;
}

/** A word with the voice that said it. */
export interface SpokenWord extends Word {
  speaker: string;
}

/** One speaker's turn: the unit of the transcript and of evidence. */
export interface Turn extends Span {
  /** `T0001`, `T0002` … in time order. */
  id: string;
  /** `SPEAKER_00` … in order of first appearance. */
  speaker: string;
  text: string;
  /** Another voice speaks during part of this turn. */
  overlap: boolean;
  words: SpokenWord[];
}

export interface Speaker {
  /** `SPEAKER_00` … */
  id: string;
  /** The name shown; the id until somebody names the speaker. */
  label: string;
  /** Whose track it was, where the recording says so. */
  user?: PlatformUser | undefined;
  /** Seconds of speech, overlap counted for each voice. */
  speechMs: number;
  /** Who gave the name: people, or the voice of somebody who agreed to be recognised. */
  by?: 'people' | 'voice' | undefined;
  /** Somebody whose voice this may be; people say whether it is. */
  maybe?: { name: string; confidence: number } | undefined;
}

/** The transcript: who said what, when. */
export interface Transcript {
  language: string;
  durationMs: number;
  speakers: Speaker[];
  turns: Turn[];
}

/** `SPEAKER_00` for voice 0. */
export function speakerId(voice: number): string {
  return `SPEAKER_${String(voice).padStart(2, '0')}`;
}
