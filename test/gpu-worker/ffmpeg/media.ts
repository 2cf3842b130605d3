/** Small recordings made on the spot, stand-ins for ffmpeg, and a look at what is still running. */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { HansardError } from '../../../src/errors.ts';
import { checkFfmpeg, type FfmpegTools } from '../../../src/gpu-worker/ffmpeg/check-ffmpeg.ts';
import { type DecodeResult, decode } from '../../../src/gpu-worker/ffmpeg/decoder.ts';
import { probe } from '../../../src/gpu-worker/ffmpeg/probe.ts';

const run = promisify(execFile);

/** The programs of this machine, or the reason why tests that need them are skipped. */
export async function findTools(): Promise<{ tools: FfmpegTools; skip: false | string }> {
  try {
    return { tools: await checkFfmpeg(), skip: false };
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return { tools: { ffmpegPath: '', ffprobePath: '', version: '' }, skip: `needs ffmpeg: ${error.detail}` };
  }
}

/** A folder that is removed when the test ends. */
export async function makeFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-ffmpeg-')));
  t.after(() => fs.rm(folder, { recursive: true, force: true }));
  return folder;
}

/** ffmpeg's sources, as input arguments. */
export const tone = (seconds: number, hertz = 440) => lavfi(`sine=f=${hertz}:r=16000:d=${seconds}`);
export const noise = (seconds: number) => lavfi(`anoisesrc=c=pink:r=16000:a=0.3:d=${seconds}`);
export const silence = (seconds: number) => lavfi(`anullsrc=r=16000:cl=mono:d=${seconds}`);
export const picture = (seconds: number) => lavfi(`testsrc=s=64x48:r=5:d=${seconds}`);

function lavfi(graph: string): string[] {
  return ['-f', 'lavfi', '-i', graph];
}

/** Makes a recording with ffmpeg and gives its path. */
export async function make(folder: string, name: string, ...args: string[]): Promise<string> {
  const target = path.join(folder, name);
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, `file:${target}`]);
  return target;
}

/** The first part of a file, as a broken transfer leaves it. */
export async function cut(source: string, share: number): Promise<string> {
  const target = path.join(path.dirname(source), `cut-${path.basename(source)}`);
  const bytes = await fs.readFile(source);
  await fs.writeFile(target, bytes.subarray(0, Math.floor(bytes.length * share)));
  return target;
}

/** Writes a file and gives its path. */
export async function write(folder: string, name: string, content: string | Buffer): Promise<string> {
  const target = path.join(folder, name);
  await fs.writeFile(target, content);
  return target;
}

/** A shell script that stands in for a program. */
export async function writeProgram(folder: string, name: string, script: string): Promise<string> {
  const target = await write(folder, name, `#!/bin/sh\n${script}\n`);
  await fs.chmod(target, 0o755);
  return target;
}

/** Eight-bit silence with a right header that takes no room on disk: hours of it are made at once. */
export async function writeSparseWav(folder: string, name: string, seconds: number): Promise<string> {
  const bytes = seconds * 8000;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  const target = await write(folder, name, header);
  await fs.truncate(target, 44 + bytes);
  return target;
}

/** Probes and decodes into `folder/out.wav`. */
export async function probeAndDecode(source: string, folder: string, tools: FfmpegTools): Promise<DecodeResult> {
  const facts = await probe(source, tools);
  return decode({ sourcePath: source, wavPath: path.join(folder, 'out.wav'), facts, ...idle() }, tools);
}

/** A signal that never fires and a listener that does not care. */
export function idle(): { signal: AbortSignal; onProgress(): void } {
  return { signal: new AbortController().signal, onProgress: () => {} };
}

/** Ids of the processes whose working folder lies in `folder`. */
export async function processesIn(folder: string): Promise<number[]> {
  const ids = (await fs.readdir('/proc')).map(Number).filter(id => id > 0);
  const places = await Promise.all(ids.map(id => fs.readlink(`/proc/${id}/cwd`).catch(() => '')));
  return ids.filter((_, index) => places[index]?.startsWith(`${folder}/`));
}
