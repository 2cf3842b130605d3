/** Refuses answers that are cut, and answers to prompts that were cut. */
import { HansardError } from '../../errors.ts';
import type { Question } from './language-model.ts';

/** A token of text has at most about six bytes; fewer tokens read than this share means that the prompt was cut. */
const MAX_BYTES_PER_TOKEN = 6;

export interface Ending {
  /** Why the model stopped. */
  reason: string | undefined;
  /** Tokens of the prompt that the model read; absent from some servers, or when the prompt was in their cache. */
  promptTokens: number | undefined;
}

/** @throws HansardError `summarizer_failed` */
export function assertWhole({ reason, promptTokens }: Ending, { prompt, contextTokens }: Question): void {
  if (reason !== 'stop')
    throw new HansardError('summarizer_failed', `the answer ended with "${reason ?? 'nothing'}", not "stop"`);
  if (promptTokens === undefined) return;
  if (promptTokens >= contextTokens || promptTokens < Buffer.byteLength(prompt) / MAX_BYTES_PER_TOKEN)
    throw new HansardError('summarizer_failed', `the model read only ${promptTokens} tokens of the prompt`);
}
