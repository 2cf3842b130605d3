/**
 * Diarization error: missed + false alarm + confused speaker time over the speaker time of the truth.
 *
 * Conventions of NIST md-eval and of pyannote.metrics: overlap is scored (two people at once count twice); the collar is
 * left out on both sides of every start and end in the truth (0.25 s here is pyannote's `collar=0.5`); voices are matched
 * with people one to one so that they share the most scored time. The whole recording is scored, as with a UEM of its
 * length: md-eval without a UEM stops at the last boundary of the truth and sees no false alarm after it.
 */
import munkres from 'munkres';

/** One speaker's stretch of sound. */
export interface VoiceSpan {
  speaker: string;
  startMs: number;
  endMs: number;
}

/** Times, so that recordings can be added up; the rate is (missed + falseAlarm + confused) / scored. */
export interface DiarizationErrors {
  scoredMs: number;
  missedMs: number;
  falseAlarmMs: number;
  confusedMs: number;
}

interface Sides {
  reference: readonly VoiceSpan[];
  hypothesis: readonly VoiceSpan[];
  durationMs: number;
  collarMs: number;
}

/** A stretch in which nothing changes. */
interface Stretch {
  lengthMs: number;
  people: number[];
  voices: number[];
}

export function countDiarizationErrors(sides: Sides): DiarizationErrors {
  const errors: DiarizationErrors = { scoredMs: 0, missedMs: 0, falseAlarmMs: 0, confusedMs: 0 };
  const shared: number[][] = [];
  for (const { lengthMs, people, voices } of cutStretches(sides)) {
    const both = Math.min(people.length, voices.length);
    errors.scoredMs += lengthMs * people.length;
    errors.missedMs += lengthMs * (people.length - both);
    errors.falseAlarmMs += lengthMs * (voices.length - both);
    errors.confusedMs += lengthMs * both;
    for (const person of people) {
      shared[person] ??= [];
      for (const voice of voices) shared[person][voice] = (shared[person][voice] ?? 0) + lengthMs;
    }
  }
  errors.confusedMs = Math.max(0, errors.confusedMs - mostSharedMs(shared));
  return errors;
}

/** Fraction, 0 or more; null where nobody speaks. */
export function diarizationErrorRate(errors: DiarizationErrors): number | null {
  const { scoredMs, missedMs, falseAlarmMs, confusedMs } = errors;
  return scoredMs === 0 ? null : (missedMs + falseAlarmMs + confusedMs) / scoredMs;
}

/** Cuts the recording at every start and end; stretches inside a collar are left out. */
function cutStretches({ reference, hypothesis, durationMs, collarMs }: Sides): Stretch[] {
  const people = numberSpeakers(reference);
  const voices = numberSpeakers(hypothesis);
  const collars = reference
    .flatMap(({ startMs, endMs }) => [startMs, endMs])
    .map(ms => ({ speaker: 0, startMs: ms - collarMs, endMs: ms + collarMs }));
  const events = [...changesOf(people, 'people'), ...changesOf(voices, 'voices'), ...changesOf(collars, 'collars')]
    .map(event => ({ ...event, ms: Math.min(Math.max(event.ms, 0), durationMs) }))
    .toSorted((a, b) => a.ms - b.ms);
  const open = {
    people: new Map<number, number>(),
    voices: new Map<number, number>(),
    collars: new Map<number, number>(),
  };
  const stretches: Stretch[] = [];
  let lastMs = 0;
  for (const { ms, side, speaker, step } of events) {
    if (ms > lastMs && open.collars.size === 0) {
      stretches.push({ lengthMs: ms - lastMs, people: [...open.people.keys()], voices: [...open.voices.keys()] });
    }
    lastMs = ms;
    const depth = (open[side].get(speaker) ?? 0) + step; // a speaker's own spans may overlap: they count once
    if (depth === 0) open[side].delete(speaker);
    else open[side].set(speaker, depth);
  }
  return stretches;
}

function numberSpeakers(spans: readonly VoiceSpan[]) {
  const names = [...new Set(spans.map(({ speaker }) => speaker))];
  return spans.map(({ speaker, startMs, endMs }) => ({ speaker: names.indexOf(speaker), startMs, endMs }));
}

function changesOf(
  spans: readonly { speaker: number; startMs: number; endMs: number }[],
  side: 'people' | 'voices' | 'collars',
) {
  return spans
    .filter(({ startMs, endMs }) => endMs > startMs)
    .flatMap(({ speaker, startMs, endMs }) => [
      { ms: startMs, side, speaker, step: 1 },
      { ms: endMs, side, speaker, step: -1 },
    ]);
}

/** The time that voices share with the people they are matched with, in the best one-to-one matching. */
function mostSharedMs(shared: readonly (readonly number[] | undefined)[]): number {
  const size = Math.max(shared.length, ...shared.map(row => row?.length ?? 0));
  if (size === 0) return 0;
  const square = Array.from({ length: size }, (_, person) =>
    Array.from({ length: size }, (_, voice) => shared[person]?.[voice] ?? 0),
  );
  // whole microseconds: the Hungarian method compares sums for equality
  const costs = square.map(row => row.map(ms => -Math.round(ms * 1000)));
  return munkres(costs).reduce((sum, [person, voice]) => sum + square[person]![voice]!, 0);
}
