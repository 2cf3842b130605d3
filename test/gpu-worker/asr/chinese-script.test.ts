import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toChineseScript } from '../../../src/gpu-worker/asr/chinese-script.ts';

const words = (...texts: string[]) => texts.map((text, i) => ({ text, startMs: i, endMs: i + 1, confidence: 1 }));

test('Chinese is written in the script that is wanted, word by word', async () => {
  const traditional = words('秋天', '總是', '富有詩意，', 'OK');
  const simplified = await toChineseScript(traditional, 'simplified');
  assert.deepEqual(simplified, words('秋天', '总是', '富有诗意，', 'OK'));
  assert.deepEqual(await toChineseScript(simplified, 'traditional'), traditional);
});
