/** Real recordings and models for tests; both may be absent, then a test skips with `missing…` as its reason. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config.ts';

const repository = path.resolve(import.meta.dirname, '../..');
export const testdataDir = process.env.HANSARD_TESTDATA ?? path.join(repository, '../shared/testdata');
export const modelsDir = loadConfig().modelsDir;
export const graphsDir = path.join(repository, 'src/gpu-worker/models/graphs');

/** The reason to skip a test that needs these models (folder names) and recordings, or false. */
export function missing(models: readonly string[], recordings: readonly string[]): string | false {
  const paths = [
    ...models.map(name => path.join(modelsDir, name)),
    ...recordings.map(name => path.join(testdataDir, name)),
  ];
  const absent = paths.find(name => !fs.existsSync(name));
  return absent === undefined ? false : `${absent} is not here`;
}

/** Decodes a recording to a 16 kHz mono WAV file in a new temporary folder, which goes with the process. */
export async function decodeToWav(sourcePath: string): Promise<string> {
  const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'hansard-test-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const wavPath = path.join(folder, 'audio.wav');
  const output = ['-ac', '1', '-ar', '16000', '-c:a', 'pcm_s16le', wavPath];
  execFileSync('ffmpeg', ['-v', 'error', '-i', sourcePath, ...output]);
  return wavPath;
}
