/** Adds recordings up: one recording, a folder and everything are described by the same figures. */
import { type DiarizationErrors, diarizationErrorRate } from './diarization-errors.ts';
import type { EditCounts } from './edit-distance.ts';
import type { Cost } from './measure-recording.ts';
import type { Score } from './score.ts';
import { errorRate, type WordErrors } from './word-errors.ts';
import { quantile } from './word-times.ts';

export interface Result {
  durationMs: number;
  score: Score;
  cost: Cost;
}

/**
 * Rates are fractions over the sum of the words or the speaker time, so long recordings weigh more. Null: the truth has
 * nothing to compare with, or the system does not tell.
 */
export interface Figures {
  recordings: number;
  audioSeconds: number;
  wer: ({ rate: number | null } & WordErrors) | null;
  cpwer: ({ rate: number | null } & WordErrors) | null;
  /** Of the recordings in languages whose characters are counted; those have neither of the two above. */
  cer: ({ rate: number | null; characters: number } & EditCounts) | null;
  der: DiarizationFigures | null;
  /** With 0.25 s left out on both sides of every start and end in the truth. */
  derCollar250: DiarizationFigures | null;
  /** `truth` and `found` are sums; `right` counts the recordings with the right number. */
  speakers: { truth: number; found: number; recordings: number; right: number; absoluteError: number } | null;
  /** Of the absolute errors; `words` is what the truth has, `compared` what was recognised and aligned. */
  wordStarts: { medianMs: number | null; p90Ms: number | null; compared: number; words: number } | null;
  inventedWords: number | null;
  wallSeconds: number;
  /** Wall time over the length of the audio. */
  rtf: number;
  cpuSeconds: number | null;
  audioSecondsPerCpuSecond: number | null;
  peakMemoryBytes: number | null;
  stages: Record<string, StageFigures>;
}

export interface DiarizationFigures {
  rate: number | null;
  scoredSeconds: number;
  missedSeconds: number;
  falseAlarmSeconds: number;
  confusedSeconds: number;
}

export interface StageFigures {
  seconds: number;
  rtf: number;
  cpuSeconds: number;
  audioSecondsPerCpuSecond: number | null;
}

export function addUp(results: readonly Result[]): Figures {
  const audioSeconds = sum(results.map(({ durationMs }) => durationMs)) / 1000;
  const wallSeconds = sum(results.map(({ cost }) => cost.wallSeconds));
  const cpuSeconds = sumKnown(results.map(({ cost }) => cost.cpuSeconds));
  const scores = results.map(({ score }) => score);
  return {
    recordings: results.length,
    audioSeconds,
    wer: addWordErrors(scores.map(({ wordErrors }) => wordErrors)),
    cpwer: addWordErrors(scores.map(({ speakerWordErrors }) => speakerWordErrors)),
    cer: addCharacterErrors(scores.map(({ characterErrors }) => characterErrors)),
    der: addDiarizationErrors(scores.map(({ diarization }) => diarization)),
    derCollar250: addDiarizationErrors(scores.map(({ diarizationWithCollar }) => diarizationWithCollar)),
    speakers: addSpeakers(scores.map(({ speakers }) => speakers)),
    wordStarts: addWordStarts(scores.map(({ wordStarts }) => wordStarts)),
    inventedWords: sumKnown(scores.map(({ inventedWords }) => inventedWords)),
    wallSeconds,
    rtf: wallSeconds / audioSeconds,
    cpuSeconds,
    audioSecondsPerCpuSecond: perCpuSecond(audioSeconds, cpuSeconds),
    peakMemoryBytes: known(results.map(({ cost }) => cost.peakMemoryBytes))?.reduce((a, b) => Math.max(a, b)) ?? null,
    stages: addStages(results, audioSeconds),
  };
}

function addWordErrors(all: readonly (WordErrors | null)[]): Figures['wer'] {
  const counted = known(all);
  if (!counted) return null;
  const total: WordErrors = {
    words: sum(counted.map(({ words }) => words)),
    substitutions: sum(counted.map(({ substitutions }) => substitutions)),
    deletions: sum(counted.map(({ deletions }) => deletions)),
    insertions: sum(counted.map(({ insertions }) => insertions)),
  };
  return { rate: errorRate(total), ...total };
}

function addCharacterErrors(all: readonly (WordErrors | null)[]): Figures['cer'] {
  const total = addWordErrors(all);
  if (!total) return null;
  const { words: characters, ...errors } = total;
  return { characters, ...errors };
}

function addDiarizationErrors(all: readonly (DiarizationErrors | null)[]): DiarizationFigures | null {
  const counted = known(all);
  if (!counted) return null;
  const total: DiarizationErrors = {
    scoredMs: sum(counted.map(({ scoredMs }) => scoredMs)),
    missedMs: sum(counted.map(({ missedMs }) => missedMs)),
    falseAlarmMs: sum(counted.map(({ falseAlarmMs }) => falseAlarmMs)),
    confusedMs: sum(counted.map(({ confusedMs }) => confusedMs)),
  };
  return {
    rate: diarizationErrorRate(total),
    scoredSeconds: total.scoredMs / 1000,
    missedSeconds: total.missedMs / 1000,
    falseAlarmSeconds: total.falseAlarmMs / 1000,
    confusedSeconds: total.confusedMs / 1000,
  };
}

function addSpeakers(all: readonly Score['speakers'][]): Figures['speakers'] {
  const counted = known(all);
  if (!counted) return null;
  return {
    truth: sum(counted.map(({ truth }) => truth)),
    found: sum(counted.map(({ found }) => found)),
    recordings: counted.length,
    right: counted.filter(({ truth, found }) => truth === found).length,
    absoluteError: sum(counted.map(({ truth, found }) => Math.abs(found - truth))),
  };
}

function addWordStarts(all: readonly Score['wordStarts'][]): Figures['wordStarts'] {
  const measured = known(all);
  if (!measured) return null;
  const distances = measured.flatMap(({ errorsMs }) => errorsMs).map(Math.abs);
  return {
    medianMs: quantile(distances, 0.5),
    p90Ms: quantile(distances, 0.9),
    compared: distances.length,
    words: sum(measured.map(({ words }) => words)),
  };
}

function addStages(results: readonly Result[], audioSeconds: number): Record<string, StageFigures> {
  const all = results.flatMap(({ cost }) => Object.entries(cost.stages));
  return Object.fromEntries(
    [...Map.groupBy(all, ([name]) => name)].map(([name, costs]) => {
      const seconds = sum(costs.map(([, cost]) => cost.seconds));
      const cpuSeconds = sum(costs.map(([, cost]) => cost.cpuSeconds));
      const audioSecondsPerCpuSecond = perCpuSecond(audioSeconds, cpuSeconds);
      return [name, { seconds, rtf: seconds / audioSeconds, cpuSeconds, audioSecondsPerCpuSecond }];
    }),
  );
}

function perCpuSecond(audioSeconds: number, cpuSeconds: number | null): number | null {
  return cpuSeconds ? audioSeconds / cpuSeconds : null;
}

function known<T>(values: readonly (T | null)[]): [T, ...T[]] | undefined {
  const [first, ...others] = values.filter(value => value !== null);
  return first === undefined ? undefined : [first, ...others];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const all = known(values);
  return all ? sum(all) : null;
}
