import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinWords, widthOf } from '../../../src/pipeline/stages/join-words.ts';

test('words have spaces between them, except in scripts without', () => {
  assert.equal(joinWords(['Good', 'morning,', 'Bob']), 'Good morning, Bob');
  assert.equal(joinWords(['我们', '喜欢，', '秋天']), '我们喜欢，秋天');
  assert.equal(joinWords(['我们', '用', 'Redis', '吗']), '我们用 Redis 吗');
  assert.equal(joinWords(['그는', '걸어갔다']), '그는 걸어갔다');
});

test('wide characters count twice', () => assert.equal(widthOf('ab秋天'), 6));
