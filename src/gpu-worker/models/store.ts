/** The model folder: what is there, whether it is what was published, and how to get what is not. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { waitForLock } from '../../exclusive-lock.ts';
import { makeFolder } from '../../make-folder.ts';
import { catalogue, findModel, type Model } from './catalogue.ts';
import type { ModelFile } from './model-files.ts';
import { type PullEvent, pullModels, type WantedModel } from './pull.ts';
import { sha256OfFile } from './sha256.ts';
import { type HubOrigins, publicHubs } from './sources/hub.ts';

export type FileState = 'ok' | 'missing' | 'damaged';

export interface FileStatus {
  name: string;
  path: string;
  bytes: number;
  state: FileState;
}

export interface ModelStatus {
  name: string;
  /** The worst state of its files. */
  state: FileState;
  files: FileStatus[];
}

export interface EnsureOptions {
  signal: AbortSignal;
  onEvent?(event: PullEvent): void;
  /** Fetch a file again whose bytes are not the published ones, instead of refusing to go on. */
  replaceDamaged?: boolean;
}

export interface ModelStore {
  readonly modelsDir: string;
  /** The folder of one model; it need not exist. @throws HansardError `invalid_usage` for an unknown name */
  folderOf(name: string): string;
  /**
   * Hashes every file of the named models, by default of all: 127 MB take about 0.1 s of CPU.
   * @throws HansardError `models_unwritable` (the folder may not be read either), `cancelled`, `invalid_usage`
   */
  inspect(names?: readonly string[], signal?: AbortSignal): Promise<ModelStatus[]>;
  /**
   * Resolves when every file of the named models is there with the published sha256, which is computed each time: to be
   * called before sessions are created. Files that are missing are fetched, under a lock that other processes respect.
   * @throws HansardError `model_corrupt`, `model_unavailable`, `models_unwritable`, `disk_full`, `cancelled`, `invalid_usage`
   */
  ensure(names: readonly string[], options: EnsureOptions): Promise<void>;
}

/** @param origins where the hubs answer; tests name a local server */
export function createModelStore(modelsDir: string, origins: HubOrigins = publicHubs): ModelStore {
  const folderOf = (name: string) => path.join(modelsDir, findModel(name).name);

  async function inspect(names?: readonly string[], signal?: AbortSignal): Promise<ModelStatus[]> {
    const models = names ? names.map(findModel) : catalogue;
    try {
      return await Promise.all(models.map(model => inspectModel(model, folderOf(model.name), signal)));
    } catch (error) {
      throw asHansardError(error, signal, modelsDir);
    }
  }

  async function ensure(names: readonly string[], options: EnsureOptions): Promise<void> {
    const { signal, onEvent = () => {}, replaceDamaged = false } = options;
    try {
      if (isComplete(await inspect(names, signal), replaceDamaged)) return;
      makeFolder(modelsDir);
      await fs.access(modelsDir, fs.constants.W_OK);
      using _lock = await waitForLock(path.join(modelsDir, '.lock'), signal, () => onEvent({ kind: 'waiting' }));
      // While we waited another process may have fetched them.
      const states = await inspect(names, signal);
      if (isComplete(states, replaceDamaged)) return;
      await pullModels(states.map(wantedOf), { modelsDir, origins, signal, onEvent });
    } catch (error) {
      throw asHansardError(error, signal, modelsDir);
    }
  }

  return { modelsDir, folderOf, inspect, ensure };
}

async function inspectModel(model: Model, folder: string, signal?: AbortSignal): Promise<ModelStatus> {
  const files = await Promise.all(
    model.files.map(async file => {
      const filePath = path.join(folder, file.name);
      return { name: file.name, path: filePath, bytes: file.bytes, state: await stateOf(filePath, file, signal) };
    }),
  );
  const state = (['damaged', 'missing'] as const).find(bad => files.some(file => file.state === bad)) ?? 'ok';
  return { name: model.name, state, files };
}

async function stateOf(filePath: string, { bytes, sha256 }: ModelFile, signal?: AbortSignal): Promise<FileState> {
  try {
    if ((await fs.stat(filePath)).size !== bytes) return 'damaged';
    return (await sha256OfFile(filePath, signal)) === sha256 ? 'ok' : 'damaged';
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return 'missing';
    throw error;
  }
}

function isComplete(states: readonly ModelStatus[], replaceDamaged: boolean): boolean {
  const damaged = states.flatMap(model => model.files.filter(file => file.state === 'damaged'));
  if (damaged.length > 0 && !replaceDamaged)
    throw new HansardError('model_corrupt', `not the published sha256: ${damaged.map(file => file.path).join(', ')}`);
  return states.every(model => model.state === 'ok');
}

function wantedOf({ name, files }: ModelStatus): WantedModel {
  const wanted = new Set(files.filter(file => file.state !== 'ok').map(file => file.name));
  return { name, files: findModel(name).files.filter(file => wanted.has(file.name)) };
}

function asHansardError(error: unknown, signal: AbortSignal | undefined, modelsDir: string): unknown {
  if (error instanceof HansardError) return error;
  if (signal?.aborted) return new HansardError('cancelled', 'model download', { cause: error });
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return new HansardError('disk_full', modelsDir, { cause: error });
  if (['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'ENOENT', 'EEXIST'].includes(String(error.code)))
    return new HansardError('models_unwritable', `model folder ${modelsDir}: ${error.message}`, { cause: error });
  return error;
}
