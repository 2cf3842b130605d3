import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelsForTranscription, planRecognition } from '../../../src/gpu-worker/models/plan-recognition.ts';

const plan = (model: string, language: string) => planRecognition({ model, language });

test('auto takes Moonshine for English and Whisper for the rest', () => {
  assert.deepEqual(plan('auto', 'auto'), { english: 'moonshine-base', multilingual: 'whisper-base' });
  assert.deepEqual(plan('auto', 'en'), { english: 'moonshine-base', multilingual: undefined });
  assert.deepEqual(plan('auto', 'de'), { english: undefined, multilingual: 'whisper-base' });
});

test('a model for English alone gives way to another language', () => {
  assert.deepEqual(plan('moonshine-tiny', 'auto'), { english: 'moonshine-tiny', multilingual: undefined });
  assert.deepEqual(plan('moonshine-tiny', 'zh'), { english: undefined, multilingual: 'whisper-base' });
  assert.deepEqual(modelsForTranscription(), ['moonshine-base', 'silero-vad', 'segmentation-3.0', 'campplus']);
});

test('a translation, or a stretch in another language, brings the model for all languages', () => {
  const english = { model: 'moonshine-base', language: 'en' };
  const both = { english: 'moonshine-base', multilingual: 'whisper-base' };
  const stretch = { startMs: 0, endMs: 1, language: 'de' };
  assert.deepEqual(planRecognition({ ...english, translate: true }), both);
  assert.deepEqual(planRecognition({ ...english, spokenLanguages: [stretch] }), both);
  assert.deepEqual(planRecognition({ ...english, model: 'auto', spokenLanguages: [stretch] }), both);
});

test('a choice of several models is used as the language wants', () => {
  assert.deepEqual(plan('moonshine-tiny+whisper-base', 'auto'), {
    english: 'moonshine-tiny',
    multilingual: 'whisper-base',
  });
  assert.deepEqual(plan('moonshine-tiny+whisper-base', 'en'), { english: 'moonshine-tiny', multilingual: undefined });
  assert.deepEqual(plan('moonshine-tiny+whisper-base', 'de'), { english: undefined, multilingual: 'whisper-base' });
  for (const choice of ['', 'gpt-9', 'campplus', 'moonshine-tiny+', 'auto+whisper-base', 'whisper-base+whisper-base'])
    assert.throws(() => plan(choice, 'auto'), { code: 'invalid_usage', detail: /no speech recognition model/ }, choice);
});

test('who knows little else hears a language that is named, who knows most finds out the others', () => {
  const all = 'moonshine-base+sensevoice-small+whisper-base';
  for (const language of ['zh', 'yue', 'ja', 'ko']) assert.equal(plan(all, language).multilingual, 'sensevoice-small');
  for (const language of ['auto', 'de']) assert.equal(plan(all, language).multilingual, 'whisper-base');
  const stretch = { startMs: 0, endMs: 1, language: 'yue' };
  const inEnglish = planRecognition({ model: all, language: 'en', spokenLanguages: [stretch] });
  assert.deepEqual(inEnglish, { english: 'moonshine-base', multilingual: 'sensevoice-small' });
  assert.deepEqual(plan('sensevoice-small', 'auto'), { english: undefined, multilingual: 'sensevoice-small' });
});

test('the large Whisper knows Cantonese, and does not translate', () => {
  assert.equal(plan('whisper-large-v3-turbo', 'yue').multilingual, 'whisper-large-v3-turbo');
  const wanted = { model: 'whisper-large-v3-turbo', language: 'de', translate: true };
  assert.throws(() => planRecognition(wanted), { code: 'invalid_usage', detail: /cannot translate; whisper-base can/ });
});

test('only who can translate is asked to', () => {
  const wanted = { language: 'zh', translate: true };
  assert.equal(planRecognition({ ...wanted, model: 'sensevoice-small+whisper-base' }).multilingual, 'whisper-base');
  assert.throws(() => planRecognition({ ...wanted, model: 'sensevoice-small' }), {
    code: 'invalid_usage',
    detail: 'sensevoice-small cannot translate; whisper-base can.',
  });
});

test('Parakeet is for English, or for a European language that is named', () => {
  assert.deepEqual(plan('parakeet-tdt-0.6b-v2+whisper-base', 'auto'), {
    english: 'parakeet-tdt-0.6b-v2',
    multilingual: 'whisper-base',
  });
  const both = 'parakeet-tdt-0.6b-v3+whisper-base';
  assert.equal(plan(both, 'de').multilingual, 'parakeet-tdt-0.6b-v3');
  for (const language of ['auto', 'zh']) assert.equal(plan(both, language).multilingual, 'whisper-base');
  assert.throws(() => plan('parakeet-tdt-0.6b-v3', 'auto'), {
    code: 'invalid_usage',
    detail: /Say with --language which/,
  });
  assert.throws(() => plan('parakeet-tdt-0.6b-v3', 'zh'), { code: 'invalid_usage', detail: /does not know Chinese/ });
});

test('a language that is not known, or not to the model, is refused with a sentence', () => {
  assert.throws(() => plan('auto', 'xx'), { code: 'invalid_usage', detail: /no language "xx"/ });
  assert.throws(() => plan('whisper-base', 'yue'), { code: 'invalid_usage', detail: /does not know Cantonese/ });
});
