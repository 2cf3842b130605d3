/** Stages that do nothing, for a bot that expects the real ones. */
import { pino } from 'pino';
import type { Config } from '../../src/config.ts';
import { startStages } from '../../src/gpu-worker/run.ts';
import type { Stages } from '../../src/pipeline/process-recording.ts';
import { createFakeStages } from '../fakes/stages.ts';

/** A bot in a process of its own plans for the real stages: the fake ones carry their versions and models. */
export function fakeOfThisVersion(config: Config): Stages {
  const real = startStages({ config, logger: pino({ level: 'silent' }), ensureModels: async () => {} });
  const { stages: fake } = createFakeStages();
  return {
    decode: { ...real.decode, run: fake.decode.run },
    transcribe: { ...real.transcribe, run: fake.transcribe.run },
    diarize: { ...real.diarize, run: fake.diarize.run },
    voices: { ...real.voices, measure: fake.voices.measure },
    ollama: { ...real.ollama, summarizer: fake.ollama.summarizer },
    extractive: { ...real.extractive, summarizer: fake.extractive.summarizer },
    templates: real.templates,
    chooseSummarizer: async () => ({ ...real.extractive, summarizer: fake.extractive.summarizer }),
  };
}
