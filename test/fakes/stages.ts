/** Stages without ffmpeg and models: they note when they run, and a test says what happens meanwhile. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { termsOf } from '../../src/pipeline/glossary/glossary-text.ts';
import type { SpeakerSpan } from '../../src/pipeline/meeting.ts';
import type { DecodedAudio, StageContext, SummarizeOptions } from '../../src/pipeline/ports.ts';
import type { ChosenSummarizer, Stages } from '../../src/pipeline/process-recording.ts';
import { loadOwnTemplates } from '../../src/pipeline/render/own-templates.ts';
import type { Summary } from '../../src/pipeline/summary.ts';
import type { Tracks } from '../../src/pipeline/tracks.ts';
import type { HeardVoice } from '../../src/pipeline/voices/match-voices.ts';
import { decodedRecording } from '../builders/decoded-recording.ts';
import { say, span, summary, transcription } from '../builders/meeting.ts';

export type Step = 'decode' | 'transcribe' | 'diarize' | 'choose' | 'ollama' | 'extractive';

export interface FakeStages {
  stages: Stages;
  /** The steps that ran, in the order in which they began. */
  calls: Step[];
  /** What happens during a step, before it gives its result: it may wait, abort or throw. */
  during: Partial<Record<Step, (signal: AbortSignal) => unknown>>;
  decoded: ReturnType<typeof decodedRecording>;
  /** Who speaks when. */
  spans: SpeakerSpan[];
  /** What the voices sound like. */
  voices: HeardVoice[];
  /** What the summary says. */
  summarized: Partial<Summary>;
  /** What was wished of each summary. */
  wishes: SummarizeOptions[];
}

/** As little of a WAV file as there can be. */
const SOUND = `RIFF the sound of a meeting data0000${'-'.repeat(1_000)}`;

const PACKED = 'RIFF the same in tracks';

/** For `decoded`: a recording with one track per speaker, of whom the second one asks and the first one answers. */
export const askedOnTracks: Tracks = {
  sampleCount: 100,
  speakers: ['ada', 'sam'].map((name, index) => ({
    name,
    user: { platform: 'discord', id: `100${index}`, userName: name },
  })),
  stretches: [],
};

const ourTemplates = loadOwnTemplates('no folder').templates;

/** Two people say something for ten seconds; `summarizer: 'extractive'` keeps to the rules, all else takes the model. */
export function createFakeStages(): FakeStages {
  const calls: Step[] = [];
  const during: FakeStages['during'] = {};
  const step = async (name: Step, signal: AbortSignal) => {
    calls.push(name);
    await during[name]?.(signal);
  };
  const listen = async (name: Step, audio: DecodedAudio, { signal, onDevice, onProgress }: StageContext) => {
    onDevice('cpu');
    onProgress(0.5);
    await step(name, signal);
    assert.equal(fs.readFileSync(audio.wavPath, 'utf8'), SOUND, 'the sound is there to the end of the stage');
  };
  const summarizerOf = (method: 'extractive' | 'ollama'): ChosenSummarizer => ({
    method: method === 'ollama' ? 'some-model' : method,
    version: 1,
    summarizer: {
      async summarize(_transcript, options, { signal }) {
        fake.wishes.push(options);
        await step(method, signal);
        return summary({ ...fake.summarized, method, warnings: [`read by ${method}`] });
      },
    },
  });
  const fake: FakeStages = {
    calls,
    during,
    decoded: decodedRecording({ warnings: ['decoded with doubt'] }),
    summarized: {},
    wishes: [],
    spans: [span(0, 400, 4_000), span(1, 4_900, 8_000)],
    voices: [],
    stages: {
      decode: {
        version: 1,
        models: () => [],
        async run({ workDir }, _options, { signal }) {
          const wavPath = path.join(workDir, 'audio.wav');
          fs.writeFileSync(wavPath, SOUND);
          await step('decode', signal);
          const audio: DecodedAudio = { wavPath, sampleCount: 160_000, durationMs: 10_000 };
          const { tracks } = fake.decoded;
          if (!tracks) return { decoded: fake.decoded, audio };
          const packed = { wavPath: path.join(workDir, 'tracks.wav'), tracks };
          fs.writeFileSync(packed.wavPath, PACKED);
          return { decoded: fake.decoded, audio: { ...audio, packed } };
        },
      },
      transcribe: {
        version: 1,
        models: ({ model }) => [`hash of ${model}`],
        toldTerms: ({ model, glossary }) => (model === 'whisper-base' ? termsOf(glossary) : []),
        async run(audio, _options, context) {
          await listen('transcribe', audio, context);
          const [asked, answered] = [say(500, 'Who waters the plants?'), say(5_000, 'I do, every day.')];
          const heard = { ...transcription(asked, answered), warnings: ['heard with doubt'] };
          if (!audio.packed) return heard;
          assert.equal(fs.readFileSync(audio.packed.wavPath, 'utf8'), PACKED);
          const words = [
            ...asked.map(word => ({ ...word, voice: 1 })),
            ...answered.map(word => ({ ...word, voice: 0 })),
          ];
          return { ...heard, words, speech: words };
        },
      },
      diarize: {
        version: 1,
        models: () => ['hash of the voice models'],
        async run(audio, _options, context) {
          await listen('diarize', audio, context);
          return { spans: fake.spans, speakerCount: 2, warnings: ['told apart with doubt'] };
        },
      },
      voices: {
        model: 'hash of the voice model',
        async measure(audio, spans) {
          assert.equal(fs.readFileSync(audio.wavPath, 'utf8'), SOUND);
          return fake.voices.filter(({ voice }) => spans.some(({ speaker }) => speaker === voice));
        },
      },
      async chooseSummarizer({ summarizer }, signal) {
        await step('choose', signal);
        return summarizer === 'extractive' ? fake.stages.extractive : fake.stages.ollama;
      },
      ollama: summarizerOf('ollama'),
      extractive: summarizerOf('extractive'),
      templates: { ...ourTemplates },
    },
  };
  return fake;
}
