import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DecodeRequest, decode } from '../../../src/gpu-worker/ffmpeg/decoder.ts';
import type { ProbedMedia } from '../../../src/gpu-worker/ffmpeg/media-facts.ts';
import { idle, makeFolder, processesIn, write, writeProgram } from './media.ts';

const FACTS: ProbedMedia = {
  ...{ container: 'wav', durationMs: 1000, durationIsGuess: false, sizeBytes: 32_044, bitsPerSecond: null },
  ...{ createdAt: null, title: null, artist: null, album: null, comment: null, chapters: [], video: null },
  private: { location: null, device: null },
  audioTracks: [0, 1].map(track => ({
    ...{ track, codec: 'pcm_s16le', channels: 1, sampleRateHz: 16_000, bitsPerSample: 16 },
    ...{ language: null, title: null, isDefault: false, startMs: 0, durationMs: 1000 },
  })),
  ...{ chosenTrack: 1, isMultiTrack: true, endsInsideBlock: false },
};

/** Decodes with a script in ffmpeg's place; only its run as a decoder is scripted, its run as a loudness meter fails. */
async function prepare(t: TestContext, script: string, change: Partial<DecodeRequest> = {}) {
  const folder = await makeFolder(t);
  const sourcePath = await write(folder, 'x.wav', 'not looked at');
  const program = `case "$*" in *ebur128*) exit 1;; esac\nF='${folder}'\n${script}`;
  const ffmpegPath = await writeProgram(folder, 'ffmpeg', program);
  const request = { ...idle(), sourcePath, wavPath: path.join(folder, 'out.wav'), facts: FACTS, ...change };
  const start = () => decode(request, { ffmpegPath, ffprobePath: '', version: '5.1' });
  return { folder, start };
}

/** Writes a second of 16 kHz silence to the target, which is ffmpeg's last argument. */
const WRITE_SECOND = `for target; do :; done
{ printf 'RIFF\\44\\175\\0\\0WAVEfmt \\20\\0\\0\\0\\1\\0\\1\\0\\200\\76\\0\\0\\0\\175\\0\\0\\2\\0\\20\\0data\\0\\175\\0\\0'
head -c 32000 /dev/zero; } > "\${target#file:}"`;

test('ffmpeg gets exactly the agreed arguments', async t => {
  const { folder, start } = await prepare(t, `for a; do printf '%s\\n' "$a"; done > "$F/args"\n${WRITE_SECOND}`);
  const result = await start();
  assert.equal(result.durationMs, 1000);
  const args = (await fs.readFile(path.join(folder, 'args'), 'utf8')).trimEnd().split('\n');
  const named = args.map(arg => arg.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'UUID'));
  const formats = 'mov,matroska,webm,mp3,wav,w64,flac,ogg,aac,aiff,amr,asf,avi,mpegts,mpeg,flv,caf,au,ac3,wv';
  assert.deepEqual(named, [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:2', '-threads', '2'],
    ...['-protocol_whitelist', 'file,pipe,fd', '-format_whitelist', formats, '-i', 'file:UUID.bin'],
    ...['-map', '0:a:1', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-af', 'aresample=async=1:first_pts=0'],
    ...['-ac', '1', '-ar', '16000', '-c:a', 'pcm_s16le', '-bitexact', '-f', 'wav', 'file:UUID.wav'],
  ]);
});

test('ffmpeg sees a path and nothing else of the environment, and its memory, time and files are bounded', async t => {
  const limits = 'echo "$(ulimit -v) $(ulimit -t) $(ulimit -n) $(ulimit -f)" > "$F/limits"';
  const { folder, start } = await prepare(t, `/usr/bin/env > "$F/env"; ${limits}\n${WRITE_SECOND}`);
  process.env.HANSARD_TEST_SECRET = 'xoxb-secret';
  t.after(() => delete process.env.HANSARD_TEST_SECRET);
  await start();
  const variables = (await fs.readFile(path.join(folder, 'env'), 'utf8')).trim().split('\n');
  const names = variables
    .map(line => line.split('=')[0])
    .filter(name => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''));
  assert.deepEqual(names, ['PATH']);
  const [memoryKb, cpuSeconds, openFiles, fileBlocks] = (await fs.readFile(path.join(folder, 'limits'), 'utf8')).split(
    ' ',
  );
  if (process.platform !== 'linux') return;
  assert.deepEqual([memoryKb, cpuSeconds, openFiles], ['4194304', '240', '64']);
  assert.equal(Number(fileBlocks) * 512, 12 * 3600 * 32_000 + 1024 ** 2); // twelve hours of samples
});

test('a loudness that cannot be measured does not cost the recording', async t => {
  const { start } = await prepare(t, WRITE_SECOND);
  assert.equal((await start()).loudness, null);
});

const failures: [name: string, script: string, code: string, detail: RegExp][] = [
  ['a full disk', 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1', 'disk_full', /No space/],
  [
    'a full disk that ffmpeg forgives',
    `${WRITE_SECOND}; echo "x: No space left on device" >&2`,
    'disk_full',
    /No space/,
  ],
  ['a full quota', 'echo "x: Disk quota exceeded" >&2; exit 1', 'disk_full', /quota/],
  ['too large a result', 'kill -XFSZ $$', 'too_long', /SIGXFSZ/],
  ['no memory', 'echo "malloc: Cannot allocate memory" >&2; exit 1', 'out_of_memory', /allocate/],
  ['a track that is not there', `echo "Stream map '0:a:1' matches no streams." >&2; exit 1`, 'no_audio', /no streams/],
  ['a format off the list', 'echo "[hls] Format not on whitelist" >&2; exit 1', 'not_media', /whitelist/],
  ['invalid data', 'echo "x: Invalid data found when processing input" >&2; exit 183', 'damaged_media', /Invalid data/],
  ['a crash', 'kill -SEGV $$', 'decode_failed', /SIGSEGV/],
  [
    'words never heard before',
    'echo "surprise" >&2; echo "speed=1x" >&2; exit 5',
    'decode_failed',
    /surprise \| ffmpeg exited with code 5$/,
  ],
  ['a program that vanished', 'exit 127', 'ffmpeg_missing', /127/],
  ['a result that is no WAV file', `for t; do :; done; echo hello there > "\${t#file:}"`, 'decode_failed', /not a WAV/],
];
for (const [name, script, code, detail] of failures) {
  test(`${name} is ${code} and leaves nothing behind`, async t => {
    const { folder, start } = await prepare(t, script);
    await assert.rejects(start(), { code, detail });
    assert.deepEqual((await fs.readdir(folder)).sort(), ['ffmpeg', 'x.wav']);
  });
}

test('decoding errors are counted with their repetitions, progress is not', async t => {
  const errors = 'echo "[mp3] Header missing" >&2; echo "    Last message repeated 4 times" >&2';
  const progress = 'printf "bitrate= 256.0kbits/s\\nout_time_us=N/A\\nspeed=1x\\nprogress=continue\\n" >&2';
  const { start } = await prepare(t, `${errors}; ${progress}\n${WRITE_SECOND}`);
  const result = await start();
  assert.equal(result.decodeErrors, 5);
  assert.equal(result.warnings[0], 'Parts of the sound may be missing (decoding errors: 5).');
});

test('a flood of errors is survived', async t => {
  const { start } = await prepare(t, `yes "[mp3] Header missing" | head -n 200000 >&2\n${WRITE_SECOND}`);
  assert.equal((await start()).decodeErrors, 200_000);
});

test('a recording that goes on after twelve hours is stopped as too_long', async t => {
  const { folder, start } = await prepare(t, 'echo out_time_us=43200000001 >&2; exec sleep 1000');
  await assert.rejects(start(), { code: 'too_long' });
  assert.deepEqual(await processesIn(folder), []);
});

test('a disk with too little room is refused before ffmpeg starts', async t => {
  const { folder, start } = await prepare(t, 'touch "$F/started"');
  const room = { bavail: 1000, bsize: 4096 };
  t.mock.method(fs, 'statfs', async () => room);
  await assert.rejects(start(), { code: 'disk_full', detail: /4096000 bytes free, 67140864 are needed/ });
  assert.deepEqual((await fs.readdir(folder)).sort(), ['ffmpeg', 'x.wav']);
});

test('a result folder that is not there is data_unwritable', async t => {
  const { start } = await prepare(t, WRITE_SECOND, { wavPath: '/no/such/folder/out.wav' });
  await assert.rejects(start(), { code: 'data_unwritable' });
});

test('an ffmpeg that hangs is stopped when its time is up', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { folder, start } = await prepare(t, 'touch "$F/started"; exec sleep 1000');
  const decoding = start();
  decoding.catch(() => {}); // judged below
  await appeared(path.join(folder, 'started'));
  t.mock.timers.tick(119_000);
  await sleep(300);
  assert.equal((await processesIn(folder)).length, 1);
  t.mock.timers.tick(1_000);
  await assert.rejects(decoding, { code: 'decode_failed', detail: /stopped, timeout/ });
  assert.deepEqual(await processesIn(folder), []);
});

test('an ffmpeg that ignores the request to end is killed five seconds later', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { folder, start } = await prepare(t, `trap '' TERM; touch "$F/started"; exec sleep 1000`);
  const decoding = start();
  decoding.catch(() => {}); // judged below
  await appeared(path.join(folder, 'started'));
  t.mock.timers.tick(120_000);
  await sleep(300);
  t.mock.timers.tick(4_900);
  assert.equal((await processesIn(folder)).length, 1);
  t.mock.timers.tick(100);
  await assert.rejects(decoding, { code: 'decode_failed' });
  assert.deepEqual((await fs.readdir(folder)).sort(), ['ffmpeg', 'started', 'x.wav']);
});

test('an ffmpeg that ignores a cancel is gone within two seconds', async t => {
  const controller = new AbortController();
  const script = `trap '' TERM; touch "$F/started"; exec sleep 1000`;
  const { folder, start } = await prepare(t, script, { signal: controller.signal });
  const decoding = start();
  decoding.catch(() => {}); // judged below
  await appeared(path.join(folder, 'started'));
  const startMs = performance.now();
  controller.abort();
  await assert.rejects(decoding, { code: 'cancelled' });
  assert.ok(performance.now() - startMs < 2000);
  assert.deepEqual(await processesIn(folder), []);
});

test('ffmpeg dies with the process that started it', async t => {
  if (process.platform !== 'linux') return t.skip('only Linux can tie a child to its parent');
  const { folder } = await prepare(t, 'touch "$F/started"; exec sleep 1000');
  const decoder = new URL('../../../src/gpu-worker/ffmpeg/decoder.ts', import.meta.url).href;
  const request = { sourcePath: `${folder}/x.wav`, wavPath: `${folder}/out.wav`, facts: FACTS };
  const code = `const { decode } = await import('${decoder}');
    const request = ${JSON.stringify(request)};
    await decode({ ...request, signal: new AbortController().signal, onProgress: () => {} }, { ffmpegPath: '${folder}/ffmpeg' });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  await appeared(path.join(folder, 'started'));
  assert.equal((await processesIn(folder)).length, 1);
  parent.kill('SIGKILL');
  for (let waits = 0; waits < 100 && (await processesIn(folder)).length > 0; waits++) await sleep(20);
  assert.deepEqual(await processesIn(folder), []);
});

async function appeared(file: string): Promise<void> {
  for (;;) {
    const found = await fs.stat(file).catch(() => null);
    if (found) return;
    await sleep(20);
  }
}
