import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayOf } from '../../../src/pipeline/minutes/calendar.ts';
import { findDue, findDueMentions } from '../../../src/pipeline/minutes/due-dates.ts';
import { findNumbers, numberValues } from '../../../src/pipeline/minutes/numerals.ts';
import { foldWords } from '../../../src/pipeline/minutes/words.ts';

/** A Tuesday. */
const TODAY = { year: 2026, month: 11, day: 17 };

for (const [said, date] of [
  ['by Friday', '2026-11-20'],
  ['on Tuesday', '2026-11-24'],
  ['by next Monday', '2026-11-23'],
  ['tomorrow', '2026-11-18'],
  ['this afternoon', '2026-11-17'],
  ['by end of day tomorrow', '2026-11-18'],
  ['by the end of the month', '2026-11-30'],
  ['by the end of Q1', '2027-03-31'],
  ['on the third of December', '2026-12-03'],
  ['by December third', '2026-12-03'],
  ['by the eleventh', '2026-12-11'],
  ['before Christmas', '2026-12-24'],
  ['within two weeks', '2026-12-01'],
] as const) {
  test(`"${said}" is ${date}`, () => assert.equal(findDue(`I'll send it ${said}.`, TODAY)?.date, date));
}

test('days that are past, given up or no days are no due dates', () => {
  for (const text of ['I sent it last Friday.', 'We need a second monitor.', 'I am doing it now.', 'Sixty-four.'])
    assert.deepEqual(findDueMentions(text, TODAY), [], text);
  assert.equal(findDue('Send it on Monday instead of Friday.', TODAY)?.date, '2026-11-23');
});

test('an event that is named has no date of its own', () => {
  assert.deepEqual(
    findDueMentions('Update the pages before the launch.', TODAY).map(({ date, event }) => [date, event]),
    [[null, 'launch']],
  );
});

test('the day of a meeting is the one of its time zone', () => {
  assert.deepEqual(dayOf('2026-11-17T23:30:00Z', 'Europe/Berlin'), { year: 2026, month: 11, day: 18 });
  assert.deepEqual(dayOf('2026-11-17', 'Asia/Tokyo'), TODAY);
});

test('a mention lies inside its text', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      for (const { text: said, from, to } of findDueMentions(text, TODAY)) assert.equal(text.slice(from, to), said);
    }),
  );
});

test('numbers are read from words and digits', () => {
  for (const [text, value] of [
    ['thirty-eight thousand', 38_000],
    ['one twenty-nine', 129],
    ['one hundred and forty-nine', 149],
    ['two thousand one hundred', 2_100],
    ['45,000', 45_000],
    ['two point three', 2.3],
    ['the nineteenth', 19],
    ['3 million', 3_000_000],
  ] as const)
    assert.deepEqual([...numberValues(text)], [value], text);
});

test('numbers stay inside their words and in order, whatever the words', () => {
  const word = fc.constantFrom('one', 'twenty', 'hundred', 'thousand', 'and', 'point', 'third', '7', '1,000', 'x');
  fc.assert(
    fc.property(fc.array(word), words => {
      const tokens = foldWords(words.join(' '));
      let last = 0;
      for (const { from, to, value } of findNumbers(tokens)) {
        assert.ok(from >= last && to > from && to <= tokens.length && value >= 0);
        last = to;
      }
    }),
  );
});
