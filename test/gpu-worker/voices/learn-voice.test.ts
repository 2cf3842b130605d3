import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { withWavFile } from '../../../src/gpu-worker/audio/wav-file.ts';
import { startStages } from '../../../src/gpu-worker/run.ts';
import { learnVoice } from '../../../src/gpu-worker/voices/learn-voice.ts';
import { isNarrowBand } from '../../../src/gpu-worker/voices/narrow-band.ts';
import type { Span } from '../../../src/pipeline/meeting.ts';
import { VOICE_THRESHOLDS } from '../../../src/pipeline/voices/match-voices.ts';
import { cosine } from '../../../src/pipeline/voices/voice-vector.ts';
import { missing, modelsDir } from '../../builders/decoded-audio.ts';
import { decodedRecording } from '../../builders/decoded-recording.ts';
import { span } from '../../builders/meeting.ts';
import { recordingLogger } from '../../builders/recording-logger.ts';
import { ffmpeg } from '../../builders/speaker-tracks.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';
import { findTools } from '../ffmpeg/media.ts';

const standup = path.join(import.meta.dirname, '../../../samples/standup.webm');
const { skip: skipWithoutFfmpeg } = await findTools();
const skip = missing(['segmentation-3.0', 'campplus'], []) || skipWithoutFfmpeg;

const spans = (...seconds: [from: number, length: number][]): Span[] =>
  seconds.map(([from, length]) => ({ startMs: from * 1000, endMs: (from + length) * 1000 }));
/** Who speaks alone there, by its .rttm. */
const MAYA = spans([0.8, 6.1], [24.4, 2.4], [34.9, 3.2]);
const MAYA_LATER = spans([44.7, 5.5], [52.9, 3.1]);
const KENJI = spans([7.5, 8.3], [17.5, 6.3]);

test('in a meeting a voice is learned from its own stretches, and a meeting is no sample', { skip }, async t => {
  const config = loadConfig({ HANSARD_MODELS: modelsDir, HANSARD_DEVICE: 'cpu', HANSARD_PROCESSES: '1' });
  const stages = startStages({ config, logger: recordingLogger().logger, ensureModels: async () => {} });
  t.after(() => stages.close());
  const workDir = await makeTemporaryFolder(t);
  const { signal } = new AbortController();
  const learn = (own: Span[] | null) => learnVoice(standup, own, { stages, workDir, signal });
  const [maya, later, kenji] = [await learn(MAYA), await learn(MAYA_LATER), await learn(KENJI)];
  assert.ok(cosine(maya.vector, later.vector) >= VOICE_THRESHOLDS.automatic, `${cosine(maya.vector, later.vector)}`);
  assert.ok(cosine(maya.vector, kenji.vector) < VOICE_THRESHOLDS.suggested, `${cosine(maya.vector, kenji.vector)}`);
  assert.ok(maya.seconds >= 10 && maya.seconds <= 12, `${maya.seconds}`);
  await assert.rejects(learn(MAYA.slice(1)), { code: 'voice_too_short' });
  await assert.rejects(learn(null), { code: 'voice_mixed' });
  const measure: typeof stages.voices.measure = async (...given) =>
    (await stages.voices.measure(...given)).map(voice => ({ ...voice, isNarrow: true }));
  const overTelephone = { ...stages, voices: { ...stages.voices, measure } };
  await assert.rejects(learnVoice(standup, KENJI, { stages: overTelephone, workDir, signal }), {
    code: 'voice_narrow',
  });
});

test('a sample is learned as it is and as a telephone lets it through, and its sound is gone', {
  skip: skipWithoutFfmpeg,
}, async t => {
  const workDir = await makeTemporaryFolder(t);
  const spoken = [span(0, 7_500, 15_800), span(0, 17_500, 23_800)];
  const nothing = { version: 1, models: () => [] };
  const learned = await learnVoice(standup, null, {
    workDir,
    signal: new AbortController().signal,
    stages: {
      decode: {
        ...nothing,
        run: async ({ sourcePath, workDir: folder }) => {
          const wavPath = path.join(folder, 'audio.wav');
          // nothing but the one who speaks in the spans
          const silence = "volume=volume=0:enable='not(between(t,7.4,15.9)+between(t,17.4,23.9))':eval=frame";
          ffmpeg(
            '-i',
            sourcePath,
            '-t',
            '26',
            '-ac',
            '1',
            '-ar',
            '16000',
            '-af',
            `asetnsamples=160,${silence}`,
            wavPath,
          );
          return { decoded: decodedRecording(), audio: { wavPath, sampleCount: 416_000, durationMs: 26_000 } };
        },
      },
      diarize: { ...nothing, run: async () => ({ spans: spoken, speakerCount: 1, warnings: [] }) },
      voices: {
        model: 'of the test',
        measure: async ({ wavPath }) => {
          const isNarrow = await withWavFile(wavPath, async wav => isNarrowBand(wav.read(128_000, 240_000)));
          return [{ voice: 0, vector: Float32Array.of(isNarrow ? 1 : 0), seconds: 14, isNarrow }];
        },
      },
    },
  });
  assert.deepEqual([...learned.vector, ...learned.narrow], [0, 1]);
  assert.equal(learned.seconds, 14);
  assert.deepEqual(fs.readdirSync(workDir), []);
});
