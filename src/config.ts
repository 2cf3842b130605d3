/** Every setting, with its default. The only file that names `process.env`; an empty value counts as unset. */
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { HansardError } from './errors.ts';

const device = z.string().regex(/^(auto|cpu|cuda:\d+)$/, 'expected auto, cpu or cuda:N');

const environment = z.object({
  HANSARD_DATA: z.string().optional(),
  HANSARD_MODELS: z.string().optional(),
  HANSARD_DEVICE: device.default('auto'),
  HANSARD_PROCESSES: z.coerce.number().int().min(1).max(64).optional(),
  OLLAMA_HOST: z.string().default('http://127.0.0.1:11434'),
  HANSARD_SUMMARY_MODEL: z.string().default('qwen3:4b-instruct-2507'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
  XDG_DATA_HOME: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
});

export interface Config {
  /** Stored results and work in progress. */
  dataDir: string;
  /** Model weights, one folder per model. */
  modelsDir: string;
  /** `auto`, `cpu` or `cuda:N`. */
  device: string;
  /** Inference child processes, each with one thread. */
  inferenceProcesses: number;
  ollama: { host: string; model: string };
  logLevel: string;
}

/**
 * Reads the settings from the environment.
 * @throws HansardError `invalid_setting` naming all bad variables together
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success)
    throw new HansardError('invalid_setting', z.prettifyError(parsed.error), { cause: parsed.error });
  const values = parsed.data;
  const home = os.homedir();
  return {
    dataDir: path.resolve(
      values.HANSARD_DATA ?? path.join(values.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'hansard'),
    ),
    modelsDir: path.resolve(
      values.HANSARD_MODELS ?? path.join(values.XDG_CACHE_HOME ?? path.join(home, '.cache'), 'hansard', 'models'),
    ),
    device: values.HANSARD_DEVICE,
    inferenceProcesses: values.HANSARD_PROCESSES ?? Math.max(1, Math.min(os.availableParallelism(), 8)),
    ollama: { host: values.OLLAMA_HOST, model: values.HANSARD_SUMMARY_MODEL },
    logLevel: values.LOG_LEVEL,
  };
}
