/**
 * Against a real Ollama, where HANSARD_OLLAMA names one (and HANSARD_OLLAMA_MODEL a model that it has). What a model says
 * is never asserted: only that the protocol is kept and the checks hold for whatever it says. HANSARD_OLLAMA_LONG=1 adds
 * twenty summaries and a meeting of three hours.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { type LanguageModel, ServerRefusal } from '../../../src/gpu-worker/language-model/language-model.ts';
import { createOllama } from '../../../src/gpu-worker/language-model/ollama.ts';
import { WAIT_LIMITS } from '../../../src/gpu-worker/language-model/patience.ts';
import { pullModel } from '../../../src/gpu-worker/language-model/pull-model.ts';
import { createModelSummarizer } from '../../../src/gpu-worker/language-model/summarizer.ts';
import type { Transcript } from '../../../src/pipeline/meeting.ts';
import { foldWords } from '../../../src/pipeline/minutes/words.ts';
import { type Summary, summarySchema } from '../../../src/pipeline/summary.ts';
import { PAINTING, stageContext } from '../../contracts/summarizer.contract.ts';
import { transcriptOf } from '../../pipeline/minutes/build-transcript.ts';
import { workingWeek } from './long-meeting.ts';
import { terse } from './terse-model.ts';

const host = process.env.HANSARD_OLLAMA ?? '';
const name = process.env.HANSARD_OLLAMA_MODEL ?? 'test-smollm2';
const skip = host === '' ? 'HANSARD_OLLAMA names no server' : false;
const skipLong = skip || (process.env.HANSARD_OLLAMA_LONG ? false : 'HANSARD_OLLAMA_LONG is not set');

const OPTIONS = { meetingDate: '2026-11-17', timeZone: 'Europe/Berlin' };
const FORMAT = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
const QUESTION = {
  ...{ prompt: 'Answer with JSON: is the sky blue?', format: FORMAT, contextTokens: 2_048, replyTokens: 60 },
  ...{ temperature: 0, seed: 1, mayThink: false },
};
/** Other programs may keep the cores busy. */
const PATIENT = { ...WAIT_LIMITS, firstMs: 60 * 60_000 };
/** Of our process while a meeting is read; 26 MB was seen. */
const MOST_GROWTH_BYTES = 100e6;
const open = (model = name) => createOllama({ host, models: [model] });
const waiting = (signal: AbortSignal, onPiece: (characters: number) => void = () => {}) => ({
  ...{ limits: WAIT_LIMITS, signal, onPiece },
});
const never = new AbortController().signal;

/** Counts what was asked; a prompt that was cut throws inside `ask` already. */
function counting(model: LanguageModel) {
  const calls = { asked: 0, answered: 0, cut: 0, windows: new Set<number>() };
  const ask: LanguageModel['ask'] = async (...given) => {
    calls.asked++;
    calls.windows.add(given[1].contextTokens);
    try {
      const answer = await model.ask(...given);
      calls.answered++;
      return answer;
    } catch (error) {
      if (/tokens of the prompt/.test(String(error))) calls.cut++;
      throw error;
    }
  };
  return { model: { ...model, ask }, calls };
}

/** What must be true of any summary, whoever wrote it. */
function assertTrusted(summary: Summary, { turns }: Transcript): void {
  summarySchema.parse(summary);
  const said = new Map(turns.map(({ id, text }) => [id, ` ${foldWords(text).join(' ')} `]));
  for (const item of [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers]) {
    assert.equal(item.verified, item.reason === null);
    if (!item.verified) continue;
    assert.ok(item.evidence.length > 0);
    for (const { turn, quote } of item.evidence)
      assert.ok(said.get(turn)?.includes(` ${foldWords(quote).join(' ')} `), quote);
    assert.doesNotMatch(item.text, /million/i);
  }
  assert.doesNotMatch(summary.abstract, /million/i);
}

describe('a real Ollama', () => {
  test('says its version and the window of the model', { skip }, async () => {
    const found = await open().find();
    assert.ok(found.isReady && found.contextTokens >= 2_048, JSON.stringify(found));
  });

  test('streams an answer in the form that was asked for', { skip }, async () => {
    const heard: number[] = [];
    const answer = await open().ask(
      name,
      QUESTION,
      waiting(never, characters => heard.push(characters)),
    );
    assert.equal(typeof JSON.parse(answer).ok, 'boolean');
    assert.ok(heard.length > 1, 'it came in pieces');
  });

  test('stops when it is told to, and answers the next one', { skip }, async () => {
    const stop = new AbortController();
    const endless = {
      ...QUESTION,
      prompt: 'Count from one to a thousand.',
      format: { type: 'string' },
      replyTokens: 900,
    };
    const asked = open().ask(
      name,
      endless,
      waiting(stop.signal, () => stop.abort()),
    );
    await assert.rejects(asked, (error: unknown) => error instanceof HansardError && error.code === 'cancelled');
    await open().ask(name, QUESTION, waiting(never));
  });

  test('refuses a prompt that is longer than the window instead of cutting it', { skip }, async () => {
    const long = { ...QUESTION, contextTokens: 512, prompt: 'word '.repeat(2_000) };
    await assert.rejects(
      open().ask(name, long, waiting(never)),
      (error: unknown) => error instanceof ServerRefusal && error.isTooLong,
    );
  });

  test('an answer that reaches its limit is no answer', { skip }, async () => {
    const story = { ...QUESTION, prompt: 'Tell a long story.', format: { type: 'string' }, replyTokens: 5 };
    await assert.rejects(open().ask(name, story, waiting(never)), /"length", not "stop"/);
  });

  test('lacks a model: the sentence says what to type, for asking and for fetching', { skip }, async () => {
    const found = await open('no-such-model:1b').find();
    assert.ok(!found.isReady && /Type: npx hansard models pull no-such-model:1b/.test(found.reason));
    const asked = open().ask('no-such-model:1b', QUESTION, waiting(never));
    await assert.rejects(asked, (error: unknown) => error instanceof ServerRefusal && error.status === 404);
    await assert.rejects(
      pullModel(host, 'no-such-model:1b', () => {}, never),
      (error: unknown) => error instanceof HansardError && error.code === 'model_unavailable',
    );
  });

  test('whatever the model says of a meeting, the summary is one to trust', { skip }, async () => {
    const { model, calls } = counting(terse(open()));
    const summary = await createModelSummarizer(model, { limits: PATIENT }).summarize(
      PAINTING,
      OPTIONS,
      stageContext(),
    );
    assertTrusted(summary, PAINTING);
    assert.deepEqual([summary.coverage, calls.cut], [1, 0]);
  });

  test('twenty meetings, twenty summaries', { skip: skipLong }, async t => {
    const lines = workingWeek(160);
    for (let run = 0; run < 20; run++) {
      const part = transcriptOf(lines.slice(run * 8, run * 8 + 8));
      const { model, calls } = counting(terse(open()));
      const summary = await createModelSummarizer(model, { limits: PATIENT }).summarize(part, OPTIONS, stageContext());
      assertTrusted(summary, part);
      assert.deepEqual([summary.coverage, calls.cut], [1, 0]);
      const items = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
      t.diagnostic(
        `${run + 1}: ${calls.asked} asked, ${items.filter(one => one.verified).length} of ${items.length} items verified`,
      );
    }
  });

  test('three hours in parts: all of it is read, no prompt is cut, memory stays flat', { skip: skipLong }, async t => {
    const meeting = transcriptOf(workingWeek(2_000)); // 14 parts for a window of 8,192 tokens
    const { model, calls } = counting(terse(open()));
    const memory: number[] = [];
    const context = stageContext({ onProgress: () => memory.push(process.memoryUsage().rss) });
    const startedMs = Date.now();
    const summary = await createModelSummarizer(model, { limits: PATIENT }).summarize(meeting, OPTIONS, context);
    assertTrusted(summary, meeting);
    assert.deepEqual([summary.coverage, calls.cut, calls.windows.size], [1, 0, 1]);
    assert.ok(Math.max(...memory) - Math.min(...memory) < MOST_GROWTH_BYTES);
    const half = memory.slice(memory.length / 2);
    t.diagnostic(
      `${(meeting.durationMs / 3.6e6).toFixed(1)} h, ${meeting.turns.length} turns, ${calls.asked} asked, ${calls.answered} answered, ` +
        `${Math.round((Date.now() - startedMs) / 1000)} s; memory ${Math.min(...memory) / 1e6} to ${Math.max(...memory) / 1e6} MB, ` +
        `second half ${Math.min(...half) / 1e6} to ${Math.max(...half) / 1e6} MB`,
    );
  });
});
