/** `hansard models recommend`: which models this machine should use, and why. */
import type { Config, ModelServer } from '../config.ts';
import { examineMachine, type MachineFacts } from '../gpu-worker/examine-machine.ts';
import { LARGE_MODEL } from '../gpu-worker/language-model/default-models.ts';
import { modelsOf, openModel } from '../gpu-worker/language-model/open-model.ts';
import { findPresentModels, findUnfitModels } from '../gpu-worker/models/choose-model.ts';
import { chooseRecognizers, gigabytes, type Purpose, recommendRecognizers } from '../gpu-worker/models/recommend.ts';

interface Advice {
  what: string;
  model: string;
  isHere: boolean;
  why: string;
}

export interface Recommendation {
  machine: MachineFacts;
  models: Advice[];
  /** What is used where nobody names a model: what is recommended, as far as it is here. */
  inUse: string;
  /** What `hansard models pull` should fetch. */
  toPull: string[];
}

const purposes: Record<Purpose, string> = {
  english: 'English',
  'east-asian': 'zh, yue, ja, ko',
  others: 'other languages',
};

export async function recommendModels(config: Config): Promise<Recommendation> {
  const machine = await examineMachine(config);
  const here = await findPresentModels(config.modelsDir);
  const unfit = await findUnfitModels(config.modelsDir, here);
  const recognizers = recommendRecognizers(machine, here, unfit).map(({ purpose, model, why }) => ({
    ...{ what: purposes[purpose], model, isHere: here.has(model), why },
  }));
  const voices = ['segmentation-3.0', 'campplus'].map(model => ({
    ...{ what: 'voices', model, isHere: here.has(model), why: 'The same on every machine.' },
  }));
  const models = [...recognizers, ...voices, await adviseOnSummary(config.languageModel)];
  const missing = models.filter(
    ({ isHere, what }) => !isHere && (what !== 'summary' || config.languageModel.kind === 'ollama'),
  );
  return {
    machine,
    models,
    inUse: chooseRecognizers(machine, here, unfit),
    toPull: [...new Set(missing.map(({ model }) => model))],
  };
}

/** A server elsewhere knows its own machine; it is asked what it has. */
async function adviseOnSummary(server: ModelServer): Promise<Advice> {
  const found = await (await openModel(server)).find();
  const whether = found.isReady ? 'It answers.' : `Not ready: ${found.reason}`;
  if (server.kind === 'openai') {
    const model = found.isReady ? found.model : (server.model ?? 'the one that your server has');
    return { what: 'summary', model, isHere: found.isReady, why: `By your own server. ${whether}` };
  }
  const [model] = await modelsOf(server.model, server.host);
  const named = server.model === undefined ? undefined : 'You named it.';
  const fits = model === LARGE_MODEL ? 'The GPU holds it.' : 'Runs on a CPU, or on a GPU of 8 GB.';
  return { what: 'summary', model, isHere: found.isReady && found.model === model, why: `${named ?? fits} ${whether}` };
}

/** A few lines for people. */
export function presentRecommendation({ machine, models, inUse, toPull }: Recommendation): string {
  const { cores, hasVnni, memoryBytes, device, deviceReason, gpuBytes, freeDiskBytes } = machine;
  const gpu = gpuBytes > 0 ? `, a GPU with ${gigabytes(gpuBytes)}` : '';
  const rows = models.map(
    ({ what, model, isHere, why }) =>
      `${what.padEnd(width(models, 'what'))}  ${model.padEnd(width(models, 'model'))}  ${isHere ? 'here' : 'missing'}\n    ${why}`,
  );
  return [
    `${cores} cores ${hasVnni ? 'with' : 'without'} VNNI, ${gigabytes(memoryBytes)} of free memory${gpu}, ${gigabytes(freeDiskBytes)} of disk. Device: ${device}. ${deviceReason}`,
    ...rows,
    `Without --model recordings are heard by: ${inUse}`,
    ...(toPull.length > 0 ? [`To have all of it type: npx hansard models pull ${toPull.join(' ')}`] : []),
    '',
  ].join('\n');
}

function width(models: readonly Advice[], column: 'what' | 'model'): number {
  return Math.max(...models.map(advice => advice[column].length));
}
