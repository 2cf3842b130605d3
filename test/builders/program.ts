/** Runs the program itself, in a child process with folders of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const main = path.join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** What runs again and again is compiled once: half the work of a short command. */
const compileCache = path.join(os.tmpdir(), 'hansard-compile-cache');

export interface Finished {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Program {
  /** Gets results, data and recordings; removed after the test. */
  folder: string;
  outDir: string;
  start(args: string[], env?: Record<string, string>): { child: ChildProcess; finished: Promise<Finished> };
  run(args: string[], env?: Record<string, string>): Promise<Finished>;
}

/** @param t a test's context, or whatever else runs the callback in the end */
export function createProgram(t: { after(callback: () => Promise<void>): void }): Program {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'hansard-e2e-'));
  const outDir = path.join(folder, 'out');
  const children = new Set<ChildProcess>();
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const start: Program['start'] = (args, env = {}) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      // a summary server that happens to run on this machine has no part in it
      env: {
        ...{ ...process.env, NODE_COMPILE_CACHE: compileCache },
        ...{ HANSARD_DATA: path.join(folder, 'data'), OLLAMA_HOST: 'http://127.0.0.1:9', ...env },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    const finished = new Promise<Finished>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) => {
        children.delete(child);
        resolve({ status, signal, stdout, stderr });
      });
    });
    return { child, finished };
  };
  return { folder, outDir, start, run: (args, env) => start(args, env).finished };
}

const reportSchema = z.object({
  file: z.string(),
  status: z.enum(['done', 'incomplete', 'failed']),
  meetingId: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  wallSeconds: z.number(),
  language: z.string().nullable(),
  speakers: z.number().nullable(),
  stages: z.record(z.string(), z.object({ seconds: z.number(), rtf: z.number(), stored: z.boolean() })),
  folder: z.string().nullable(),
  files: z.array(z.string()),
  warnings: z.array(z.string()),
  error: z.object({ code: z.string(), message: z.string(), detail: z.string() }).nullable(),
});
export type ParsedReport = z.infer<typeof reportSchema>;

/** The objects that `--json` printed, one per line. */
export function parseReports(stdout: string): ParsedReport[] {
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => reportSchema.parse(JSON.parse(line)));
}
