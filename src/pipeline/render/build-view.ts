/** What the templates of transcript and summary show, with every outside text passed through one escaping function. */
import type { Transcript } from '../meeting.ts';
import type { ActionItem, Evidence, SummaryItem } from '../summary.ts';
import { cleanText } from './clean-text.ts';
import { formatClock, formatDate, formatLength } from './format-time.ts';
import type { Minutes } from './minutes.ts';

export interface EvidenceView {
  turn: string;
  /** Of the moment, `03:15`. */
  clock: string;
  speaker: string;
  quote: string;
}

export interface ItemView {
  text: string;
  evidence: EvidenceView[];
  /** Why it is not verified; empty when it is. */
  doubt: string;
}

export interface ActionView extends ItemView {
  owner: string;
  due: string;
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
  length: string;
  /** Of all talk, in percent. */
  share: number;
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
  topics: { title: string; clock: string; turn: string }[];
  decisions: ItemView[];
  actions: ActionView[];
  questions: ItemView[];
  numbers: ItemView[];
  warnings: string[];
  turns: TurnView[];
  notice: string;
}

/** @param escape what the format needs; it gets cleaned text of one line */
export function buildView({ transcript, summary, meta }: Minutes, escape: (text: string) => string): View {
  const show = (text: string) => escape(cleanText(text));
  const voices = new Map(transcript.speakers.map(({ id, label }, voice) => [id, { label: show(label), voice }]));
  const turnSpeaker = new Map(transcript.turns.map(({ id, speaker }) => [id, voices.get(speaker)?.label ?? '']));
  const evidence = ({ turn, start, quote }: Evidence): EvidenceView => ({
    turn: show(turn),
    clock: formatClock(start * 1000),
    speaker: turnSpeaker.get(turn) ?? '',
    quote: show(quote),
  });
  const item = ({ text, evidence: cited, verified, reason }: SummaryItem): ItemView => ({
    text: show(text),
    evidence: cited.map(evidence),
    doubt: verified ? '' : show(reason ?? 'not found in what was said'),
  });
  return {
    title: show(summary.title) || 'Meeting',
    summaryLanguage: show(summary.language),
    date: formatDate(meta.meetingDate, meta.timeZone),
    length: formatLength(transcript.durationMs),
    language: show(transcript.language),
    fileName: show(meta.recording.fileName),
    speakers: buildSpeakers(transcript, show),
    abstract: show(summary.abstract),
    topics: summary.topics.map(({ title, start }) => ({
      title: show(title),
      clock: formatClock(start * 1000),
      turn: transcript.turns.find(({ endMs }) => endMs > start * 1000)?.id ?? '',
    })),
    decisions: summary.decisions.map(item),
    actions: summary.actionItems.map(action => ({
      ...item(action),
      owner: show(action.owner ?? ''),
      due: action.due ? showDue(action.due, show) : '',
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

function buildSpeakers({ speakers }: Transcript, show: (text: string) => string): SpeakerView[] {
  const totalMs = speakers.reduce((sum, { speechMs }) => sum + speechMs, 0);
  return speakers.map(({ label, speechMs }, voice) => ({
    label: show(label),
    voice,
    length: formatLength(speechMs),
    share: totalMs > 0 ? Math.round((speechMs / totalMs) * 1000) / 10 : 0,
  }));
}

function showDue(due: NonNullable<ActionItem['due']>, show: (text: string) => string): string {
  return due.date ? `${formatDate(due.date, 'UTC')} (“${show(due.text)}”)` : `“${show(due.text)}”`;
}

/** Platforms and laws ask that machine-made text says so. */
function buildNotice(method: 'extractive' | 'ollama', model: string | null): string {
  const by = method === 'ollama' && model !== null ? `a language model (${model})` : 'rules, without a language model';
  return `Made automatically by Hansard: words and speakers by speech recognition, the summary by ${by}. It may contain mistakes; check what matters against the recording.`;
}
