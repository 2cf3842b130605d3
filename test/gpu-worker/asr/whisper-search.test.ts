import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SearchOptions, searchWindows } from '../../../src/gpu-worker/asr/whisper-search.ts';
import { createWhisperVocabulary } from '../../../src/gpu-worker/asr/whisper-vocabulary.ts';
import { compressionOf, isDoubtful, isSilence } from '../../../src/gpu-worker/asr/window-guards.ts';
import type { DecoderBatch } from '../../../src/gpu-worker/onnx/decoder-batch.ts';

const texts = ['a', 'b', 'c', 'd'];
const marks = ['<|endoftext|>', '<|startoftranscript|>', '<|en|>', '<|de|>', '<|translate|>', '<|transcribe|>'];
const vocabulary = createWhisperVocabulary([
  ...texts,
  ...marks,
  ...['<|startofprev|>', '<|nospeech|>', '<|notimestamps|>'],
]);
const signal = new AbortController().signal;
const options: SearchOptions = {
  ...{ vocabulary, task: 'transcribe', prompt: [], suppressed: [], suppressedFirst: [], temperature: 0 },
  random: () => 0,
};

/** Every row says its script, token by token, and then ends; the first answer names language and silence. */
function scripted(scripts: number[][], { language = '<|de|>', noSpeech = 0 } = {}) {
  const fed: number[][] = [];
  const rewound: number[] = [];
  let rows = scripts.map(script => ({ script, at: -1 }));
  const batch: DecoderBatch = {
    async step(tokens) {
      fed.push([...tokens]);
      const size = vocabulary.size;
      const logits = new Float32Array(rows.length * size).fill(-10);
      rows.forEach((row, index) => {
        const own = logits.subarray(index * size, (index + 1) * size);
        if (row.at < 0) {
          own[[...texts, ...marks].indexOf(language)] = 5;
          own[vocabulary.noSpeech] = noSpeech;
        } else own[row.script[row.at] ?? vocabulary.endOfText] = 5;
        row.at++;
      });
      return { logits, attention: rows.map(() => new Float32Array(4)) };
    },
    rewind() {
      rewound.push(fed.length);
    },
    keep: kept => {
      rows = kept.map(row => rows[row]!);
    },
    release: () => {},
  };
  return { batch, fed, rewound };
}

test('each window is decoded in the language that it sounds like, unless one is given', async () => {
  const { batch, fed } = scripted([[0, 1], [2]]);
  const requests = [
    { language: undefined, maxTokens: 9 },
    { language: 'en', maxTokens: 9 },
  ];
  const [first, second] = await searchWindows(batch, requests, options, signal, async () => {});
  assert.deepEqual([first!.tokens, first!.language], [[0, 1], 'de']);
  assert.deepEqual([second!.tokens, second!.language], [[2], 'en']);
  assert.ok(second!.languages.de! > 0.99);
  const [en, de] = [vocabulary.languages.get('en')!, vocabulary.languages.get('de')!];
  const { startOfTranscript, transcribe, noTimestamps } = vocabulary;
  assert.deepEqual(fed[0], [startOfTranscript, startOfTranscript]);
  assert.deepEqual(fed[1], [de, transcribe, noTimestamps, en, transcribe, noTimestamps]);
  assert.equal(first!.attention.length, 3);
});

test('what is suppressed is never said, and a prompt comes before everything but the question for the language', async () => {
  const { batch, fed, rewound } = scripted([[0, 1]]);
  const asked = [{ language: 'en', maxTokens: 1 }];
  const suppressing = { ...options, prompt: [3], suppressed: [0] };
  const [window] = await searchWindows(batch, asked, suppressing, signal, async () => {});
  assert.ok(!window!.tokens.includes(0));
  const { startOfPrevious, startOfTranscript, transcribe, noTimestamps } = vocabulary;
  assert.deepEqual(fed[0], [startOfTranscript]);
  assert.deepEqual(rewound, [1]);
  const language = vocabulary.languages.get('en')!;
  assert.deepEqual(fed[1], [startOfPrevious, 3, startOfTranscript, language, transcribe, noTimestamps]);
});

test('a loop ends its window, which is then doubtful', async () => {
  const { batch } = scripted([Array.from({ length: 100 }, () => 1)]);
  const [window] = await searchWindows(batch, [{ language: 'en', maxTokens: 99 }], options, signal, async () => {});
  assert.deepEqual([window!.tokens, window!.looped], [[1], true]);
  assert.ok(isDoubtful(window!, 'b'));
});

test('guesses and text that repeats itself are doubtful; where the model hears nobody they are silence', async () => {
  const window = {
    ...{ tokens: [0], attention: [], language: 'en', languages: {}, looped: false },
    ...{ probabilities: [0.9], noSpeech: 0.1 },
  };
  assert.ok(!isDoubtful(window, 'And so it was.'));
  assert.ok(isDoubtful(window, 'and so on '.repeat(30)));
  assert.ok(compressionOf('天'.repeat(200)) > 2.4, 'whatever the script');
  const guess = { ...window, probabilities: [0.05, 0.05, 0.05] };
  assert.ok(isDoubtful(guess, 'Thanks.'));
  assert.ok(isSilence({ ...guess, noSpeech: 0.9 }) && !isDoubtful({ ...guess, noSpeech: 0.9 }, 'Thanks.'));
});
