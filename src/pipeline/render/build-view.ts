/** What the templates of transcript and summary show, with every outside text passed through one escaping function. */
import type { Transcript } from '../meeting.ts';
import type { Evidence, Summary, SummaryItem } from '../summary.ts';
import { cleanLabel, cleanText } from './clean-text.ts';
import { formatClock, formatDate, formatLength } from './format-time.ts';
import type { Minutes } from './minutes.ts';

export interface EvidenceView {
  turn: string;
  /** Of the moment, `03:15`. */
  clock: string;
  speaker: string;
  /** Empty where it is the item's own text. */
  quote: string;
  /** When it begins and ends, in hundredths of a second. */
  from: number;
  to: number;
}

export interface ItemView {
  text: string;
  evidence: EvidenceView[];
  /** Why it is not verified; empty when it is. */
  doubt: string;
}

export interface ActionView extends ItemView {
  owner: string;
  /** `Friday 20 November 2026`; empty when it could not be resolved. */
  dueDate: string;
  /** As it was said; empty without a due date. */
  dueSaid: string;
  isDone: boolean;
  isCancelled: boolean;
}

export interface TurnView {
  id: string;
  speaker: string;
  voice: number;
  clock: string;
  text: string;
  overlap: boolean;
  /** The speaker is another than in the turn before. */
  changes: boolean;
}

export interface SpeakerView {
  label: string;
  voice: number;
  /** Talk time, `2:23`. */
  clock: string;
  /** Of all talk. */
  percent: number;
}

/** A heading at a moment; `turn` is empty after the last one. */
export interface PlaceView {
  title: string;
  clock: string;
  turn: string;
}

export interface View {
  title: string;
  summaryLanguage: string;
  date: string;
  length: string;
  language: string;
  fileName: string;
  speakers: SpeakerView[];
  abstract: string;
  chapters: PlaceView[];
  topics: PlaceView[];
  decisions: ItemView[];
  actions: ActionView[];
  questions: ItemView[];
  numbers: ItemView[];
  warnings: string[];
  turns: TurnView[];
  notice: string;
}

/** @param protect what the format needs; it gets cleaned text of one line */
export function buildView({ transcript, summary, meta }: Minutes, protect: (text: string) => string): View {
  const show = (text: string) => protect(cleanText(text));
  const voices = new Map(
    transcript.speakers.map((speaker, voice) => [speaker.id, { label: protect(cleanLabel(speaker)), voice }]),
  );
  const turnSpeaker = new Map(transcript.turns.map(({ id, speaker }) => [id, voices.get(speaker)?.label ?? '']));
  const evidence = ({ turn, start, end, quote }: Evidence, text: string): EvidenceView => ({
    turn: show(turn),
    clock: formatClock(start * 1000),
    speaker: turnSpeaker.get(turn) ?? '',
    quote: fold(quote) === fold(text) ? '' : show(quote),
    from: Math.round(start * 100),
    to: Math.round(end * 100),
  });
  const item = ({ text, evidence: cited, verified, reason }: SummaryItem): ItemView => ({
    text: show(text),
    evidence: cited.map(one => evidence(one, text)),
    doubt: verified ? '' : show(reason ?? 'not found in what was said'),
  });
  const place = ({ title, start }: { title: string; start: number }): PlaceView => ({
    title: show(title),
    clock: formatClock(start * 1000),
    turn: transcript.turns.find(({ endMs }) => endMs > start * 1000)?.id ?? '',
  });
  return {
    title: show(summary.title) || 'Meeting',
    summaryLanguage: show(summary.language),
    date: formatDate(meta.meetingDate, meta.timeZone),
    length: formatLength(transcript.durationMs),
    language: show(transcript.language),
    fileName: show(meta.recording.fileName),
    speakers: buildSpeakers(transcript, protect),
    abstract: show(summary.abstract),
    chapters: meta.recording.chapters.map(place),
    topics: summary.topics.map(place),
    decisions: summary.decisions.map(item),
    actions: summary.actionItems.map(action => ({
      ...item(action),
      owner: show(action.owner ?? ''),
      dueDate: action.due?.date ? formatDate(action.due.date, 'UTC') : '',
      dueSaid: show(action.due?.text ?? ''),
      isDone: action.status === 'done',
      isCancelled: action.status === 'cancelled',
    })),
    questions: summary.questions.map(item),
    numbers: summary.numbers.map(item),
    warnings: [...new Set([...meta.warnings, ...summary.warnings])].map(show),
    turns: transcript.turns.map(({ id, speaker, startMs, text, overlap }, index) => ({
      id,
      speaker: voices.get(speaker)?.label ?? speaker,
      voice: voices.get(speaker)?.voice ?? 0,
      clock: formatClock(startMs),
      text: show(text),
      overlap,
      changes: transcript.turns[index - 1]?.speaker !== speaker,
    })),
    notice: buildNotice(summary.method, summary.model ? show(summary.model) : null),
  };
}

function buildSpeakers({ speakers }: Transcript, protect: (text: string) => string): SpeakerView[] {
  const totalMs = speakers.reduce((sum, { speechMs }) => sum + speechMs, 0);
  return speakers.map((speaker, voice) => {
    const share = totalMs > 0 ? speaker.speechMs / totalMs : 0;
    return {
      label: protect(cleanLabel(speaker)),
      voice,
      clock: formatClock(speaker.speechMs),
      percent: Math.round(share * 100),
    };
  });
}

/** Letters and digits only, in lower case. */
function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Platforms and laws ask that machine-made text says so. */
function buildNotice(method: Summary['method'], model: string | null): string {
  const by =
    method !== 'extractive' && model !== null ? `a language model (${model})` : 'rules, without a language model';
  return `Made automatically by Hansard: words and speakers by speech recognition, the summary by ${by}. It may contain mistakes; check what matters against the recording.`;
}
