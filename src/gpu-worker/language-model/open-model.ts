/** The language model that the settings name. */
import type { ModelServer } from '../../config.ts';
import { isLocal } from '../device-lock.ts';
import { defaultModels, gpuMemoryBytes } from './default-models.ts';
import type { LanguageModel } from './language-model.ts';
import { createOllama } from './ollama.ts';
import { createOpenAi } from './openai.ts';

/** @param sharesGpu our own models need the memory of the server's GPU when it is through */
export async function openModel(server: ModelServer, sharesGpu = false): Promise<LanguageModel> {
  if (server.kind === 'openai') return createOpenAi(server);
  return createOllama({ ...server, sharesGpu, models: await modelsOf(server.model, server.host) });
}

/** For Ollama: the one that was named, else those for the machine. */
export async function modelsOf(model: string | undefined, host: string): Promise<[string, ...string[]]> {
  if (model !== undefined) return [model];
  return defaultModels(host, isLocal(host) ? await gpuMemoryBytes() : 0);
}

/** Whether it runs on this machine, and thus on its GPU. */
export function isOnThisMachine(server: ModelServer): boolean {
  return isLocal(server.kind === 'openai' ? server.url : server.host);
}
