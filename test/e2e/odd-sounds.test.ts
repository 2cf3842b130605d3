/** Sounds that are no speech, or hardly: nothing is made up from them, and where they pass for speech a sentence says so. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { buildWavHeader } from '../../src/gpu-worker/audio/wav-header.ts';
import { transcriptFileSchema } from '../../src/pipeline/files.ts';
import { SAMPLE_RATE_HZ } from '../../src/pipeline/meeting.ts';
import { missing } from '../builders/decoded-audio.ts';
import { createProgram, parseReports } from '../builders/program.ts';

const skip = missing(['silero-vad', 'moonshine-base', 'whisper-base', 'segmentation-3.0', 'campplus'], []);
const SECONDS = 6;
const MELODY_HZ = [110, 124, 139, 165, 147, 131];
const CHORDS_HZ = [
  [220, 277, 330],
  [196, 247, 294],
  [175, 220, 262],
];
/** Frequency and bandwidth of the formants of "a" and "i", in Hz (Peterson and Barney 1952, rounded). */
const VOWELS = [
  [
    [730, 80],
    [1090, 90],
    [2440, 120],
  ],
  [
    [270, 50],
    [2290, 100],
    [3010, 120],
  ],
] as const;
/** What is sung at one pitch. */
const NOTE_SECONDS = 0.4;

const sounds: Record<string, Float32Array> = {
  'a melody with chords': mix(play(), chords()),
  applause: applaud(),
  noise: make(createNoise()),
  'a dial tone': make(t => Math.sin(2 * Math.PI * 425 * t)),
  singing: sing(),
  'singing with chords': mix(
    sing(),
    chords().map(sample => sample / 10),
  ),
};
const SUNG = ['singing', 'singing with chords'];

const runs = [
  { model: 'whisper-base', names: Object.keys(sounds) },
  { model: 'auto', names: ['singing'] },
];

for (const { model, names } of runs) {
  describe(model, () => {
    const heard = new Map<string, { words: number; warnings: string[] }>();
    let cleanUp = async () => {};

    before(async () => {
      if (skip) return;
      const program = createProgram({
        after: callback => {
          cleanUp = callback;
        },
      });
      const files = names.map(name => writeWav(program.folder, name, sounds[name]!));
      const { stdout, stderr } = await program.run([
        ...['transcribe', ...files, '--model', model, '--summarizer', 'extractive'],
        ...['--out', program.outDir, '--json', '--quiet'],
      ]);
      for (const { file, folder, warnings } of parseReports(stdout)) {
        const json: unknown = JSON.parse(
          fs.readFileSync(path.join(z.string().parse(folder), 'transcript.json'), 'utf8'),
        );
        heard.set(path.basename(file, '.wav'), { words: transcriptFileSchema.parse(json).words.length, warnings });
      }
      assert.equal(heard.size, files.length, stderr);
    });
    after(() => cleanUp());

    for (const name of names) {
      const isSung = SUNG.includes(name);
      test(`writes nothing of ${name}${isSung ? ', and says that it may have been speech' : ''}`, { skip }, () => {
        const { words, warnings } = heard.get(name)!;
        assert.equal(words, 0);
        assert.equal(warnings.length, isSung ? 1 : 0, warnings.join(' '));
        if (isSung) assert.match(warnings[0]!, /^\d+ s of what sounds like speech gave no words: it may be singing/);
      });
    }
  });
}

/** A sawtooth for the vocal folds, with vibrato, through a resonance for each formant; "a" and "i" in turns. */
function sing(): Float32Array {
  let phase = 0;
  const resonances = [0, 1, 2].map(() => createResonance());
  return make(t => {
    const note = Math.floor(t / NOTE_SECONDS);
    const within = t - note * NOTE_SECONDS;
    const hz = MELODY_HZ[note % MELODY_HZ.length]! * (1 + 0.012 * Math.sin(2 * Math.PI * 5.5 * t));
    phase = (phase + hz / SAMPLE_RATE_HZ) % 1;
    const formants = VOWELS[note % 2]!;
    const voice = resonances.reduce((sum, resonate, at) => sum + resonate(2 * phase - 1, formants[at]!) / (at + 1), 0);
    return voice * Math.max(0, Math.min(1, within / 0.04, (NOTE_SECONDS - 0.08 - within) / 0.06));
  });
}

/** A filter with two poles (Klatt 1980). */
function createResonance() {
  let [last, before] = [0, 0];
  return (input: number, [hz, bandwidthHz]: readonly [number, number]): number => {
    const radius = Math.exp((-Math.PI * bandwidthHz) / SAMPLE_RATE_HZ);
    const turn = 2 * radius * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE_HZ);
    [last, before] = [(1 - radius) * input + turn * last - radius ** 2 * before, last];
    return last;
  };
}

/** Plucked: each note dies away. */
function play(): Float32Array {
  return make(t => Math.exp(-5 * (t % 0.4)) * tone(2 * MELODY_HZ[Math.floor(t / 0.4) % MELODY_HZ.length]!, t));
}

/** Held: each sounds for two seconds. */
function chords(): Float32Array {
  return make(t => CHORDS_HZ[Math.floor(t / 2) % CHORDS_HZ.length]!.reduce((sum, hz) => sum + tone(hz, t), 0) / 3);
}

/** Sixty claps a second, each a burst of noise, at times of their own. */
function applaud(): Float32Array {
  const noise = createNoise();
  const samples = new Float32Array(SECONDS * SAMPLE_RATE_HZ);
  for (let clap = 0; clap < 60 * SECONDS; clap++) {
    const from = Math.floor(((noise() + 1) / 2) * samples.length);
    const loudness = Math.abs(noise());
    for (let i = from; i < Math.min(samples.length, from + 1_500); i++)
      samples[i]! += loudness * noise() * Math.exp((from - i) / 200);
  }
  return samples;
}

/** Between -1 and 1, the same each time. */
function createNoise(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  };
}

function tone(hz: number, t: number): number {
  return [1, 2, 3, 4].reduce((sum, harmonic) => sum + Math.sin(2 * Math.PI * hz * harmonic * t) / harmonic, 0);
}

function make(sampleAt: (seconds: number) => number): Float32Array {
  return Float32Array.from({ length: SECONDS * SAMPLE_RATE_HZ }, (_, i) => sampleAt(i / SAMPLE_RATE_HZ));
}

function mix(one: Float32Array, other: Float32Array): Float32Array {
  return one.map((sample, i) => sample + other[i]!);
}

/** At the loudness of speech. */
function writeWav(folder: string, name: string, samples: Float32Array): string {
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  const values = Int16Array.from(samples, sample => Math.round((sample / peak) * 20_000));
  const file = path.join(folder, `${name}.wav`);
  fs.writeFileSync(file, Buffer.concat([buildWavHeader(values.length), Buffer.from(values.buffer)]));
  return file;
}
