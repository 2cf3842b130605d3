import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertAllowedMove,
  FINAL_MEETING_STATES,
  FINAL_STAGE_STATES,
  isAllowedMove,
  MEETING_STATES,
  STAGE_STATES,
} from '../../src/pipeline/moves.ts';

test('a meeting goes from accepted to done step by step', () => {
  const story = ['accepted', 'queued', 'processing', 'delivering', 'done'];
  for (const [index, to] of story.slice(1).entries()) assert.ok(isAllowedMove('meeting', story[index]!, to));
});

test('a step of the story cannot be left out', () => {
  for (const [from, to] of [
    ['accepted', 'processing'],
    ['accepted', 'done'],
    ['queued', 'delivering'],
    ['processing', 'done'],
    ['processing', 'cancelled'],
  ] as const)
    assert.equal(isAllowedMove('meeting', from, to), false, `${from} to ${to}`);
});

test('every state that is not final can be cancelled, and every final one only started again', () => {
  for (const state of MEETING_STATES) {
    const isFinal = FINAL_MEETING_STATES.some(final => final === state);
    assert.equal(isAllowedMove('meeting', state, 'cancelling'), !isFinal && state !== 'cancelling', state);
    assert.equal(isAllowedMove('meeting', state, 'queued'), state !== 'queued' && state !== 'cancelling', state);
  }
});

test('no state moves to itself, except a delivery that is sent again', () => {
  for (const state of MEETING_STATES) assert.equal(isAllowedMove('meeting', state, state), false);
  for (const state of STAGE_STATES) assert.equal(isAllowedMove('stage', state, state), false);
  assert.ok(isAllowedMove('delivery', 'sending', 'sending'));
  assert.equal(isAllowedMove('delivery', 'delivered', 'sending'), false);
});

test('a final stage only starts again from the beginning', () => {
  for (const state of FINAL_STAGE_STATES) {
    assert.equal(isAllowedMove('stage', state, 'running'), false);
    assert.ok(isAllowedMove('stage', state, 'waiting'));
  }
});

test('an illegal move and an unknown state throw, naming both states', () => {
  assert.throws(() => assertAllowedMove('meeting', 'done', 'processing'), {
    code: 'illegal_move',
    detail: /done to processing/,
  });
  assert.throws(() => assertAllowedMove('stage', 'lost', 'running'), { code: 'illegal_move' });
});
