/** Structured logs on stderr: JSON, or readable lines in a terminal. Ids and numbers only, never what was said. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export function createLogger(level: string): Logger {
  const options = { level, redact: ['token', '*.token', 'authorization'] };
  if (process.stderr.isTTY) return pino(options, pretty({ destination: 2, sync: true, ignore: 'pid,hostname' }));
  return pino(options, pino.destination({ fd: 2, sync: true }));
}
