/** `hansard models pull qwen3:4b-instruct-2507`: Ollama fetches it, and its steps are shown. */
import type { ModelServer } from '../config.ts';
import { HansardError } from '../errors.ts';
import { type PullStep, pullModel } from '../gpu-worker/language-model/pull-model.ts';
import { megabytes, type ProgressOutput } from './pull-progress.ts';

const CLEAR_LINE = '\r\u001b[2K';

/** Names of language models have a tag or a namespace; those of our own models have neither. */
export function isLanguageModel(name: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)*:[\w.-]+$|\//u.test(name);
}

/** @throws HansardError `model_unavailable`, `cancelled`; `invalid_usage` where the server is no Ollama */
export async function pullLanguageModel(
  name: string,
  server: ModelServer,
  output: ProgressOutput,
  signal: AbortSignal,
): Promise<void> {
  if (server.kind !== 'ollama')
    throw new HansardError(
      'invalid_usage',
      `${name}: only Ollama fetches models; HANSARD_LLM_URL names another server`,
    );
  let said = '';
  const show = ({ status, doneBytes, totalBytes }: PullStep) => {
    const isMoving = totalBytes > 0;
    if (isMoving && output.isTTY) {
      const percent = Math.floor((doneBytes / totalBytes) * 100);
      output.write(`${CLEAR_LINE}${name}  ${percent} %, ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`);
    } else if (status !== said) {
      output.write(
        `${output.isTTY ? CLEAR_LINE : ''}${name}: ${status}${isMoving ? `, ${megabytes(totalBytes)} MB` : ''}\n`,
      );
    }
    said = status;
  };
  try {
    await pullModel(server.host, name, show, signal);
  } finally {
    if (output.isTTY) output.write(CLEAR_LINE);
  }
}
