/** The recogniser where nobody names one: other languages than English are looked for once a model for them is here. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config.ts';
import { findModel } from './catalogue.ts';
import { MULTILINGUAL_DEFAULT } from './plan-recognition.ts';

/** `auto` when the files of the multilingual model are in the model folder (their hashes are checked later). */
export async function chooseModel({ modelsDir }: Pick<Config, 'modelsDir'>): Promise<'auto' | 'moonshine-base'> {
  const { name, files } = findModel(MULTILINGUAL_DEFAULT);
  try {
    await Promise.all(files.map(file => access(path.join(modelsDir, name, file.name))));
    return 'auto';
  } catch {
    return 'moonshine-base';
  }
}
