import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateTokens, halve, planChunks } from '../../../src/gpu-worker/language-model/plan-chunks.ts';
import { transcriptOf } from '../../pipeline/minutes/build-transcript.ts';

test('a short meeting is one part, and a small window is enough', () => {
  const { chunks, contextTokens } = planChunks(transcriptOf([{ speaker: 'A', text: 'Hello.' }]), 32_768, 500);
  assert.equal(chunks.length, 1);
  assert.equal(contextTokens, 4_096);
});

test('no words are lost, whatever the turns and the window', () => {
  const turn = fc.record({ speaker: fc.constantFrom('A', 'B'), text: fc.stringMatching(/^[a-z ]{1,6000}$/) });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), fc.integer({ min: 1_500, max: 20_000 }), (lines, modelTokens) => {
      const transcript = transcriptOf(lines);
      const { chunks, contextTokens } = planChunks(transcript, modelTokens, 400);
      assert.ok(contextTokens <= modelTokens);
      const parts = new Set(chunks.flat());
      for (const { id, text } of transcript.turns) {
        const joined = [...parts]
          .filter(line => line.id === id)
          .map(line => line.text)
          .join('');
        assert.equal(joined.replaceAll(' ', ''), text.replaceAll(' ', ''));
      }
    }),
    { numRuns: 50 },
  );
});

test('a part is cut in halves until it is one line', () => {
  const line = { id: 'T0001', speaker: 'A', text: 'x' };
  assert.deepEqual(
    halve([line, line, line]).map(half => half.length),
    [2, 1],
  );
  assert.deepEqual(halve([line]), []);
});

test('Chinese is not taken for shorter than it is', () => {
  assert.ok(estimateTokens('会议') >= 2);
});
