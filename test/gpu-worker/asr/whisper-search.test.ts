import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SearchOptions, searchWindows } from '../../../src/gpu-worker/asr/whisper-search.ts';
import { createFakeWhisperBatch, END, markAt, type Says, scripted, vocabulary } from '../../fakes/whisper-batch.ts';

const signal = new AbortController().signal;
const options: SearchOptions = {
  ...{ vocabulary, task: 'transcribe', prompt: [], suppressed: [], suppressedFirst: [], temperature: 0, beams: 1 },
  marks: false,
  random: () => 0,
};
const asked = { language: 'en', maxTokens: 9 };

async function search(says: Says, changes: Partial<SearchOptions> = {}, requests = [asked]) {
  const { batch, fed } = createFakeWhisperBatch(requests.length, says);
  return { windows: await searchWindows(batch, requests, { ...options, ...changes }, signal, async () => {}), fed };
}

/** Token 0 is likelier than 1 at first, but what follows 0 is a guess among four. */
const garden: Says = (_, text) => {
  if (text.length === 0) return { 0: 0.6, 1: 0.4 };
  if (text.length > 1) return { [END]: 1 };
  return text[0] === 0 ? { 2: 0.25, 3: 0.25, 4: 0.25, 5: 0.25 } : { 6: 1 };
};

test('each window is decoded in the language that it sounds like, unless one is given', async () => {
  const requests = [
    { language: undefined, maxTokens: 9 },
    { language: 'en', maxTokens: 9 },
  ];
  const { batch, fed } = createFakeWhisperBatch(2, scripted([0, 1], [2]));
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
  const { windows, fed } = await search(scripted([0, 1]), { prompt: [3], suppressed: [0] });
  assert.ok(!windows[0]!.tokens.includes(0));
  const { startOfPrevious, startOfTranscript, transcribe, noTimestamps } = vocabulary;
  assert.deepEqual(fed[0], [startOfTranscript]);
  const language = vocabulary.languages.get('en')!;
  assert.deepEqual(fed[1], [startOfPrevious, 3, startOfTranscript, language, transcribe, noTimestamps]);
});

test('a loop ends its window', async () => {
  const endless = scripted(Array.from({ length: 100 }, () => 1));
  for (const beams of [1, 5]) {
    const { windows } = await search(endless, { beams }, [{ language: 'en', maxTokens: 99 }]);
    assert.deepEqual([windows[0]!.tokens, windows[0]!.looped, windows[0]!.attention.length], [[1], true, 2]);
  }
});

test('a text that is too long is stopped', async () => {
  for (const beams of [1, 3]) {
    const { windows } = await search(scripted([0, 1, 2, 3, 4]), { beams }, [{ language: 'en', maxTokens: 3 }]);
    assert.deepEqual([windows[0]!.tokens, windows[0]!.attention.length], [[0, 1, 2], 4]);
  }
});

test('a beam finds the text that is likelier as a whole, where single steps lead astray', async () => {
  const greedy = await search(garden);
  assert.equal(greedy.windows[0]!.tokens[0], 0);
  const { windows } = await search(garden, { beams: 2 });
  assert.deepEqual(windows[0]!.tokens, [1, 6]);
  assert.ok(Math.abs(windows[0]!.probabilities[0]! - 0.4) < 1e-3 && windows[0]!.probabilities[1]! > 0.99);
});

test('each text of a beam keeps its own attention, and windows that have ended leave the others as they are', async () => {
  const says: Says = (window, text) => (window === 1 ? garden(window, text) : { [END]: 1 });
  const { windows, fed } = await search(says, { beams: 2 }, [asked, asked, asked]);
  assert.deepEqual(
    windows[1]!.attention.map(row => [...row]),
    [[1], [1, 1], [1, 1, 6]],
  );
  assert.deepEqual(windows[0]!.tokens, []);
  assert.ok(fed.at(-1)!.length < 3 * 2, 'the others had left');
});

test('a longer text is not worse for its length', async () => {
  const says: Says = (_, text) =>
    text.length === 0 ? { 0: 0.55, [END]: 0.45 } : text.length < 4 ? { 0: 0.2, [text.length]: 0.8 } : { [END]: 1 };
  const { windows } = await search(says, { beams: 3 });
  assert.deepEqual(windows[0]!.tokens, [0, 1, 2, 3]);
});

test('drawn tokens come with their probability at temperature 1', async () => {
  const { windows } = await search((_, text) => (text.length === 0 ? { 4: 0.25, 5: 0.75 } : { [END]: 1 }), {
    ...{ temperature: 1, random: () => 0.1 },
  });
  assert.deepEqual(windows[0]!.tokens, [4]);
  assert.ok(Math.abs(windows[0]!.probabilities[0]! - 0.25) < 1e-3);
});

/** Text and marks, one after the other. */
const marked = (...said: readonly number[]) => scripted(said);

test('marks of time are decoded and left out of the text, each token of which keeps its attention', async () => {
  const said = [markAt(0), 0, 1, markAt(40), markAt(45), 2, markAt(60)];
  const { batch, fed } = createFakeWhisperBatch(1, scripted([]), { saysMarked: marked(...said) });
  const [window] = await searchWindows(batch, [asked], { ...options, marks: true }, signal, async () => {});
  assert.deepEqual([window!.tokens, window!.probabilities.length], [[0, 1, 2], 3]);
  const language = vocabulary.languages.get('en')!;
  assert.deepEqual(fed.slice(1), [[language, vocabulary.transcribe], ...said.map(token => [token])]);
  const before = [1, 2, 5, 6]; // what was fed before 0, 1, 2 and the mark that ends the text
  assert.deepEqual(
    window!.attention.map(row => [...row]),
    before.map(count => [0, ...said.slice(0, count)]),
  );
});

test('a text with marks that is too long, or goes on in a loop, ends', async () => {
  const long = marked(markAt(0), 0, 1, markAt(20), markAt(20), 2, 3, 4);
  const endless = marked(markAt(0), ...Array.from({ length: 100 }, () => 1));
  for (const [saysMarked, tokens, looped] of [
    [long, [0, 1, 2], false],
    [endless, [1], true],
  ] as const) {
    const { batch } = createFakeWhisperBatch(1, scripted([]), { saysMarked });
    const requests = [{ language: 'en', maxTokens: looped ? 99 : 3 }];
    const [window] = await searchWindows(batch, requests, { ...options, marks: true }, signal, async () => {});
    assert.deepEqual([window!.tokens, window!.looped, window!.attention.length], [tokens, looped, tokens.length + 1]);
  }
});

test('windows with marks end each for itself', async () => {
  const said = [[markAt(0), 0, markAt(10)], [markAt(0)], [markAt(2), 3, 4, markAt(9), markAt(9), 5, markAt(20)], []];
  const saysMarked = scripted(...said);
  const { batch, fed } = createFakeWhisperBatch(4, scripted(), { saysMarked });
  const requests = said.map(() => asked);
  const windows = await searchWindows(batch, requests, { ...options, marks: true }, signal, async () => {});
  assert.deepEqual(
    windows.map(({ tokens }) => tokens),
    [[0], [], [3, 4, 5], []],
  );
  assert.ok(windows[2]!.attention.every(([window]) => window === 2));
  assert.equal(fed.at(-1)!.length, 1, 'the others had left');
});

test('what must not come first may come later, and no mark comes where none is asked for', async () => {
  const hidden = (added: Float32Array) => [...added.keys()].filter(token => added[token] === Number.NEGATIVE_INFINITY);
  const [always, first] = [7, 1];
  const between = Array.from({ length: vocabulary.noTimestamps - END }, (_, index) => END + 1 + index);
  const marksOfTime = Array.from({ length: vocabulary.size - markAt(0) }, (_, step) => markAt(step));
  for (const marks of [true, false]) {
    const { batch, suppressed } = createFakeWhisperBatch(1, scripted([0, 1]));
    const changes = { marks, suppressed: [always], suppressedFirst: [first] };
    const [window] = await searchWindows(batch, [asked], { ...options, ...changes }, signal, async () => {});
    assert.deepEqual(window!.tokens, [0, 1]);
    const others = [always, ...between, ...(marks ? [] : marksOfTime)];
    assert.deepEqual(hidden(suppressed[0]!), [first, ...others]);
    assert.ok(suppressed.length > 2);
    for (const later of suppressed.slice(1)) assert.deepEqual(hidden(later), others);
  }
});
