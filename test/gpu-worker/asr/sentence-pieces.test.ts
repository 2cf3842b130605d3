import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSentencePieces } from '../../../src/gpu-worker/asr/sentence-pieces.ts';

const vocabulary = parseSentencePieces('<unk> 0\n▁the 1\n气 2\n<0xE5> 3\n<|zh|> 4\n▁ 5\n< 6\n<blk> 7\r\n');
const textOf = (token: number) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(vocabulary.bytesOf(token));

test('pieces are text, with a space for its sign; marks are none', () => {
  assert.deepEqual([1, 2, 5, 6].map(textOf), [' the', '气', ' ', '<']);
  assert.deepEqual([0, 4, 7, 99].map(textOf), ['', '', '', '']);
  assert.deepEqual([...vocabulary.bytesOf(3)], [0xe5]);
});

test('a line without an id is refused', () => {
  assert.throws(() => parseSentencePieces('▁the\n'), { name: 'TypeError', message: 'no piece and id: ▁the' });
});
