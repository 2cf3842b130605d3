import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { HansardError } from '../../../src/errors.ts';
import { openModel } from '../../../src/gpu-worker/language-model/open-model.ts';
import { createOpenAi } from '../../../src/gpu-worker/language-model/openai.ts';
import { createModelSummarizer } from '../../../src/gpu-worker/language-model/summarizer.ts';
import { describeSummarizer, PAINTING, stageContext } from '../../contracts/summarizer.contract.ts';
import { type OpenAiAnswer, type OpenAiSetup, startFakeOpenAi } from '../../fakes/openai.ts';

const MODEL = 'Qwen/Qwen3-4B-Instruct-2507';
const OPTIONS = { meetingDate: '2026-11-17', timeZone: 'Europe/Berlin' };
const LIMITS = { firstMs: 2_000, idleMs: 2_000, totalMs: 10_000 };
const GOOD = {
  ...{ title: 'Shed', abstract: 'The shed will be green.', topics: [], questions: [], numbers: [] },
  decisions: [
    { text: 'The shed is painted green', evidence: [{ turn: 'T0003', quote: 'then we paint the shed green' }] },
  ],
  actionItems: [
    {
      ...{ text: 'Buy the paint', owner: 'Ben', due: 'by Friday', status: 'open' },
      evidence: [{ turn: 'T0004', quote: "I'll buy the paint by Friday" }],
    },
  ],
};
const good: OpenAiAnswer = { content: JSON.stringify(GOOD) };

describeSummarizer('the summarizer on a server of OpenAI’s protocol', {
  async open() {
    const server = await startFakeOpenAi({ kind: 'vllm', models: [MODEL] }, () => good);
    const summarizer = createModelSummarizer(createOpenAi({ url: server.url }), { limits: LIMITS });
    return { summarizer, close: () => server.close() };
  },
});

async function open(
  t: TestContext,
  setup: Partial<OpenAiSetup> = {},
  answer: (index: number) => OpenAiAnswer = () => good,
) {
  const server = await startFakeOpenAi({ kind: 'vllm', models: [MODEL], ...setup }, (_, index) => answer(index));
  t.after(() => server.close());
  const model = (changes = {}) => createOpenAi({ url: server.url, ...changes });
  return {
    ...{ server, model },
    summarize: () =>
      createModelSummarizer(model(), { limits: LIMITS, pauseMs: 50 }).summarize(PAINTING, OPTIONS, stageContext()),
  };
}

describe('a server of OpenAI’s protocol', { concurrency: true }, () => {
  for (const [kind, contextTokens] of [
    ['vllm', 12_000],
    ['llama.cpp', 12_001],
    ['lm-studio', 12_002],
  ] as const)
    test(`${kind} says how long its window is`, async t => {
      const found = await (await open(t, { kind, contextTokens })).model().find();
      assert.deepEqual(found, { isReady: true, model: MODEL, contextTokens, warnings: [] });
    });

  test('of one that does not say, a window is taken that all have', async t => {
    const found = await (await open(t, { kind: 'other' })).model().find();
    assert.ok(found.isReady && found.contextTokens === 4_096);
  });

  test('thoughts do not come into the answer, and thinking is switched off', async t => {
    const { server, summarize } = await open(t, {}, () => ({ ...good, reasoning: 'hm, hm' }));
    const { decisions, method, model } = await summarize();
    assert.deepEqual([decisions[0]?.verified, method, model], [true, 'openai', MODEL]);
    assert.deepEqual(server.chats[0]?.chat_template_kwargs, { enable_thinking: false });
  });

  test('one that refuses the field about thinking is asked without it', async t => {
    const { server, summarize } = await open(t, { strict: true });
    assert.equal((await summarize()).decisions.length, 1);
    assert.equal(server.chats[0]?.chat_template_kwargs, undefined);
  });

  const broken: [string, OpenAiAnswer][] = [
    ['cut at its length', { ...good, finishReason: 'length' }],
    ['to a prompt that was cut', { ...good, promptTokens: 9 }],
    ['that is no JSON', { content: 'Sure! Here' }],
    ['with an error in its middle', { ...good, event: '{"error":{"message":"out of memory"}}' }],
    ['with a piece that is no JSON', { ...good, event: '{"choices":[' }],
    ['that breaks off', { ...good, breaks: true }],
    ['with a server error', { status: 500, body: '{"error":{"message":"CUDA out of memory"}}' }],
  ];
  for (const [name, first] of broken)
    test(`an answer ${name} is asked for again, differently`, async t => {
      const { server, summarize } = await open(t, {}, index => (index === 0 ? first : good));
      assert.equal((await summarize()).decisions.length, 1);
      const [one, two] = server.chats;
      assert.notEqual(one?.seed, two?.seed);
      assert.notEqual(one?.temperature, two?.temperature);
    });

  test('an answer that never is one is given up after three tries', async t => {
    const { server, summarize } = await open(t, {}, () => ({ content: ' '.repeat(9_999) }));
    await assert.rejects(
      summarize(),
      (error: unknown) => error instanceof HansardError && error.code === 'summarizer_failed',
    );
    assert.equal(server.chats.length, 3);
  });

  test('an answer that does not end is given up', async t => {
    const { summarize } = await open(t, {}, () => ({ content: ' '.repeat(200_000) }));
    await assert.rejects(
      summarize(),
      (error: unknown) => error instanceof HansardError && /did not end after \d+ characters/.test(error.detail),
    );
  });

  test('a model that is not there, several, a wrong key, a web page and a closed port are plain sentences', async t => {
    const { server, model } = await open(t, { models: ['a', 'b'], key: 'right' });
    const reason = async (changes: object) => {
      const found = await model({ key: 'right', ...changes }).find();
      return found.isReady ? 'ready' : found.reason;
    };
    assert.equal(await reason({ model: 'b' }), 'ready');
    assert.match(await reason({ model: 'c' }), /does not have the model c\. It has: a, b\./);
    assert.match(await reason({}), /Set HANSARD_SUMMARY_MODEL to one of: a, b\./);
    assert.match(await reason({ key: 'wrong' }), /refuses the key\. Set HANSARD_LLM_KEY/);
    assert.match(await reason({ url: `${server.url}/nothing` }), /no server of language models/);
    assert.match(await reason({ url: 'http://127.0.0.1:9/v1' }), /Nothing answers/);
  });

  test('a prompt that it finds too long is cut in two', async t => {
    const tooLong = { status: 400, body: '{"error":{"message":"the request exceeds the available context size"}}' };
    const { server, summarize } = await open(t, {}, index => (index === 0 ? tooLong : good));
    assert.equal((await summarize()).coverage, 1);
    assert.ok(server.chats.length >= 3);
  });

  test('is the one that the settings name, with the key', async t => {
    const { server } = await open(t, { key: 'secret-key' });
    const { languageModel } = loadConfig({ HANSARD_LLM_URL: server.url, HANSARD_LLM_KEY: 'secret-key' });
    const found = await (await openModel(languageModel)).find();
    assert.ok(found.isReady);
  });
});
