/** Tells the voices of a whole recording apart: the models' work is split over the pool, the clustering is done here. */
import { z } from 'zod';
import type { DecodedAudio, Diarizer, StageContext } from '../../pipeline/ports.ts';
import { diarize } from '../diarization/diarize.ts';
import {
  ACTIVITY_CHANNELS,
  EMBEDDING_SIZE,
  type SampleSpan,
  type VoiceModels,
  WINDOW_FRAMES,
} from '../diarization/voice-models.ts';
import type { InferencePool } from './pool.ts';
import { runTasks } from './run-tasks.ts';

/** One to two seconds of work per task, so that all children stay busy to the end. */
const WINDOWS_PER_TASK = 60;
const SPANS_PER_TASK = 100;

const bytes = z.instanceof(Uint8Array);
const floats = z.instanceof(Float32Array);

export function createDiarizer(pool: InferencePool): Diarizer {
  return {
    async diarize(audio, options, context) {
      const clock = startCpuClock();
      const models = createVoiceModels(pool, audio, context);
      const found = await diarize(
        {
          activities: (windows, voiceContext) => clock.without(models.activities(windows, voiceContext)),
          embed: (spans, voiceContext) => clock.without(models.embed(spans, voiceContext)),
        },
        audio,
        options,
        context,
      );
      context.addCpuSeconds(clock.stop());
      return found;
    },
  };
}

/** CPU time of this process: the clustering. While the models work elsewhere, other stages use this process. */
function startCpuClock() {
  let seconds = 0;
  let since = process.cpuUsage();
  const stop = () => {
    const { user, system } = process.cpuUsage(since);
    seconds += (user + system) / 1e6;
    return seconds;
  };
  return {
    stop,
    async without<T>(work: Promise<T>): Promise<T> {
      stop();
      try {
        return await work;
      } finally {
        since = process.cpuUsage();
      }
    },
  };
}

function createVoiceModels(pool: InferencePool, { wavPath }: DecodedAudio, stage: StageContext): VoiceModels {
  return {
    async activities({ firstWindow, windowCount }, { onProgress }) {
      const tasks = chunk(windowCount, WINDOWS_PER_TASK).map(([from, to]) => ({
        task: { kind: 'segment', wavPath, firstWindow: firstWindow + from, windowCount: to - from } as const,
        weight: to - from,
        length: (to - from) * WINDOW_FRAMES * ACTIVITY_CHANNELS,
      }));
      const parts = await runTasks(pool, tasks, bytes, { ...stage, onProgress });
      return join(new Uint8Array(windowCount * WINDOW_FRAMES * ACTIVITY_CHANNELS), parts);
    },
    async embed(spans, { onProgress }) {
      const tasks = chunk(spans.length, SPANS_PER_TASK).map(([from, to]) => {
        const own = spans.slice(from, to);
        const task = { kind: 'embed', wavPath, spans: own } as const;
        return { task, weight: countSamples(own), length: own.length * EMBEDDING_SIZE };
      });
      const parts = await runTasks(pool, tasks, floats, { ...stage, onProgress });
      return join(new Float32Array(spans.length * EMBEDDING_SIZE), parts);
    },
  };
}

function chunk(count: number, size: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)]);
}

function countSamples(spans: readonly SampleSpan[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

function join<Values extends Uint8Array | Float32Array>(all: Values, parts: readonly Values[]): Values {
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
