import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compressionOf, isDoubtful, isSilence, isUnsure } from '../../../src/gpu-worker/asr/window-guards.ts';
import { decodeWindows } from '../../../src/gpu-worker/asr/window-tries.ts';
import { createFakeWhisperBatch, END, type Says, scripted, vocabulary } from '../../fakes/whisper-batch.ts';

const options: Parameters<typeof decodeWindows>[2] = {
  ...{ vocabulary, task: 'transcribe', terms: [], suppressed: [], suppressedFirst: [] },
  random: () => 0.5,
};

async function decode(
  says: Says,
  windows = 1,
  answers = {},
  {
    terms = [],
    languages = Array.from({ length: windows }, () => 'en'),
  }: { terms?: string[]; languages?: string[] } = {},
) {
  const { batch, restarts, fed } = createFakeWhisperBatch(windows, says, answers);
  const requests = languages.map(language => ({ language, maxTokens: 99 }));
  const decoded = await decodeWindows(
    batch,
    requests,
    { ...options, terms },
    new AbortController().signal,
    async () => {},
  );
  return { decoded, restarts, fed };
}

/** Greedily 0 and then a guess; 1 leads to a likelier text. */
const garden: Says = (_, text) => {
  if (text.length === 0) return { 0: 0.55, 1: 0.45 };
  if (text.length > 2) return { [END]: 1 };
  return text[0] === 0 ? { 2: 0.5, 3: 0.5 } : { 6: 1 };
};

test('a window of which greedy decoding is sure is heard once, the others by beam too', async () => {
  const says: Says = (window, text) => (window === 1 ? garden(1, text) : scripted([0, 1], [], [2])(window, text));
  const { decoded, restarts } = await decode(says, 3);
  assert.deepEqual(
    decoded.map(({ tokens }) => tokens),
    [[0, 1], [1, 6, 6], [2]],
  );
  assert.deepEqual(restarts, [[1]]);
});

test('in English three texts compete, in other languages four', async () => {
  const { decoded, restarts, fed } = await decode(garden, 3, {}, { languages: ['de', 'en', 'de'] });
  assert.deepEqual(
    decoded.map(({ language, tokens }) => [language, tokens]),
    ['de', 'en', 'de'].map(language => [language, [1, 6, 6]]),
  );
  assert.deepEqual(restarts, [[0, 2], [1]]);
  const [german, english] = [fed.findLastIndex(tokens => tokens.length === 8), fed.length - 1];
  assert.deepEqual([german > 0, fed[english]!.length], [true, 3]);
});

test('where a beam leaves much out, the greedy text stays', async () => {
  const long = [0, 1, 2, 3, 4, 5];
  const says: Says = (_, text) => {
    if (text.length === 0) return { 0: 0.51, 7: 0.49 };
    if (text[0] === 7) return { [END]: 1 };
    return { [long[text.length] ?? END]: 0.7, 6: 0.3 };
  };
  const { decoded, restarts } = await decode(says);
  assert.deepEqual([decoded[0]!.tokens, restarts], [long, [[0]]]);
});

test('a loop is tried again with drawn tokens', async () => {
  const says: Says = (_, text) => {
    if (text.length === 0) return { 0: 0.4, 1: 0.35, 2: 0.25 };
    return text[0] === 1 && text.length > 2 ? { [END]: 1 } : { [text[0]!]: 1 };
  };
  const { decoded, restarts } = await decode(says);
  assert.deepEqual(decoded[0]!.looped, false);
  assert.ok(restarts.length > 0);
});

test('what loops at every try is cut to what was said once', async () => {
  const { decoded, restarts } = await decode(scripted(Array.from({ length: 100 }, () => 1)));
  assert.deepEqual([decoded[0]!.tokens, decoded[0]!.looped, restarts.length], [[1], true, 5]);
});

test('guesses where the model hears nobody are not tried again', async () => {
  const guesses: Says = (_, text) => (text.length < 3 ? { 0: 0.2, 1: 0.2, 2: 0.2, 3: 0.2, 4: 0.2 } : { [END]: 1 });
  const { decoded, restarts } = await decode(guesses, 1, { noSpeech: 9 });
  assert.ok(isSilence(decoded[0]!));
  assert.deepEqual(restarts, []);
});

test('guesses and text that repeats itself are doubtful; where the model hears nobody they are silence', () => {
  const window = {
    ...{ tokens: [0], attention: [], language: 'en', languages: {}, looped: false },
    ...{ probabilities: [0.9], noSpeech: 0.1 },
  };
  assert.ok(!isDoubtful(window, 'And so it was.') && !isUnsure(window));
  assert.ok(isDoubtful(window, 'and so on '.repeat(30)));
  assert.ok(compressionOf('天'.repeat(200)) > 2.4, 'whatever the script');
  assert.ok(isUnsure({ ...window, probabilities: [0.6] }));
  const guess = { ...window, probabilities: [0.05, 0.05, 0.05] };
  assert.ok(isDoubtful(guess, 'Thanks.'));
  assert.ok(isSilence({ ...guess, noSpeech: 0.9 }) && !isDoubtful({ ...guess, noSpeech: 0.9 }, 'Thanks.'));
});

test('a window in which a term may have been said is heard once more with it, and the others are not', async () => {
  const [heard, meant] = [
    [6, 0, 3, 4, 1, 0, 2, 1], // gadebacb
    [6, 0, 3, 4, 1, 0, 6, 1], // gadebagb
  ];
  let timesBegun = 0;
  const says: Says = (window, text) => {
    if (window === 0) return { [[5][text.length] ?? END]: 1 };
    if (text.length === 0) timesBegun++;
    return { [(timesBegun === 1 ? heard : meant)[text.length] ?? END]: 1 };
  };
  const { decoded, restarts, fed } = await decode(says, 2, {}, { terms: ['Gadebag', 'Zurich'] });
  assert.deepEqual(
    decoded.map(({ tokens }) => tokens),
    [[5], meant],
  );
  assert.deepEqual(restarts, [[1]]);
  assert.equal(fed.flat().filter(token => token === vocabulary.startOfPrevious).length, 1);
});
