import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { uuidV7 } from '../../../src/pipeline/store/uuid-v7.ts';

test('an id is a UUID of version 7 that carries its time', () => {
  const nowMs = Date.now() + 10_000;
  const id = uuidV7(nowMs);
  assert.equal(z.uuidv7().parse(id), id);
  assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), nowMs);
});

test('ids rise, also within one millisecond, when the counter is used up and when the clock goes back', () => {
  const nowMs = Date.now() + 20_000;
  const ids = Array.from({ length: 20_000 }, (_, i) => uuidV7(i < 19_000 ? nowMs : nowMs - 5_000));
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
});
