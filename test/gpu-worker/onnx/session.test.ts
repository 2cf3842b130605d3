import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { graphsDir } from '../../../src/gpu-worker/models/catalogue.ts';
import { createSession } from '../../../src/gpu-worker/onnx/session.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

test('weights or graphs that were removed are missing, not broken', async t => {
  const empty = await makeTemporaryFolder(t);
  const graph = path.join(graphsDir, 'campplus.onnx');
  await assert.rejects(createSession(graph, empty, 'cpu'), { code: 'model_missing', detail: /campplus_cn_en_common/ });
  await assert.rejects(createSession(graph, path.join(empty, 'gone'), 'cpu'), { code: 'model_missing' });
  await assert.rejects(createSession(path.join(empty, 'no.onnx'), empty, 'cpu'), { code: 'model_missing' });
});
