import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { munkres } from 'munkres';
import { openWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { diarize } from '../../../src/gpu-worker/diarization/diarize.ts';
import type { VoiceContext } from '../../../src/gpu-worker/diarization/voice-models.ts';
import { type Campplus, loadCampplus } from '../../../src/gpu-worker/onnx/campplus.ts';
import { loadSegmentation, type Segmentation } from '../../../src/gpu-worker/onnx/segmentation.ts';
import type { Diarization } from '../../../src/pipeline/meeting.ts';
import { decodeToWav, graphsDir, missing, modelsDir, testdataDir } from '../../builders/decoded-audio.ts';

const skip = missing(
  ['segmentation-3.0', 'campplus'],
  ['standup.flac', 'standup.rttm', 'music-intro.m4a', 'silence.opus'].map(name => `meetings/${name}`),
);
const context: VoiceContext = { signal: new AbortController().signal, onProgress: () => {} };

let segmentation: Segmentation;
let campplus: Campplus;

before(async () => {
  if (skip) return;
  segmentation = await loadSegmentation(path.join(modelsDir, 'segmentation-3.0'), graphsDir, 'cpu');
  campplus = await loadCampplus(path.join(modelsDir, 'campplus'), graphsDir, 'cpu');
});

after(async () => {
  await segmentation?.release();
  await campplus?.release();
});

async function diarizeFile(name: string, minSpeakers = 1, maxSpeakers = 30): Promise<Diarization> {
  const wav = openWavFile(await decodeToWav(path.join(testdataDir, 'meetings', name)));
  const models = {
    activities: ({ firstWindow, windowCount }: { firstWindow: number; windowCount: number }, inner: VoiceContext) =>
      segmentation.activities(wav, firstWindow, windowCount, inner.signal, inner.onProgress),
    embed: (spans: { from: number; to: number }[], inner: VoiceContext) =>
      campplus.embed(wav, spans, inner.signal, inner.onProgress),
  };
  try {
    return await diarize(models, wav, { minSpeakers, maxSpeakers }, context);
  } finally {
    wav.close();
  }
}

/** Per speaker, whether he speaks in each hundredth of a second. */
function toLanes(turns: readonly { speaker: string; fromMs: number; toMs: number }[], length: number): Uint8Array[] {
  const lanes = new Map<string, Uint8Array>();
  for (const { speaker, fromMs, toMs } of turns) {
    const lane = lanes.get(speaker) ?? new Uint8Array(length);
    lanes.set(speaker, lane.fill(1, Math.round(fromMs / 10), Math.round(toMs / 10)));
  }
  return [...lanes.values()];
}

/** Diarization error rate with overlap scored and no collar; speakers are matched to share the most time. */
async function errorRate(rttmName: string, { spans }: Diarization): Promise<number> {
  const rttm = await fs.readFile(path.join(testdataDir, 'meetings', rttmName), 'utf8');
  const truth = rttm
    .trim()
    .split('\n')
    .map(line => line.split(' '))
    .map(fields => {
      const fromMs = 1000 * Number(fields[3]);
      return { speaker: fields[7]!, fromMs, toMs: fromMs + 1000 * Number(fields[4]) };
    });
  const found = spans.map(({ speaker, startMs, endMs }) => ({ speaker: `${speaker}`, fromMs: startMs, toMs: endMs }));
  const length = Math.ceil(Math.max(...[...truth, ...found].map(turn => turn.toMs)) / 10) + 1;
  const [real, heard] = [toLanes(truth, length), toLanes(found, length)];
  const shared = real.map(lane => heard.map(other => lane.reduce((sum, on, i) => sum + on * other[i]!, 0)));
  const correct = munkres(shared.map(row => row.map(ticks => -ticks))).reduce((sum, [r, h]) => sum + shared[r]![h]!, 0);
  let spoken = 0;
  let claimed = 0;
  for (let i = 0; i < length; i++) {
    const speakers = real.reduce((sum, lane) => sum + lane[i]!, 0);
    spoken += speakers;
    claimed += Math.max(
      speakers,
      heard.reduce((sum, lane) => sum + lane[i]!, 0),
    );
  }
  return (claimed - correct) / spoken;
}

test('a meeting of three: the right speakers, less than 6 % of the time wrong', { skip }, async () => {
  const diarization = await diarizeFile('standup.flac');
  assert.equal(diarization.speakerCount, 3);
  const error = await errorRate('standup.rttm', diarization);
  assert.ok(error > 0 && error < 0.06, `${(100 * error).toFixed(1)} %`);
});

test('music is nobody, two people after it are two', { skip }, async () => {
  const { spans, speakerCount } = await diarizeFile('music-intro.m4a');
  assert.equal(speakerCount, 2);
  assert.ok(spans.every(({ startMs }) => startMs > 9000));
});

test('an empty room has no speakers, whatever is asked for', { skip }, async () => {
  assert.deepEqual(await diarizeFile('silence.opus', 2, 2), { spans: [], speakerCount: 0, warnings: [] });
});

test('the wished number of speakers is kept on a real recording', { skip }, async () => {
  for (const count of [2, 4]) assert.equal((await diarizeFile('standup.flac', count, count)).speakerCount, count);
});
