import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { isLanguageModel, pullLanguageModel } from '../../src/cli/pull-language-model.ts';
import { HansardError } from '../../src/errors.ts';

const NAME = 'qwen3:4b-instruct-2507';
const LAYER = 'pulling 1234';

async function pull(t: TestContext, steps: readonly object[], isTTY = false, status = 200) {
  const server = http.createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/x-ndjson' });
    response.end(steps.map(step => `${JSON.stringify(step)}\n`).join(''));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const written: string[] = [];
  const output = { isTTY, write: (text: string) => written.push(text) };
  const settings = { kind: 'ollama', host, model: undefined, threads: undefined } as const;
  const failure = await pullLanguageModel(NAME, settings, output, new AbortController().signal).catch(error => error);
  return { shown: written.join(''), failure };
}

describe('fetching a language model', { concurrency: true }, () => {
  const steps = [
    { status: 'pulling manifest' },
    { status: LAYER, total: 2.5e9, completed: 0 },
    { status: LAYER, total: 2.5e9, completed: 1.25e9 },
    { status: LAYER, total: 2.5e9, completed: 2.5e9 },
    { status: 'success' },
  ];

  test('shows each step once, and how large it is', async t => {
    const { shown, failure } = await pull(t, steps);
    assert.equal(failure, undefined);
    assert.equal(shown, `${NAME}: pulling manifest\n${NAME}: ${LAYER}, 2500 MB\n${NAME}: success\n`);
  });

  test('moves in a terminal', async t => {
    assert.match((await pull(t, steps, true)).shown, /50 %, 1250 of 2500 MB/);
  });

  for (const [what, given, detail] of [
    [
      'a name that the library does not have',
      [{ error: 'pull model manifest: file does not exist' }],
      /has no model qwen3/,
    ],
    [
      'a full disk',
      [{ status: LAYER, total: 9 }, { error: 'no space left on device' }],
      /could not fetch.*no space left/,
    ],
    ['an end without success', [{ status: LAYER, total: 9 }], /could not fetch/],
  ] as const)
    test(`${what} is a plain sentence`, async t => {
      const { failure } = await pull(t, given);
      assert.ok(failure instanceof HansardError && failure.code === 'model_unavailable', String(failure));
      assert.match(failure.detail, detail);
    });

  test('no server is a plain sentence', async () => {
    const nowhere = { kind: 'ollama', host: 'http://127.0.0.1:9', model: undefined, threads: undefined } as const;
    const pulled = pullLanguageModel(NAME, nowhere, { write() {} }, new AbortController().signal);
    await assert.rejects(pulled, /No Ollama answers/);
  });

  test('is told from our own models by its tag', () => {
    assert.deepEqual([NAME, 'hf.co/x/y', 'moonshine-base', 'segmentation-3.0'].map(isLanguageModel), [
      true,
      true,
      false,
      false,
    ]);
  });
});
