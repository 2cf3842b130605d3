import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { missing } from '../builders/decoded-audio.ts';
import { createProgram, type Finished } from '../builders/program.ts';

const sample = path.join(import.meta.dirname, '../../samples/standup.webm');
const skip = missing(['silero-vad', 'moonshine-base', 'segmentation-3.0', 'campplus'], []);

describe('bench refuses', () => {
  test('to run on no folder', async t => {
    const { status, stderr } = await createProgram(t).run(['bench']);
    assert.equal(status, 2);
    assert.match(stderr, /dir/);
  });

  test('a folder that is not there', async t => {
    const { status, stdout, stderr } = await createProgram(t).run(['bench', 'gone']);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /gone/);
  });

  test('a model it does not know', async t => {
    const { status, stderr } = await createProgram(t).run(['bench', '.', '--model', 'whisper-huge']);
    assert.equal(status, 2);
    assert.match(stderr, /moonshine-base/);
  });

  test('a folder without truth, and says what would have been truth', async t => {
    const program = createProgram(t);
    fs.writeFileSync(path.join(program.folder, 'lost.wav'), '');
    const { status, stdout, stderr } = await program.run(['bench', program.folder]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /lost\.wav: left out.*lost\.stm/);
    assert.match(stderr, /No recording with truth/);
  });
});

const rate = z.object({ rate: z.number().nullable() });
const figures = z.object({
  wer: rate.nullable(),
  cpwer: rate.nullable(),
  cer: rate.nullable(),
  der: rate.nullable(),
  derCollar250: rate.nullable(),
  speakers: z.object({ truth: z.number(), found: z.number() }).nullable(),
  wordStarts: z.object({ medianMs: z.number().nullable(), compared: z.number(), words: z.number() }).nullable(),
  inventedWords: z.number().nullable(),
  audioSeconds: z.number(),
  rtf: z.number().positive(),
  stages: z.record(z.string(), z.object({ seconds: z.number(), cpuSeconds: z.number() })),
});
const reportSchema = z.object({
  machine: z.object({ cores: z.number(), device: z.string() }),
  files: z.array(figures.extend({ file: z.string() })),
  folders: z.array(figures),
  total: figures,
  failed: z.array(z.object({ file: z.string(), code: z.string() })),
});

/** The first words of the sample, where one person speaks. */
const greeting = {
  start: 0.8,
  end: 6.91,
  speaker: 'Maya',
  text: "Morning, everyone. It's Monday the sixteenth of November, so let's keep this quick. Kenji, do you want to start?",
};
const wordTimes = [
  ['morning', 0.87, 1.24],
  ['everyone', 1.32, 1.81],
  ['November', 3.34, 3.82],
]; // of meetings/standup.truth.json

describe('bench --json', () => {
  let finished: Finished | undefined;
  let report: z.infer<typeof reportSchema> | undefined;
  let cleanUp = async () => {};

  before(async () => {
    if (skip) return;
    const program = createProgram({
      after: callback => {
        cleanUp = callback;
      },
    });
    const inFolder = (name: string) => path.join(program.folder, name);
    const cut = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', ...args]);
    cut('-i', sample, '-t', '7.2', inFolder('greeting.flac'));
    fs.writeFileSync(
      inFolder('greeting.truth.json'),
      JSON.stringify({ segments: [{ ...greeting, words: wordTimes }] }),
    );
    cut('-f', 'lavfi', '-i', 'anoisesrc=amplitude=0.01:seed=1:duration=5', inFolder('noise.wav'));
    for (const ending of ['.stm', '.rttm']) fs.writeFileSync(inFolder(`noise${ending}`), '');
    fs.writeFileSync(inFolder('page.mp4'), '<html></html>');
    fs.writeFileSync(inFolder('page.rttm'), '');
    fs.copyFileSync(inFolder('noise.wav'), inFolder('rough.wav'));
    fs.writeFileSync(inFolder('rough.stm'), 'rough 1 ann zero one hello\n');
    finished = await program.run(['bench', program.folder, '--json']);
    report = finished.stdout === '' ? undefined : reportSchema.parse(JSON.parse(finished.stdout));
  });
  after(() => cleanUp());

  const figuresOf = (name: string) => {
    const found = report?.files.find(({ file }) => path.basename(file) === name);
    assert.ok(found, finished?.stderr);
    return found;
  };

  test('marks words, voices and times of a recording', { skip }, () => {
    const { wer, cpwer, der, speakers, wordStarts, inventedWords, audioSeconds, stages } = figuresOf('greeting.flac');
    assert.ok((wer?.rate ?? 1) < 0.2, `${wer?.rate} of the words are wrong`);
    assert.equal(cpwer?.rate, wer?.rate, 'with one voice, who spoke makes no difference');
    assert.ok((der?.rate ?? 1) < 0.3, `${der?.rate} of the speech is wrong`);
    assert.deepEqual(speakers, { truth: 1, found: 1 });
    assert.equal(wordStarts?.words, 3);
    assert.ok((wordStarts?.medianMs ?? Number.POSITIVE_INFINITY) < 200);
    assert.equal(inventedWords, 0);
    assert.equal(Math.round(audioSeconds), 7);
    assert.deepEqual(Object.keys(stages).sort(), ['decode', 'diarize', 'summarize', 'transcribe']);
    assert.ok((stages.transcribe?.cpuSeconds ?? 0) > 0);
  });

  test('counts what is made of noise, where there is no rate', { skip }, () => {
    const { wer, der, speakers, wordStarts, inventedWords } = figuresOf('noise.wav');
    assert.deepEqual([wer?.rate, der?.rate], [null, null]);
    assert.deepEqual(speakers, { truth: 0, found: 0 });
    assert.equal(wordStarts, null);
    assert.equal(inventedWords, 0);
  });

  test('adds up only what was measured, and exits with 3 for the rest', { skip }, () => {
    assert.equal(finished?.status, 3);
    assert.deepEqual(report?.failed.map(({ file }) => path.basename(file)).sort(), ['page.mp4', 'rough.wav']);
    assert.ok(report?.failed.some(({ code }) => code === 'file_unreadable'));
    assert.equal(report?.folders.length, 1);
    assert.equal(Math.round(report?.total.audioSeconds ?? 0), 12);
    assert.equal(report?.total.wer?.rate, figuresOf('greeting.flac').wer?.rate);
  });
});
