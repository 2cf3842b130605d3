import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODELS, modelChoices } from '../../src/bot/choices.ts';

test('models that a recording was heard by stand among the choices, so that they stay', () => {
  assert.deepEqual(modelChoices('whisper-base'), MODELS);
  const own = modelChoices('moonshine-tiny+whisper-base').at(-1);
  assert.deepEqual(own, { value: 'moonshine-tiny+whisper-base', label: 'moonshine-tiny, whisper-base' });
});
