/** Gives stretches to another speaker, where the diarizer took two people for one. */
import { SAMPLE_RATE_HZ, type Transcript, type Turn } from '../meeting.ts';
import type { SpeakerSplit } from '../recording-options.ts';
import { cutTurns } from './cut-turns.ts';

type Splits = readonly SpeakerSplit[];

/** By the middle of each word; the turns are cut anew. A speaker who says nothing any more goes, a new one comes last. */
export function splitSpeakers(transcript: Transcript, splits: Splits = []): Transcript {
  if (splits.length === 0) return transcript;
  const words = transcript.turns
    .flatMap(turn => turn.words)
    .map(word => ({ ...word, speaker: speakerAt(word.speaker, (word.startMs + word.endMs) / 2, splits) }))
    .sort((a, b) => a.startMs - b.startMs);
  const overlapping = transcript.turns.filter(({ overlap }) => overlap);
  const touches = (turn: Turn) => (other: Turn) => other.startMs < turn.endMs && other.endMs > turn.startMs;
  const turns = cutTurns(words).map(turn => ({ ...turn, overlap: overlapping.some(touches(turn)) }));
  const speaking = new Set(words.map(({ speaker }) => speaker));
  const spokenMs = (id: string, all: readonly Turn[]) =>
    all.filter(({ speaker }) => speaker === id).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const before = new Map(transcript.speakers.map(speaker => [speaker.id, speaker]));
  const speakers = [...speaking].sort().map(id => {
    const changedMs = spokenMs(id, turns) - spokenMs(id, transcript.turns);
    const old = before.get(id) ?? { id, label: id, speechMs: 0 };
    return { ...old, speechMs: Math.max(1000 / SAMPLE_RATE_HZ, old.speechMs + changedMs) };
  });
  return { ...transcript, speakers, turns };
}

/** The same for the diarizer's spans, each as a whole by its middle. */
export function splitSpans<S extends { speaker: string; startMs: number; endMs: number }>(
  spans: readonly S[],
  splits: Splits = [],
): S[] {
  return spans.map(span => ({ ...span, speaker: speakerAt(span.speaker, (span.startMs + span.endMs) / 2, splits) }));
}

function speakerAt(speaker: string, atMs: number, splits: Splits): string {
  return (
    splits.findLast(({ from, startMs, endMs }) => from === speaker && startMs <= atMs && atMs < endMs)?.to ?? speaker
  );
}
