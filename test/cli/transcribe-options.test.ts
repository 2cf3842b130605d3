import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  parseLanguage,
  parseMeetingDate,
  parseSpeakers,
  parseSummaryLanguage,
  parseSummaryTemplate,
  parseTimeZone,
} from '../../src/cli/transcribe-options.ts';

describe('--speakers', () => {
  for (const [text, minSpeakers, maxSpeakers] of [
    ['1', 1, 1],
    ['4', 4, 4],
    ['2-6', 2, 6],
    ['32', 32, 32],
  ] as const)
    test(`${text} is understood`, () => assert.deepEqual(parseSpeakers(text), { minSpeakers, maxSpeakers }));
  for (const text of ['', '0', '33', '6-2', '0-3', 'two', '2-', '-2', '2.5', '2 - 3', '1e1'])
    test(`"${text}" is refused`, () => assert.throws(() => parseSpeakers(text), /a number from 1 to 32, or a range/));
});

test('--language knows what the models know', () => {
  assert.equal(parseLanguage('en'), 'en');
  assert.equal(parseLanguage('auto'), 'auto');
  for (const [text, code] of [
    ['DE', 'de'],
    ['yue', 'yue'],
  ] as const)
    assert.equal(parseLanguage(text), code);
  for (const text of ['german', 'xx', '']) assert.throws(() => parseLanguage(text), /code of a language/);
});

test('--summary-language is the code of a language', () => {
  assert.equal(parseSummaryLanguage('DE'), 'de');
  for (const text of ['auto', 'german', 'xx', ''])
    assert.throws(() => parseSummaryLanguage(text), /code of a language, such as en/);
});

test('--summary-template has the form of a name', () => {
  for (const text of ['recap', 'board-2']) assert.equal(parseSummaryTemplate(text), text);
  for (const text of ['', '../board', 'Board', 'summary.md'])
    assert.throws(() => parseSummaryTemplate(text), /Expected minutes, decisions, recap, or NAME of your summary-NAME/);
});

describe('--date', () => {
  for (const text of ['2026-11-24', '2024-02-29', '2026-11-24T09:30', '2026-11-24T09:30:00Z', '2026-11-24T09:30+01:00'])
    test(`${text} is understood`, () => assert.equal(parseMeetingDate(text), text));
  for (const text of ['', 'tomorrow', '24.11.2026', '2026-13-01', '2026-02-30', '2025-02-29', '2026-11-24T25:00'])
    test(`"${text}" is refused`, () => assert.throws(() => parseMeetingDate(text), /Expected an ISO date/));
});

test('--time-zone is an IANA name', () => {
  for (const text of ['UTC', 'Europe/Berlin', 'Asia/Hong_Kong']) assert.equal(parseTimeZone(text), text);
  for (const text of ['Mars/Olympus', '', 'Berlin']) assert.throws(() => parseTimeZone(text), /IANA time zone/);
});
