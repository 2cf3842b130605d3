/** The recognisers where nobody names one. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config.ts';
import { examineMachine } from '../examine-machine.ts';
import { catalogue } from './catalogue.ts';
import { findMark } from './check-model.ts';
import { parseChoice } from './plan-recognition.ts';
import { chooseRecognizers } from './recommend.ts';

/**
 * What the settings say, else what is recommended for this machine, as far as its files are in the model folder.
 * @throws HansardError `invalid_usage` for a setting that names no recogniser
 */
export async function chooseModel(
  config: Pick<Config, 'model' | 'modelsDir' | 'device' | 'inferenceProcesses'>,
): Promise<string> {
  if (config.model !== undefined) {
    parseChoice(config.model);
    return config.model;
  }
  const here = await findPresentModels(config.modelsDir);
  return chooseRecognizers(await examineMachine(config), here, await findUnfitModels(config.modelsDir, here));
}

/** Models all of whose files are there; their hashes are checked before they are used. */
export async function findPresentModels(modelsDir: string): Promise<Set<string>> {
  const present = await Promise.all(
    catalogue.map(async ({ name, files }) => {
      const paths = files.map(file => path.join(modelsDir, name, file.name));
      return await Promise.all(paths.map(file => access(file))).then(
        () => [name],
        () => [],
      );
    }),
  );
  return new Set(present.flat());
}

/** Models that did not hear a known recording as they should when they were checked. */
export async function findUnfitModels(modelsDir: string, here: ReadonlySet<string>): Promise<Set<string>> {
  const marks = await Promise.all(
    [...here].map(async name => ({ name, mark: await findMark(path.join(modelsDir, name), name) })),
  );
  return new Set(marks.flatMap(({ name, mark }) => (mark?.isGood === false ? [name] : [])));
}
