import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { checkFfmpeg } from '../../../src/gpu-worker/ffmpeg/check-ffmpeg.ts';
import { makeFolder, writeProgram } from './media.ts';

const answers = (version: string) => `echo 'ffmpeg version ${version} Copyright (c) the FFmpeg developers'`;

const accepted = ['5.1', '5.1.9-0+deb12u1', '7.0.2-static', 'n6.1.1', '10.0'];
for (const version of accepted) {
  test(`version ${version} is accepted`, async t => {
    const program = await writeProgram(await makeFolder(t), 'ffmpeg', answers(version));
    const tools = await checkFfmpeg({ ffmpegPath: program, ffprobePath: program });
    assert.deepEqual(tools, { ffmpegPath: program, ffprobePath: program, version });
  });
}

for (const version of ['4.4', '5.0.3', 'n4.4.2', 'something']) {
  test(`version ${version} is too old`, async t => {
    const program = await writeProgram(await makeFolder(t), 'ffmpeg', answers(version));
    await assert.rejects(checkFfmpeg({ ffmpegPath: program, ffprobePath: program }), {
      code: 'ffmpeg_too_old',
      detail: `${program} is version ${version}, 5.1 is needed`,
    });
  });
}

test('a build without a version number is judged by its libavformat', async t => {
  const folder = await makeFolder(t);
  const build = (library: string) =>
    `${answers('N-109468-gd39b34123d')}\necho 'libavformat    ${library}.100 / ${library}'`;
  const recent = await writeProgram(folder, 'recent', build('59. 27'));
  const old = await writeProgram(folder, 'old', build('59. 16'));
  assert.equal((await checkFfmpeg({ ffmpegPath: recent, ffprobePath: recent })).version, 'N-109468-gd39b34123d');
  await assert.rejects(checkFfmpeg({ ffmpegPath: old, ffprobePath: recent }), { code: 'ffmpeg_too_old' });
});

test('an old ffprobe beside a new ffmpeg is found', async t => {
  const folder = await makeFolder(t);
  const ffmpegPath = await writeProgram(folder, 'ffmpeg', answers('7.1'));
  const ffprobePath = await writeProgram(folder, 'ffprobe', "echo 'ffprobe version 4.2.7 Copyright (c)'");
  await assert.rejects(checkFfmpeg({ ffmpegPath, ffprobePath }), { code: 'ffmpeg_too_old' });
});

test('a program that is not there is ffmpeg_missing', async t => {
  const ffmpegPath = path.join(await makeFolder(t), 'no-such-ffmpeg');
  await assert.rejects(checkFfmpeg({ ffmpegPath, ffprobePath: ffmpegPath }), {
    code: 'ffmpeg_missing',
    detail: `there is no program ${ffmpegPath}`,
  });
  await assert.rejects(checkFfmpeg({ ffmpegPath: 'no-such-ffmpeg' }), { code: 'ffmpeg_missing' });
});

test('a program that is something else is ffmpeg_missing', async t => {
  const other = await writeProgram(await makeFolder(t), 'ffmpeg', 'echo hello; exit 3');
  await assert.rejects(checkFfmpeg({ ffmpegPath: other, ffprobePath: other }), {
    code: 'ffmpeg_missing',
    detail: `${other} does not answer as ffmpeg (exit 3)`,
  });
});

test('a name with a quote, a space and a leading dash is taken as a name', async t => {
  const program = await writeProgram(await makeFolder(t), "-v 'my' ffmpeg", answers('6.0'));
  assert.equal((await checkFfmpeg({ ffmpegPath: program, ffprobePath: program })).ffmpegPath, program);
});
