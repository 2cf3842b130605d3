import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { missing } from '../builders/decoded-audio.ts';
import { createProgram, type Program, parseReports } from '../builders/program.ts';
import { until } from '../builders/until.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');
const skip = missing(['silero-vad', 'moonshine-base', 'segmentation-3.0', 'campplus'], []);
const args = (program: Program) => [
  'transcribe',
  'standup.webm',
  '--json',
  '--date',
  '2026-11-16',
  '--out',
  program.outDir,
];

/** Processes, other than ours, that were started for this program's folder: their environment names it. */
function processesOf({ folder }: Program): number[] {
  return fs
    .readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid && readProc(pid, 'environ').includes(`HANSARD_DATA=${folder}`));
}

/** Those in which models run. */
function inferenceOf(program: Program): number[] {
  return processesOf(program).filter(pid => readProc(pid, 'cmdline').includes('inference/child.ts'));
}

function readProc(pid: number, name: 'environ' | 'cmdline'): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

/** The first fifteen seconds of the sample, so that the test does not take long. */
async function createProgramWithRecording(t: TestContext): Promise<Program> {
  const program = createProgram(t);
  const target = path.join(program.folder, 'standup.webm');
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', sample, '-t', '15', '-c', 'copy', target]);
  return program;
}

function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** The same command once more: everything is there, and nothing else. */
async function assertCompletes(program: Program): Promise<void> {
  const { status, stdout, stderr } = await program.run(args(program));
  assert.equal(status, 0, stdout + stderr);
  const [report] = parseReports(stdout);
  assert.equal(report?.status, 'done');
  const written = report?.files.map(file => path.basename(file)).sort();
  assert.deepEqual(
    filesBelow(program.outDir).sort(),
    ['standup', ...(written ?? []).map(name => `standup/${name}`)].sort(),
  );
  assert.deepEqual(filesBelow(path.join(program.folder, 'data', 'work')), []);
  const unfinished = filesBelow(path.join(program.folder, 'data')).filter(name => name.endsWith('.tmp'));
  assert.deepEqual(unfinished, []);
}

describe('an interrupted run', { skip: process.platform !== 'linux' }, () => {
  test('stops within two seconds on Ctrl-C, says how to go on, and goes on', { skip }, async t => {
    const program = await createProgramWithRecording(t);
    const { child, finished } = program.start(args(program));
    await until('the models are at work', () => inferenceOf(program).length > 0);
    await setTimeout(300);
    const stoppedAt = performance.now();
    child.kill('SIGINT');
    const { status, stderr, stdout } = await finished;
    assert.ok(performance.now() - stoppedAt < 2_000);
    assert.equal(status, 130);
    assert.match(stderr, /same command again/);
    assert.equal(stdout, '');
    assert.deepEqual(filesBelow(program.outDir), []);
    await until('its children are gone', () => processesOf(program).length === 0);
    await assertCompletes(program);
  });

  for (const afterMs of [200, 500, 900, 1_400, 2_000]) {
    test(`loses nothing and leaves nothing when it is killed after ${afterMs} ms`, { skip }, async t => {
      const program = await createProgramWithRecording(t);
      const { child, finished } = program.start(args(program));
      await setTimeout(afterMs);
      child.kill('SIGKILL');
      await finished;
      await until('its children are gone', () => processesOf(program).length === 0);
      await assertCompletes(program);
    });
  }

  test('does not lose the recording with one of its children', { skip }, async t => {
    const program = await createProgramWithRecording(t);
    const { finished } = program.start(args(program));
    await until('the models are at work', () => inferenceOf(program).length > 0);
    const [victim] = inferenceOf(program);
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
    const { status, stdout, stderr } = await finished;
    assert.ok(victim !== undefined);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(parseReports(stdout)[0]?.status, 'done');
  });
});
