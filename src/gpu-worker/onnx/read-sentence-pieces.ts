/** The vocabulary beside a model. */
import fs from 'node:fs/promises';
import { HansardError } from '../../errors.ts';
import { parseSentencePieces, type SentencePieces } from '../asr/sentence-pieces.ts';

/** @throws HansardError `model_missing`, `inference_failed` for a file that is no vocabulary */
export async function readSentencePieces(file: string): Promise<SentencePieces> {
  const text = await fs.readFile(file, 'utf8').catch(cause => {
    throw new HansardError('model_missing', file, { cause });
  });
  try {
    return parseSentencePieces(text);
  } catch (cause) {
    throw new HansardError('inference_failed', `${file} is no vocabulary`, { cause });
  }
}
