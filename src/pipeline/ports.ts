/** The few interfaces with more than one implementation. Every adapter of a port runs its contract suite. */
import type { Diarization, Transcript, Transcription } from './meeting.ts';
import type { RecordingOptions, SummaryStyle } from './recording-options.ts';
import type { Summary } from './summary.ts';
import type { Tracks } from './tracks.ts';

/** Audio ready for the models: 16 kHz mono signed 16-bit PCM in a WAV file on disk, read in windows, never whole. */
export interface DecodedAudio {
  wavPath: string;
  sampleCount: number;
  durationMs: number;
  /** Where each track is one speaker's: the packed sound in a file of the same kind. `wavPath` is then the mix of all. */
  packed?: { wavPath: string; tracks: Tracks };
}

/** What every stage gets beside its input. */
export interface StageContext {
  signal: AbortSignal;
  /** Fraction of the stage's work that is done, 0..1, never falling. */
  onProgress(fraction: number): void;
  /** CPU time of the stage, for the record of what it cost; a stage that never counts is charged with all of this process. */
  addCpuSeconds(seconds: number): void;
  /** Says on which device the models run, `cpu` or `cuda:N`; the last word counts. */
  onDevice(device: string): void;
}

/** Language, model and what else decides the words. */
export type TranscribeOptions = Pick<
  RecordingOptions,
  'language' | 'model' | 'spokenLanguages' | 'chineseScript' | 'translate' | 'glossary'
>;

export interface Transcriber {
  transcribe(audio: DecodedAudio, options: TranscribeOptions, context: StageContext): Promise<Transcription>;
}

export interface DiarizeOptions {
  /** How many voices there are, where the user knows; both ends inclusive. */
  minSpeakers: number;
  maxSpeakers: number;
}

export interface Diarizer {
  diarize(audio: DecodedAudio, options: DiarizeOptions, context: StageContext): Promise<Diarization>;
}

export interface SummarizeOptions {
  /** When the meeting took place: an ISO date or date-time; relative due dates are resolved against it. */
  meetingDate: string;
  /** IANA time zone of the meeting. */
  timeZone: string;
  /** How long the abstract is; `standard` when not given. */
  style?: SummaryStyle | undefined;
  /** Of the summary, ISO 639-1; when not given, that of the meeting. */
  language?: string | undefined;
}

export interface Summarizer {
  summarize(transcript: Transcript, options: SummarizeOptions, context: StageContext): Promise<Summary>;
}
