/**
 * Every setting, with its default. The only file that names `process.env`; an empty value counts as unset. A secret may
 * also come from a file that `NAME_FILE` names.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { HansardError } from './errors.ts';
import type { S3Settings } from './pipeline/blobs/s3-blobs.ts';

const device = z.string().regex(/^(auto|cpu|cuda:\d+)$/, 'expected auto, cpu or cuda:N');

/** Discord's ids. */
const snowflake = z.string().regex(/^\d{17,20}$/, 'expected an id of Discord, 17 to 20 digits');

const environment = z.object({
  HANSARD_DATA: z.string().optional(),
  HANSARD_MODELS: z.string().optional(),
  HANSARD_DEVICE: device.default('auto'),
  HANSARD_MODEL: z.string().optional(),
  HANSARD_PROCESSES: z.coerce.number().int().min(1).max(64).optional(),
  OLLAMA_HOST: z.string().default('http://127.0.0.1:11434'),
  HANSARD_LLM_URL: z.url({ protocol: /^https?$/ }).optional(),
  HANSARD_LLM_KEY: z.string().optional(),
  HANSARD_SUMMARY_MODEL: z.string().optional(),
  HANSARD_SUMMARY_THREADS: z.coerce.number().int().min(1).max(256).optional(),
  HANSARD_QUEUE: z.enum(['sqlite', 'bullmq']).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-').optional(),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-').optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, 'expected at least 16 characters').optional(),
  SLACK_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  SLACK_API_URL: z.url({ protocol: /^https?$/ }).optional(),
  DISCORD_TOKEN: z
    .string()
    .regex(/^[\w.-]{20,}$/, 'expected the token of the bot, without the word Bot before it')
    .optional(),
  DISCORD_APPLICATION_ID: snowflake.optional(),
  DISCORD_GUILD_ID: snowflake.optional(),
  DISCORD_API_URL: z.url({ protocol: /^https?$/ }).optional(),
  DISCORD_CDN_URL: z.url({ protocol: /^https?$/ }).optional(),
  HANSARD_AUTO_PROCESS: z.enum(['off', 'opt-in', 'all']).default('opt-in'),
  HANSARD_LINKS: z.enum(['off', 'on']).default('off'),
  HANSARD_MAX_MB: z.coerce.number().positive().default(4_096),
  HANSARD_LEASE_SECONDS: z.coerce.number().min(1).max(3600).default(120),
  HANSARD_BLOBS: z.enum(['disk', 's3']).default('disk'),
  HANSARD_BLOBS_DIR: z.string().optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  HANSARD_MINUTES: z.string().optional(),
  HANSARD_TEMPLATES: z.string().optional(),
  HANSARD_GLOSSARY: z.string().optional(),
  HANSARD_VOICE_KEY_FILE: z.string().optional(),
  HANSARD_USER_MINUTES_PER_DAY: z.coerce.number().positive().optional(),
  HANSARD_CHANNEL_MINUTES_PER_DAY: z.coerce.number().positive().optional(),
  HANSARD_KEEP_AUDIO_DAYS: z.coerce.number().min(0).default(7),
  HANSARD_KEEP_MEETING_DAYS: z.coerce.number().min(0).default(90),
  HANSARD_ALERT_URL: z.url({ protocol: /^https?$/ }).optional(),
  HANSARD_ALERT_CHANNEL: z.string().optional(),
  HANSARD_ALERT_SECRET: z.string().min(16, 'expected at least 16 characters').optional(),
  HANSARD_HTTP: z
    .string()
    .regex(/^(off|\S+:\d{1,5})$/, 'expected HOST:PORT, or off')
    .optional(),
  HANSARD_HTTP_TOKEN: z.string().min(16, 'expected at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
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
  /** Speech recognition models where a recording names none, joined by `+`; by machine when undefined. */
  model: string | undefined;
  /** Inference child processes, each with one thread. */
  inferenceProcesses: number;
  languageModel: ModelServer;
  /** Jobs go through Redis, or through a file of `dataDir`. */
  queue: { kind: 'sqlite' } | { kind: 'bullmq'; url: string };
  slack: SlackSettings | undefined;
  discord: DiscordSettings | undefined;
  /** Recordings that are posted: taken by themselves nowhere, in channels that opted in, or wherever we are. */
  autoProcess: 'off' | 'opt-in' | 'all';
  /** Whether recordings may be fetched from links that people give. */
  links: boolean;
  maxRecordingBytes: number;
  /** A worker that was silent for so long is taken for dead, and its jobs are given to others. */
  leaseMs: number;
  blobs: { kind: 'disk'; dir: string } | { kind: 's3'; settings: S3Settings };
  /** Gets one folder per meeting that was submitted from the command line. */
  minutesDir: string;
  /** The installation's own templates; the folder need not be there. */
  templatesDir: string;
  /** Terms for every recording, one a line. */
  glossaryFile: string | undefined;
  /** The key that voiceprints are encrypted with; made with the first one. */
  voiceKeyFile: string;
  /** Days after a meeting is over, where the channel's settings do not say; 0 means at once. */
  retention: { audioDays: number; meetingDays: number };
  /** Minutes of audio within any 24 hours. */
  quotas: { userMinutes: number | undefined; channelMinutes: number | undefined };
  alerts: { url: string; secret: string } | undefined;
  /** Id of a channel, of Slack or of Discord, that hears of trouble. */
  alertChannel: string | undefined;
  /** `port` undefined: that of the role. */
  http: { host: string; port: number | undefined; token: string | undefined } | undefined;
  logLevel: string | undefined;
}

/** The server of the language model that writes summaries. */
export type ModelServer = {
  /** Undefined: by machine with Ollama, the only one that there is with another server. */
  model: string | undefined;
} & (
  | {
      kind: 'ollama';
      host: string;
      /** That the model may use on a CPU; the server's choice when undefined. */
      threads: number | undefined;
    }
  /** One that speaks OpenAI's protocol. */
  | { kind: 'openai'; url: string; key: string | undefined }
);

export interface SlackSettings {
  botToken: string;
  /** How we hear Slack: we connect to it, or it connects to us. */
  transport: { kind: 'socket'; appToken: string } | { kind: 'http'; signingSecret: string; port: number };
  /** Where Slack answers; for tests. */
  apiUrl: string | undefined;
}

export interface DiscordSettings {
  token: string;
  /** Asked of Discord where it is not set. */
  applicationId: string | undefined;
  /** Commands are registered for this guild alone, where they show at once. */
  guildId: string | undefined;
  /** Where Discord answers, and where it keeps files; for tests and proxies. */
  apiUrl: string | undefined;
  cdnUrl: string | undefined;
}

const SECRETS = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'DISCORD_TOKEN',
  'REDIS_URL',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'HANSARD_HTTP_TOKEN',
  'HANSARD_ALERT_SECRET',
  'HANSARD_LLM_KEY',
] as const;

/**
 * Reads the settings from the environment.
 * @throws HansardError `invalid_setting` naming all bad variables together
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  for (const name of SECRETS) set[name] ??= readSecret(name, set[`${name}_FILE`]);
  const parsed = environment.safeParse(set);
  if (!parsed.success)
    throw new HansardError('invalid_setting', z.prettifyError(parsed.error), { cause: parsed.error });
  const values = parsed.data;
  const home = os.homedir();
  const dataDir = path.resolve(
    values.HANSARD_DATA ?? path.join(values.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'hansard'),
  );
  return {
    dataDir,
    modelsDir: path.resolve(
      values.HANSARD_MODELS ?? path.join(values.XDG_CACHE_HOME ?? path.join(home, '.cache'), 'hansard', 'models'),
    ),
    device: values.HANSARD_DEVICE,
    model: values.HANSARD_MODEL,
    inferenceProcesses: values.HANSARD_PROCESSES ?? Math.max(1, Math.min(os.availableParallelism(), 8)),
    languageModel: languageModelOf(values),
    queue: queueOf(values),
    slack: slackOf(values),
    discord: discordOf(values),
    autoProcess: values.HANSARD_AUTO_PROCESS,
    links: values.HANSARD_LINKS === 'on',
    maxRecordingBytes: values.HANSARD_MAX_MB * 1e6,
    leaseMs: values.HANSARD_LEASE_SECONDS * 1000,
    blobs: blobsOf(values, dataDir),
    minutesDir: path.resolve(values.HANSARD_MINUTES ?? path.join(dataDir, 'minutes')),
    templatesDir: path.resolve(values.HANSARD_TEMPLATES ?? path.join(dataDir, 'templates')),
    glossaryFile: values.HANSARD_GLOSSARY === undefined ? undefined : path.resolve(values.HANSARD_GLOSSARY),
    voiceKeyFile: path.resolve(values.HANSARD_VOICE_KEY_FILE ?? path.join(dataDir, 'voice.key')),
    retention: { audioDays: values.HANSARD_KEEP_AUDIO_DAYS, meetingDays: values.HANSARD_KEEP_MEETING_DAYS },
    quotas: {
      userMinutes: values.HANSARD_USER_MINUTES_PER_DAY,
      channelMinutes: values.HANSARD_CHANNEL_MINUTES_PER_DAY,
    },
    alerts: alertsOf(values),
    alertChannel: values.HANSARD_ALERT_CHANNEL,
    http: httpOf(values),
    logLevel: values.LOG_LEVEL,
  };
}

type Values = z.infer<typeof environment>;

function readSecret(name: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new HansardError('invalid_setting', `${name}_FILE: ${file} cannot be read`, { cause });
  }
}

function queueOf({ HANSARD_QUEUE, REDIS_URL: url }: Values): Config['queue'] {
  if ((HANSARD_QUEUE ?? (url ? 'bullmq' : 'sqlite')) === 'sqlite') return { kind: 'sqlite' };
  if (!url) throw new HansardError('invalid_setting', 'HANSARD_QUEUE=bullmq needs REDIS_URL');
  return { kind: 'bullmq', url };
}

function blobsOf(values: Values, dataDir: string): Config['blobs'] {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = values;
  if (values.HANSARD_BLOBS === 'disk')
    return { kind: 'disk', dir: path.resolve(values.HANSARD_BLOBS_DIR ?? path.join(dataDir, 'blobs')) };
  const needed = { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (!(S3_ENDPOINT && S3_BUCKET && S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY))
    throw new HansardError('invalid_setting', `HANSARD_BLOBS=s3 needs ${missing.join(', ')}`);
  const names = { endpoint: S3_ENDPOINT, region: values.S3_REGION, bucket: S3_BUCKET };
  return {
    kind: 's3',
    settings: { ...names, accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY },
  };
}

function languageModelOf(values: Values): ModelServer {
  const { HANSARD_SUMMARY_MODEL: model, HANSARD_LLM_URL: url, HANSARD_LLM_KEY: key } = values;
  if (url !== undefined) return { kind: 'openai', url, key, model };
  return { kind: 'ollama', host: values.OLLAMA_HOST, threads: values.HANSARD_SUMMARY_THREADS, model };
}

const SLACK_HTTP_PORT = 3_000;

/** With both secrets Socket Mode is used, which needs no open port; a port that is set says that HTTP is meant. */
function slackOf(values: Values): Config['slack'] {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  const { SLACK_PORT: port, SLACK_API_URL: apiUrl } = values;
  if (!botToken && !appToken && !signingSecret) return undefined;
  if (!botToken) throw new HansardError('invalid_setting', 'Slack needs SLACK_BOT_TOKEN as well');
  if (appToken && port === undefined) return { botToken, transport: { kind: 'socket', appToken }, apiUrl };
  if (signingSecret)
    return { botToken, transport: { kind: 'http', signingSecret, port: port ?? SLACK_HTTP_PORT }, apiUrl };
  if (port !== undefined)
    throw new HansardError('invalid_setting', 'SLACK_PORT is for HTTP, which needs SLACK_SIGNING_SECRET as well');
  throw new HansardError(
    'invalid_setting',
    'Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) as well',
  );
}

function discordOf(values: Values): Config['discord'] {
  const { DISCORD_TOKEN: token, DISCORD_APPLICATION_ID: applicationId, DISCORD_GUILD_ID: guildId } = values;
  const { DISCORD_API_URL: apiUrl, DISCORD_CDN_URL: cdnUrl } = values;
  if (!token) {
    if (!applicationId && !guildId) return undefined;
    throw new HansardError('invalid_setting', 'Discord needs DISCORD_TOKEN as well');
  }
  for (const [name, url] of Object.entries({ DISCORD_API_URL: apiUrl, DISCORD_CDN_URL: cdnUrl }))
    if (url && !isSafe(new URL(url)))
      throw new HansardError('invalid_setting', `${name}: plain http is for addresses of this machine alone`);
  return { token, applicationId, guildId, apiUrl: apiUrl?.replace(/\/+$/, ''), cdnUrl };
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname);
}

function alertsOf({ HANSARD_ALERT_URL: url, HANSARD_ALERT_SECRET: secret }: Values): Config['alerts'] {
  if (!url) return undefined;
  if (!secret) throw new HansardError('invalid_setting', 'HANSARD_ALERT_URL needs HANSARD_ALERT_SECRET');
  return { url, secret };
}

function httpOf({ HANSARD_HTTP: address, HANSARD_HTTP_TOKEN: token }: Values): Config['http'] {
  if (address === 'off') return undefined;
  if (address === undefined) return { host: '127.0.0.1', port: undefined, token };
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)), token };
}
