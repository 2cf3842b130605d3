/** One recording through the whole pipeline, with nothing stored before, and what that took. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createDiskBlobs } from '../pipeline/blobs/disk-blobs.ts';
import { type ProcessedMeeting, processRecording, type Stages } from '../pipeline/process-recording.ts';
import type { RecordingOptions } from '../pipeline/recording-options.ts';
import { createResultStore } from '../pipeline/results/result-store.ts';
import type { StageObserver } from '../pipeline/run-stage.ts';
import { watchPeakMemory } from './peak-memory.ts';
import { measureProcessTree } from './process-tree.ts';
import type { Hypothesis } from './score.ts';

/** Null is not known on this system. */
export interface Cost {
  wallSeconds: number;
  /** Of all processes, this one included. */
  cpuSeconds: number | null;
  /** Of all processes, this one included. */
  peakMemoryBytes: number | null;
  /** `cpuSeconds` of the processes that did the work; `device` is null for a stage without models. */
  stages: Record<string, { seconds: number; cpuSeconds: number; device: string | null }>;
}

export interface Measured {
  hypothesis: Hypothesis;
  cost: Cost;
  warnings: string[];
}

interface Run {
  file: string;
  options: RecordingOptions;
  stages: Stages;
  observer: StageObserver;
  signal: AbortSignal;
}

/** @throws HansardError as `processRecording` does */
export async function measureRecording({ file, options, stages, observer, signal }: Run): Promise<Measured> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-bench-'));
  const memory = watchPeakMemory(process.pid);
  try {
    const before = await measureProcessTree(process.pid);
    const startedAt = performance.now();
    const results = createResultStore(createDiskBlobs(path.join(folder, 'blobs')));
    const workDir = path.join(folder, 'work');
    const request = { sourcePath: file, options, force: false, workDir, results, observer, people: [] };
    const meeting = await processRecording(request, stages, signal);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const after = await measureProcessTree(process.pid);
    return {
      hypothesis: toHypothesis(meeting),
      cost: {
        wallSeconds,
        cpuSeconds: before && after ? after.cpuSeconds - before.cpuSeconds : null,
        peakMemoryBytes: await memory.stop(),
        stages: Object.fromEntries(
          Object.entries(meeting.stages).map(([name, { seconds, cpuSeconds, device }]) => [
            name,
            { seconds, cpuSeconds, device },
          ]),
        ),
      },
      warnings: meeting.warnings,
    };
  } finally {
    await memory.stop();
    await fs.rm(folder, { recursive: true, force: true });
  }
}

function toHypothesis({ decoded, transcription, diarization, transcript }: ProcessedMeeting): Hypothesis {
  return {
    durationMs: decoded.durationMs,
    words: transcription.words,
    turns: transcript.turns,
    spans: diarization.spans.map(span => ({ ...span, speaker: String(span.speaker) })),
  };
}
