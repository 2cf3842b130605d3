import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultModels,
  LARGE_MODEL,
  parseGpuMemory,
  SMALL_MODEL,
} from '../../../src/gpu-worker/language-model/default-models.ts';
import { createOllama } from '../../../src/gpu-worker/language-model/ollama.ts';
import { checkOllamaVersion } from '../../../src/gpu-worker/language-model/ollama-version.ts';
import { isInLanguage } from '../../../src/gpu-worker/language-model/text-language.ts';
import { startFakeOllama } from '../../fakes/ollama.ts';

const HERE = 'http://127.0.0.1:11434';

test('the large model is for GPUs of 24 GB, as such cards report themselves', () => {
  for (const [listed, model] of [
    ['24564\n', LARGE_MODEL],
    ['23028\n', LARGE_MODEL],
    ['8192\n24576\n', LARGE_MODEL],
    ['16380\n', SMALL_MODEL],
    ['', SMALL_MODEL],
    ['[N/A]\n', SMALL_MODEL],
  ] as const)
    assert.equal(defaultModels(HERE, parseGpuMemory(listed))[0], model, listed);
});

test('of a server elsewhere the GPU is not known: the small one is advised', () => {
  assert.deepEqual(defaultModels('http://gpu.example:11434', 0), [SMALL_MODEL, LARGE_MODEL]);
});

test('the second model is asked where the server has only that', async t => {
  const server = await startFakeOllama({ model: SMALL_MODEL }, () => ({}));
  t.after(() => server.close());
  const found = await createOllama({ host: server.host, models: [LARGE_MODEL, SMALL_MODEL] }).find();
  assert.ok(found.isReady && found.model === SMALL_MODEL);
});

test('a server that cannot keep to a form is not used; one that may not says so', () => {
  assert.match(checkOllamaVersion('0.4.7', false).obstacle ?? '', /0\.4\.7 is too old/);
  assert.match(checkOllamaVersion('0.17.4', true).warnings[0] ?? '', /Update it to 0\.32\.0/);
  for (const [version, thinks] of [
    ['0.17.4', false],
    ['0.33.0-rc2', true],
    ['1.0.0', true],
    ['0.0.0', true],
    ['dev', true],
  ] as const)
    assert.deepEqual(checkOllamaVersion(version, thinks), { warnings: [] }, version);
});

test('a text in another language is noticed; short ones and unknown languages pass', () => {
  const english = 'The team will launch the sensor in January and the price is still open for now.';
  const german = 'Das Team bringt den Sensor im Januar auf den Markt und der Preis ist noch nicht entschieden.';
  const chinese = '团队将在一月份推出传感器，价格尚未确定。';
  assert.deepEqual(
    [english, german, chinese].map(text => isInLanguage(text, 'en')),
    [true, false, false],
  );
  assert.deepEqual(
    [english, german, chinese].map(text => isInLanguage(text, 'de')),
    [false, true, false],
  );
  assert.deepEqual(
    [english, german, chinese].map(text => isInLanguage(text, 'zh')),
    [false, false, true],
  );
  assert.ok(isInLanguage('Budget 2026', 'de') && isInLanguage(english, 'xx'));
});
