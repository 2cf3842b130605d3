/** Reads a glossary from a file. */
import fs from 'node:fs';
import { HansardError } from '../../errors.ts';
import type { GlossaryEntry } from '../recording-options.ts';
import { parseGlossary } from './glossary-text.ts';

/** Ten times what the terms that are allowed take. */
const MAX_BYTES = 1_000_000;

/**
 * @param fault what it is to have named a file that is no glossary
 * @throws HansardError with that code and a sentence that names the file and, where one is wrong, the line
 */
export function readGlossary(path: string, fault: 'invalid_usage' | 'invalid_setting'): GlossaryEntry[] {
  const refuse = (why: string, cause?: unknown) => new HansardError(fault, `Glossary ${path}: ${why}`, { cause });
  let text: string;
  try {
    if (fs.statSync(path).size > MAX_BYTES)
      throw refuse('it is larger than 1 MB. Name a text file with one term a line.');
    text = new TextDecoder('utf-8', { fatal: true }).decode(fs.readFileSync(path));
  } catch (cause) {
    if (cause instanceof HansardError) throw cause;
    if (cause instanceof TypeError) throw refuse('it is no UTF-8 text. Save it as plain text in UTF-8.', cause);
    throw refuse('it cannot be read. Check the path and its permissions.', cause);
  }
  const parsed = parseGlossary(text);
  if (typeof parsed === 'string') throw refuse(parsed);
  return parsed;
}
