/** What a real Ollama sends, replayed: the package that reads it, our client and our sentences, together. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { ServerRefusal } from '../../../src/gpu-worker/language-model/language-model.ts';
import { createOllama } from '../../../src/gpu-worker/language-model/ollama.ts';
import { createModelSummarizer } from '../../../src/gpu-worker/language-model/summarizer.ts';
import { PAINTING, stageContext } from '../../contracts/summarizer.contract.ts';
import { replayWire } from '../../fakes/replay-wire.ts';

const MODEL = 'test-smollm2';
const OPTIONS = { meetingDate: '2026-11-17', timeZone: 'Europe/Berlin' };
const QUESTION = {
  ...{ prompt: 'Is the sky blue?', format: { type: 'object' }, contextTokens: 4_096, replyTokens: 60 },
  ...{ temperature: 0, seed: 1, mayThink: false },
};
const LIMITS = { firstMs: 5_000, idleMs: 5_000, totalMs: 20_000 };

async function open(t: TestContext, chat: string, show = 'show') {
  const server = await replayWire({ '/api/version': ['version'], '/api/show': [show], '/api/chat': [chat] });
  t.after(() => server.close());
  const model = createOllama({ host: server.host, models: [MODEL] });
  const ask = () =>
    model.ask(MODEL, QUESTION, { limits: LIMITS, signal: new AbortController().signal, onPiece: () => {} });
  return { server, model, ask };
}

describe('what a real Ollama sent', { concurrency: true }, () => {
  test('is found, with the window of its model', async t => {
    const { model } = await open(t, 'chat-schema');
    assert.deepEqual(await model.find(), { isReady: true, model: MODEL, contextTokens: 8_192, warnings: [] });
  });

  test('a model that is not there is a sentence', async t => {
    const { model } = await open(t, 'chat-missing', 'show-missing');
    const found = await model.find();
    assert.ok(
      !found.isReady && /does not have the model test-smollm2\. Type: npx hansard models pull/.test(found.reason),
    );
  });

  test('an answer in pieces is put together', async t => {
    assert.deepEqual(JSON.parse(await (await open(t, 'chat-schema')).ask()), { ok: true });
  });

  test('one that was cut at its length is refused', async t => {
    await assert.rejects((await open(t, 'chat-length')).ask(), /summarizer_failed: the answer ended with "length"/);
  });

  for (const [recording, status, isTooLong] of [
    ['chat-too-long', 400, true],
    ['chat-missing', 404, false],
    ['chat-bad-schema', 500, false],
    ['chat-runner-killed', 500, false],
  ] as const) {
    test(`${recording} is a refusal with its status`, async t => {
      await assert.rejects((await open(t, recording)).ask(), (error: unknown) => {
        assert.ok(error instanceof ServerRefusal, String(error));
        assert.deepEqual([error.status, error.isTooLong], [status, isTooLong]);
        return true;
      });
    });
  }

  test('a runner that dies is tried three times, then the summarizer gives up', async t => {
    const { server, model } = await open(t, 'chat-runner-killed');
    const summarize = createModelSummarizer(model, { limits: LIMITS }).summarize(PAINTING, OPTIONS, stageContext());
    await assert.rejects(summarize, (error: unknown) => {
      assert.ok(error instanceof HansardError && error.code === 'summarizer_failed');
      assert.match(error.detail, /model runner has unexpectedly stopped/);
      return true;
    });
    assert.equal(server.asked.filter(({ route }) => route === '/api/chat').length, 3);
  });
});
