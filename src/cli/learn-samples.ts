/** Learns a voice from files, with the models; loaded by the one command that needs them. */
import path from 'node:path';
import type { Config } from '../config.ts';
import { createModelStore } from '../gpu-worker/models/store.ts';
import { startStages } from '../gpu-worker/run.ts';
import { learnVoice } from '../gpu-worker/voices/learn-voice.ts';
import type { Logger } from '../logger.ts';
import { hashFile } from '../pipeline/recording-file.ts';
import type { Enrolment } from '../pipeline/voices/enrol-person.ts';
import { ensureModelsVisibly } from './pull-progress.ts';
import { listenForStop } from './stop-signal.ts';

/** @throws HansardError what `learnVoice` throws */
export async function learnSamples(
  samples: readonly string[],
  { config, logger }: { config: Config; logger: Logger },
): Promise<Pick<Enrolment, 'model' | 'learned'>> {
  const models = createModelStore(config.modelsDir);
  const stages = startStages({
    config,
    logger,
    ensureModels: (names, signal) => ensureModelsVisibly(models, names, process.stderr, { signal }),
  });
  const stop = listenForStop(() => void stages.close());
  try {
    const learned: Enrolment['learned'][number][] = [];
    const { signal } = stop;
    for (const sample of samples) {
      const workDir = path.join(config.dataDir, 'work');
      const { seconds, ...voice } = await learnVoice(sample, null, { stages, workDir, signal });
      learned.push({ ...voice, clip: { from: await hashFile(sample, signal), seconds } });
    }
    return { model: stages.voices.model, learned };
  } finally {
    await stages.close();
    stop.dispose();
  }
}
