/** Refuses answers that are cut, that do not end, and answers to prompts that were cut. */
import { HansardError } from '../../errors.ts';
import type { Question } from './language-model.ts';

/** A token of text has at most about six bytes; fewer tokens read than this share means that the prompt was cut. */
const MAX_BYTES_PER_TOKEN = 6;

/** Some tokens are a line of spaces; an answer of more characters than this for each that was asked for does not end. */
const MAX_CHARACTERS_PER_TOKEN = 50;

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

/** For a server that heeds no limit. @throws HansardError `summarizer_failed` */
export function assertEnds(characters: number, { replyTokens }: Question): void {
  if (characters > replyTokens * MAX_CHARACTERS_PER_TOKEN)
    throw new HansardError('summarizer_failed', `the answer did not end after ${characters} characters`);
}
