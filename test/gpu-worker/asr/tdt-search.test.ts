import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchTdt, type TdtPredictor } from '../../../src/gpu-worker/asr/tdt-search.ts';

const BLANK = 2;
const pause = async () => {};
const sizes = (frameCount: number) => ({ frameCount, vocabularySize: 3, blank: BLANK });

/** Says a token and a leap for a frame, after so many tokens. */
function createPredictor(say: (frame: number, accepted: number, last: number) => [token: number, leap: number]) {
  const asked: number[] = [];
  let accepted = 0;
  const predictor: TdtPredictor = {
    async score(frame, last) {
      asked.push(frame);
      const [token, leap] = say(frame, accepted, last);
      const scores = new Float32Array(3 + 5);
      scores[token] = 3;
      scores[3 + leap] = 3;
      return scores;
    },
    accept() {
      accepted++;
    },
  };
  return { predictor, asked };
}

test('a token is said in its frame, and the search leaps as far as it says', async () => {
  const { predictor, asked } = createPredictor(frame => (frame === 0 ? [0, 3] : frame === 3 ? [1, 4] : [BLANK, 1]));
  const found = await searchTdt(predictor, sizes(9), pause);
  assert.deepEqual(
    [found.tokens, found.frames, asked],
    [
      [0, 1],
      [0, 3],
      [0, 3, 7, 8],
    ],
  );
  const wanted = Math.exp(3) / (Math.exp(3) + 2);
  for (const probability of found.probabilities) assert.ok(Math.abs(probability - wanted) < 1e-6);
});

test('a token without a leap is followed by another in the same frame, a blank never stays', async () => {
  const { predictor, asked } = createPredictor((_, accepted) => (accepted < 2 ? [accepted, 0] : [BLANK, 0]));
  const found = await searchTdt(predictor, sizes(3), pause);
  assert.deepEqual(
    [found.tokens, found.frames, asked],
    [
      [0, 1],
      [0, 0],
      [0, 0, 0, 1, 2],
    ],
  );
});

test('the last token is told, and at the beginning the blank', async () => {
  const told: number[] = [];
  const { predictor } = createPredictor((frame, _, last) => {
    told.push(last);
    return frame === 1 ? [1, 1] : [BLANK, 1];
  });
  await searchTdt(predictor, sizes(3), pause);
  assert.deepEqual(told, [BLANK, BLANK, 1]);
});

test('ten tokens in a frame are enough', async () => {
  const { predictor } = createPredictor(() => [0, 0]);
  const { tokens, frames } = await searchTdt(predictor, sizes(2), pause);
  assert.equal(tokens.length, 20);
  assert.deepEqual([frames[9], frames[10]], [0, 1]);
});

test('what the pause throws ends the search', async () => {
  const { predictor } = createPredictor(() => [BLANK, 1]);
  await assert.rejects(
    searchTdt(predictor, sizes(2), () => Promise.reject(new Error('enough'))),
    /enough/,
  );
});
