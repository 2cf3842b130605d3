import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { withWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { decodeRecording } from '../../../src/gpu-worker/tracks/decode-recording.ts';
import { levelOf } from '../../../src/gpu-worker/tracks/levels.ts';
import { cutTracks, ffmpeg } from '../../builders/speaker-tracks.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { findTools, idle, probeAndDecode } from '../ffmpeg/media.ts';

const { tools, skip } = await findTools();
const sample = path.resolve(import.meta.dirname, '../../../samples/standup.webm');
/** The first two who speak in the sample, and when; seconds. */
const turns = [
  { speaker: 'Maya', start: 0.8, end: 6.9 },
  { speaker: 'Kenji', start: 7.5, end: 15.8 },
  { speaker: 'Kenji', start: 17.5, end: 23.8 },
  { speaker: 'Maya', start: 24.4, end: 26.9 },
];

/** Their tracks, cut once for all tests. */
let sides: string[] | undefined;
const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
after(() => fs.rmSync(shared, { recursive: true }));

function cutSides(): string[] {
  const short = path.join(shared, 'short.flac');
  ffmpeg('-i', sample, '-t', '27', '-ar', '16000', short);
  return cutTracks(short, turns, shared).map(({ file }) => file);
}

/** A recording whose channels ffmpeg's graph makes of `[0:a]`, who speaks first, and `[1:a]`. */
async function record(t: TestContext, graph: string, name = 'call.wav', ...args: string[]): Promise<string> {
  sides ??= cutSides();
  const file = path.join(await makeTemporaryFolder(t), name);
  ffmpeg(...sides.flatMap(side => ['-i', side]), '-filter_complex', `${graph}[out]`, '-map', '[out]', ...args, file);
  return file;
}

async function decode(t: TestContext, sourcePath: string) {
  const workDir = await makeTemporaryFolder(t);
  const { decoded, audio } = await decodeRecording({ sourcePath, workDir, ...idle() }, tools);
  const left = fs.readdirSync(workDir).sort();
  assert.deepEqual(left, audio.packed ? ['audio.wav', 'tracks.wav'] : ['audio.wav'], 'nothing else is left');
  return { decoded, audio, names: decoded.tracks?.speakers.map(({ name }) => name) };
}

/** How loud a channel is while somebody has their first turn; -100 where nothing of it is kept. */
async function levelDuring({ audio }: Awaited<ReturnType<typeof decode>>, track: number, speaker: string) {
  const { packed } = audio;
  const turn = turns.find(one => one.speaker === speaker);
  assert.ok(packed && turn);
  const [from, to] = [(turn.start + 0.5) * 16_000, (turn.end - 0.5) * 16_000];
  const own = packed.tracks.stretches.filter(stretch => stretch.track === track);
  return await withWavFile(packed.wavPath, async wav => {
    const levels = own.flatMap(({ meetingFrom, packedFrom, sampleCount }) => {
      const [first, last] = [Math.max(from, meetingFrom), Math.min(to, meetingFrom + sampleCount)];
      return first < last ? [levelOf(wav.read(first - meetingFrom + packedFrom, last - meetingFrom + packedFrom))] : [];
    });
    return Math.max(-100, ...levels);
  });
}

describe('channels that are one speaker’s each', { skip, concurrency: true }, () => {
  test('are their speakers', async t => {
    const { decoded, audio, names } = await decode(t, await record(t, '[0:a][1:a]join=2:channel_layout=stereo'));
    assert.deepEqual(names, ['Left channel', 'Right channel']);
    assert.deepEqual([decoded.warnings, decoded.truncated], [[], null]);
    assert.ok(Math.abs(audio.durationMs - 27_000) < 100, String(audio.durationMs));
    assert.ok((decoded.loudness?.integratedLufs ?? -70) > -40);
  });

  test('keep to themselves what leaks into the other, 20 dB softer and late', async t => {
    const leak =
      'asplit[a][a2];[1:a]asplit[b][b2];[a2]volume=0.1,adelay=40:all=1[ea];[b2]volume=0.1,adelay=40:all=1[eb]';
    const graph = `[0:a]${leak};[a][eb]amix=2:normalize=0[l];[b][ea]amix=2:normalize=0[r];[l][r]join=2:channel_layout=stereo`;
    const made = await decode(t, await record(t, graph, 'call.wav', '-ar', '8000', '-c:a', 'pcm_mulaw'));
    assert.equal(made.names?.length, 2);
    for (const [track, own, other] of [
      [0, 'Maya', 'Kenji'],
      [1, 'Kenji', 'Maya'],
    ] as const) {
      assert.ok((await levelDuring(made, track, own)) > -35, `${own} is heard`);
      assert.ok((await levelDuring(made, track, other)) < -60, `${other} is not heard on the channel of ${own}`);
    }
  });

  test('are numbered when there are more than two, and silent ones are nobody', async t => {
    const graph = '[0:a]asplit[a][m];[m]volume=0[s];[a][s][1:a]join=3:channel_layout=3.0:map=0.0-FL|1.0-FR|2.0-FC';
    assert.deepEqual((await decode(t, await record(t, graph))).names, ['Channel 1', 'Channel 3']);
  });

  test('of a recording that was cut off are told with the warning', async t => {
    const call = await record(t, '[0:a][1:a]join=2:channel_layout=stereo');
    fs.truncateSync(call, Math.floor(fs.statSync(call).size * 0.8));
    const { decoded, names } = await decode(t, call);
    assert.equal(names?.length, 2);
    assert.match(decoded.truncated ?? '', /truncated/);
    assert.deepEqual(decoded.warnings, [`The ${decoded.truncated}.`]);
  });

  test('are not compared any more when the work is cancelled', async t => {
    const workDir = await makeTemporaryFolder(t);
    const sourcePath = await record(t, '[0:a][1:a]join=2:channel_layout=stereo');
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    await assert.rejects(decodeRecording({ sourcePath, workDir, signal: stop.signal, onProgress }, tools), {
      code: 'cancelled',
    });
    assert.deepEqual(fs.readdirSync(workDir), []);
  });
});

const twice = '[0:a][1:a]amix=2:normalize=0,asplit[m][n]';
const film =
  "[0:a][1:a]amix=2:normalize=0[c];aevalsrc='0.1*sin(2*PI*330*t)*(0.6+0.4*sin(4*PI*t))':s=16000:d=27,asplit=4[w][x][y][z];" +
  '[x]adelay=11:all=1[x2];[y]volume=0.5[y2];[z]volume=0.5,adelay=17:all=1[z2];sine=f=50:r=16000:d=27,volume=0.1[lfe];' +
  '[w][x2][c][lfe][y2][z2]join=6:channel_layout=5.1:map=0.0-FL|1.0-FR|2.0-FC|3.0-LFE|4.0-BL|5.0-BR';

describe('channels that all hold the same', { skip, concurrency: true }, () => {
  for (const [what, graph] of [
    ['a copy', `${twice};[m][n]join=2:channel_layout=stereo`],
    ['nothing in one of them', `${twice};[n]volume=0[s];[m][s]join=2:channel_layout=stereo`],
    ['a film in 5.1', film],
  ] as const) {
    test(`${what}: an ordinary recording, decoded as always`, async t => {
      const file = await record(t, graph);
      const { decoded } = await decode(t, file);
      const always = await probeAndDecode(file, await makeTemporaryFolder(t), tools);
      assert.deepEqual([decoded.tracks, decoded.audioHash, decoded.warnings], [null, always.audioHash, []]);
    });
  }

  test('upside down, which would be silence together, are heard as one of them', async t => {
    const graph = `${twice};[n]volume=-1[s];[m][s]join=2:channel_layout=stereo`;
    const { decoded, audio } = await decode(t, await record(t, graph));
    assert.equal(decoded.tracks, null);
    assert.match(decoded.warnings.join(), /^One of the two channels is the other one upside down/);
    const level = await withWavFile(audio.wavPath, async wav => levelOf(wav.read(0, wav.sampleCount)));
    assert.ok(level > -35, String(level));
  });
});
