import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { probe } from '../../../src/gpu-worker/ffmpeg/probe.ts';
import { cut, findTools, make, makeFolder, picture, silence, tone, write, writeProgram } from './media.ts';

const { tools, skip } = await findTools();
const run = promisify(execFile);

const PAGE = '<html><head><title>Sign in</title></head></html>';
const pages: [name: string, content: string | Buffer][] = [
  ['a page', `<!DOCTYPE html>${PAGE}`],
  ['a page after space and a comment', `\n\n  <!-- cached -->\n${PAGE}`],
  ['a page with a byte-order mark', `\ufeff${PAGE}`],
  ['a page in UTF-16', Buffer.from(`\ufeff<!doctype html>${PAGE}`, 'utf16le')],
  ['a page in Latin-1', Buffer.from('<HTML><body>Identifi\u00e9</body></HTML>', 'latin1')],
  ['a page after an XML line', `<?xml version="1.0"?>\n${PAGE}`],
];
for (const [name, content] of pages) {
  test(`${name} named .mp4 is a web_page`, { skip }, async t => {
    const file = await write(await makeFolder(t), 'meeting.mp4', content);
    await assert.rejects(probe(file, tools), { code: 'web_page', detail: `${file} begins as a web page` });
  });
}

const texts: [name: string, content: string, detail: RegExp][] = [
  ['an HLS playlist', '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n', /is a playlist/],
  ['a concat list', "ffconcat version 1.0\nfile '/etc/passwd'\n", /is a playlist/],
  ['a bare concat list', "# made by hand\nfile '/etc/passwd'\n", /is a playlist/],
  ['a DASH manifest', '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>', /is a playlist/],
  ['plain text', 'this is not audio\n', /is text, not sound/],
  ['an error answer in JSON', '{"ok":false,"error":"not_authed"}', /is text, not sound/],
  [
    'an HLS playlist that hides as data',
    '#EXTM3U\n#\u0001\n#EXTINF:10,\nfile:///etc/passwd\n',
    /Invalid data|whitelist/,
  ],
];
for (const [name, content, detail] of texts) {
  test(`${name} named .mp4 is not_media`, { skip }, async t => {
    const file = await write(await makeFolder(t), 'meeting.mp4', content);
    await assert.rejects(probe(file, tools), { code: 'not_media', detail });
  });
}

test('a missing file, a folder, a pipe and an empty file are told apart', { skip }, async t => {
  const folder = await makeFolder(t);
  const pipe = path.join(folder, 'pipe.wav');
  await run('mkfifo', [pipe]);
  await assert.rejects(probe(path.join(folder, 'none.wav'), tools), { code: 'file_missing' });
  await assert.rejects(probe(path.join(folder, `${'n'.repeat(300)}.wav`), tools), { code: 'file_missing' });
  await assert.rejects(probe('with\0zero.wav', tools), { code: 'file_missing' });
  await assert.rejects(probe(folder, tools), { code: 'not_a_file', detail: `${folder} is a folder` });
  await assert.rejects(probe(pipe, tools), { code: 'not_a_file' });
  await assert.rejects(probe(await write(folder, 'empty.wav', ''), tools), { code: 'empty_file' });
});

test('a file without read permission is file_unreadable', async t => {
  const open = t.mock.method(fs, 'open', async () => {
    throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
  });
  await assert.rejects(probe('secret.wav', tools), { code: 'file_unreadable', detail: 'secret.wav: EACCES' });
  assert.equal(open.mock.callCount(), 1);
});

test('a picture, random bytes and a zip are not_media', { skip }, async t => {
  const folder = await makeFolder(t);
  const png = await make(folder, 'picture.png', ...picture(1), '-frames:v', '1');
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31 + 7) % 251));
  const zip = Buffer.concat([Buffer.from('PK\x03\x04\x14\0\0\0\x08\0', 'latin1'), bytes]);
  for (const file of [png, await write(folder, 'bytes.mp4', bytes), await write(folder, 'zip.mp3', zip)]) {
    await assert.rejects(probe(file, tools), { code: 'not_media' }, file);
  }
});

test('a video without sound is no_audio', { skip }, async t => {
  const file = await make(await makeFolder(t), 'mute.mp4', ...picture(1), '-c:v', 'mpeg4');
  await assert.rejects(probe(file, tools), {
    code: 'no_audio',
    detail: `${file} has a mpeg4 video track and no audio`,
  });
});

test('a header without sound and an mp4 without its index are damaged_media', { skip }, async t => {
  const folder = await makeFolder(t);
  const wav = await make(folder, 'full.wav', ...tone(1));
  const header = await write(folder, 'header.wav', (await fs.readFile(wav)).subarray(0, 44));
  const mp4 = await cut(await make(folder, 'full.mp4', ...tone(5), '-c:a', 'aac'), 0.5);
  await assert.rejects(probe(header, tools), { code: 'damaged_media' });
  await assert.rejects(probe(mp4, tools), { code: 'damaged_media', detail: /moov atom not found/ });
});

test('the facts of a video are put into our words', { skip }, async t => {
  const folder = await makeFolder(t);
  const chapters = ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Welcome\n';
  const marks = await write(folder, 'chapters.txt', chapters);
  const tags = [
    'title=Budget\n2026',
    'artist=Ada',
    'comment=weekly',
    'location=+52.5000+013.4000/',
    'make=Acme',
    'model=Cam 1',
  ];
  const file = await make(
    folder,
    'meeting.mov',
    ...[...picture(3), ...tone(3), '-i', marks, '-map', '0', '-map', '1', '-map_metadata', '2'],
    ...['-map_chapters', '2', '-c:v', 'mpeg4', '-c:a', 'aac', '-ac', '2', '-movflags', 'use_metadata_tags'],
    ...[...tags, 'creation_time=2026-03-04T05:06:07Z'].flatMap(tag => ['-metadata', tag]),
  );
  const facts = await probe(file, tools);
  const { audioTracks, sizeBytes, bitsPerSecond, ...rest } = facts;
  assert.equal(sizeBytes, (await fs.stat(file)).size);
  assert.ok(bitsPerSecond);
  assert.deepEqual(rest, {
    container: 'mov',
    durationMs: 3000,
    durationIsGuess: false,
    createdAt: '2026-03-04T05:06:07.000Z',
    title: 'Budget 2026',
    artist: 'Ada',
    album: null,
    comment: 'weekly',
    private: { location: '+52.5000+013.4000/', device: 'Acme Cam 1' },
    chapters: [{ title: 'Welcome', startMs: 0, endMs: 1500 }],
    video: { codec: 'mpeg4', width: 64, height: 48, framesPerSecond: 5, aspect: '4:3' },
    chosenTrack: 0,
    isMultiTrack: false,
    endsInsideBlock: false,
  });
  assert.deepEqual(audioTracks, [
    {
      ...{ track: 0, codec: 'aac', channels: 2, sampleRateHz: 16000, bitsPerSample: null },
      ...{ language: null, title: null, isDefault: true, startMs: 0, durationMs: 3000 },
    },
  ]);
});

test('a Matroska track tells its language, title and length', { skip }, async t => {
  const tags = ['language=ger', 'title=Microphone'].flatMap(tag => ['-metadata:s:a:0', tag]);
  const facts = await probe(await make(await makeFolder(t), 'x.mkv', ...tone(2), '-c:a', 'flac', ...tags), tools);
  const { language, title, durationMs, bitsPerSample } = facts.audioTracks[0] ?? {};
  assert.deepEqual([language, title, durationMs, bitsPerSample], ['ger', 'Microphone', 2000, 16]);
});

test('a cover picture is no video', { skip }, async t => {
  const folder = await makeFolder(t);
  const cover = await make(folder, 'cover.png', ...picture(1), '-frames:v', '1');
  const song = ['-i', cover, '-map', '0', '-map', '1', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
  const facts = await probe(await make(folder, 'song.mp3', ...tone(1), ...song), tools);
  assert.equal(facts.video, null);
  assert.equal(facts.audioTracks.length, 1);
});

const containers: [name: string, args: string[]][] = [
  ['mp4', ['-c:a', 'aac']],
  ['m4a', ['-c:a', 'aac']],
  ['mkv', ['-c:a', 'flac']],
  ['webm', ['-c:a', 'libopus']],
  ['ogg', ['-c:a', 'libvorbis']],
  ['mp3', ['-c:a', 'libmp3lame']],
  ['flac', []],
  ['wav', ['-c:a', 'pcm_mulaw', '-ar', '8000']],
  ['flv', ['-c:a', 'aac']],
];
for (const [container, args] of containers) {
  test(`${container} is recognised by its content, whatever its name`, { skip }, async t => {
    const folder = await makeFolder(t);
    const file = path.join(folder, 'recording.bin');
    await fs.rename(await make(folder, `x.${container}`, ...tone(1), ...args), file);
    const facts = await probe(file, tools);
    assert.equal(facts.container, container);
    assert.ok(Math.abs((facts.durationMs ?? 0) - 1000) < 150, String(facts.durationMs));
  });
}

test('the default track is chosen, then the one with most channels, then the longest', { skip }, async t => {
  const folder = await makeFolder(t);
  const three = [...silence(2), ...tone(2), ...tone(3), '-map', '0', '-map', '1', '-map', '2', '-c:a', 'flac'];
  const stereo = ['-ac:a:1', '2'];
  const none = ['-disposition:a', '0'];
  const preferred = ['-disposition:a', '0', '-disposition:a:0', 'default'];
  const choice = async (...args: string[]) => {
    const facts = await probe(await make(folder, 'three.mkv', ...three, ...args), tools);
    assert.equal(facts.isMultiTrack, true);
    return facts.chosenTrack;
  };
  // matroska marks a lone default by itself unless told not to
  assert.equal(await choice(...stereo, ...preferred, '-default_mode', 'passthrough'), 0);
  assert.equal(await choice(...stereo, ...none, '-default_mode', 'passthrough'), 1);
  assert.equal(await choice(...none, '-default_mode', 'passthrough'), 2);
});

test('a length that ffmpeg guesses is marked, one that is missing is null', { skip }, async t => {
  const folder = await makeFolder(t);
  const guessed = await probe(await make(folder, 'x.aac', ...tone(2), '-c:a', 'aac'), tools);
  assert.equal(guessed.durationIsGuess, true);
  const live = ['-c:a', 'libopus', '-f', 'webm', '-live', '1'];
  const streamed = await probe(await make(folder, 'x.webm', ...tone(2), ...live), tools);
  assert.equal(streamed.durationMs, null);
});

test('a cut WAV keeps the length of its header, a cut Ogg is known to end inside a page', { skip }, async t => {
  const folder = await makeFolder(t);
  const wav = await probe(await cut(await make(folder, 'x.wav', ...tone(4)), 0.5), tools);
  assert.deepEqual([wav.durationMs, wav.durationIsGuess, wav.endsInsideBlock], [4000, false, false]);
  const ogg = await make(folder, 'x.ogg', ...tone(4), '-c:a', 'libopus');
  assert.equal((await probe(ogg, tools)).endsInsideBlock, false);
  assert.equal((await probe(await cut(ogg, 0.5), tools)).endsInsideBlock, true);
});

const bad: [name: string, script: string, code: string, detail: RegExp][] = [
  ['whose answer never ends', 'exec yes', 'damaged_media', /too_much_output/],
  ['whose answer is no JSON', 'echo hello', 'damaged_media', /makes no sense/],
  ['that reports no track', `echo '{"format":{"format_name":"wav"}}'`, 'damaged_media', /without any track/],
  ['that crashes', 'kill -SEGV $$', 'damaged_media', /ended with a signal/],
];
for (const [name, script, code, detail] of bad) {
  test(`an ffprobe ${name} is ${code}`, { skip }, async t => {
    const folder = await makeFolder(t);
    const ffprobePath = await writeProgram(folder, 'ffprobe', script);
    const file = await make(folder, 'x.wav', ...tone(1));
    await assert.rejects(probe(file, { ...tools, ffprobePath }), { code, detail });
  });
}

test('an ffprobe that vanished is ffmpeg_missing', { skip }, async t => {
  const folder = await makeFolder(t);
  const ffprobePath = path.join(folder, 'gone');
  const file = await make(folder, 'x.wav', ...tone(1));
  await assert.rejects(probe(file, { ...tools, ffprobePath }), { code: 'ffmpeg_missing' });
});

/** Starts a probe whose ffprobe hangs, and waits until it does. */
async function startHanging(t: TestContext, signal?: AbortSignal): Promise<{ probing: Promise<unknown> }> {
  const folder = await makeFolder(t);
  const started = path.join(folder, 'started');
  const ffprobePath = await writeProgram(folder, 'ffprobe', `: > '${started}'\nexec sleep 1000`);
  const probing = probe(await make(folder, 'x.wav', ...tone(1)), { ...tools, ffprobePath }, signal);
  probing.catch(() => {}); // judged by the caller, later
  while (!existsSync(started)) await sleep(20);
  return { probing };
}

test('an ffprobe that hangs is killed after 20 seconds', { skip }, async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { probing } = await startHanging(t);
  t.mock.timers.tick(20_000);
  await assert.rejects(probing, { code: 'damaged_media', detail: /timeout/ });
});

test('a cancelled probe ends at once', { skip }, async t => {
  const controller = new AbortController();
  const { probing } = await startHanging(t, controller.signal);
  controller.abort();
  await assert.rejects(probing, { code: 'cancelled' });
});
