import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { correctWords } from '../../../src/pipeline/stages/correct-words.ts';
import { say, transcription } from '../../builders/meeting.ts';

const texts = (spoken: ReturnType<typeof transcription>) => spoken.words.map(({ text }) => text).join(' ');

describe('words that were heard wrong', () => {
  const spoken = transcription(say(1_000, 'So Hansart, writes the minutes. HANSART! And han sard is Hansart’s name.'));

  test('are written as people want them, whatever their case and punctuation', () => {
    const corrected = correctWords(spoken, [{ heard: 'hansart', written: 'Hansard' }]);
    assert.equal(texts(corrected), 'So Hansard, writes the minutes. Hansard! And han sard is Hansart’s name.');
  });

  test('of several words may become one, and one several, within the same time', () => {
    const corrected = correctWords(spoken, [
      { heard: 'han sard', written: 'Hansard' },
      { heard: 'minutes', written: 'full protocol' },
    ]);
    assert.equal(texts(corrected), 'So Hansart, writes the full protocol. HANSART! And Hansard is Hansart’s name.');
    const [full, protocol] = corrected.words.filter(({ text }) => /full|protocol/.test(text));
    const minutes = spoken.words.find(({ text }) => text === 'minutes.');
    assert.equal(full?.startMs, minutes?.startMs);
    assert.equal(full?.endMs, protocol?.startMs);
    assert.equal(protocol?.endMs, minutes?.endMs);
  });

  test('are looked for longest first, and what was written is not read again', () => {
    const corrected = correctWords(transcription(say(0, 'red green blue')), [
      { heard: 'red', written: 'green' },
      { heard: 'green', written: 'blue' },
      { heard: 'red green', written: 'yellow' },
    ]);
    assert.equal(texts(corrected), 'yellow blue');
  });

  test('stay as they are where nobody corrected anything, or with nothing', () => {
    assert.equal(correctWords(spoken), spoken);
    assert.equal(correctWords(spoken, [{ heard: '…', written: 'x' }]), spoken);
  });

  test('leave words in time order, inside the time of the meeting, whatever is asked for', () => {
    const word = fc.constantFrom('one', 'two', 'three', 'four', '—');
    const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map(words => words.join(' '));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 30 }),
        fc.array(fc.record({ heard: phrase, written: phrase }), { maxLength: 4 }),
        (said, corrections) => {
          const before = transcription(say(500, said.join(' ')));
          const { words } = correctWords(before, corrections);
          const end = before.words.at(-1)?.endMs ?? 0;
          for (const [index, { startMs, endMs, text }] of words.entries()) {
            assert.ok(startMs <= endMs && startMs >= 500 && endMs <= end + 1e-6 && text !== '');
            assert.ok(startMs >= (words[index - 1]?.endMs ?? 0) - 1e-6);
          }
        },
      ),
    );
  });
});
