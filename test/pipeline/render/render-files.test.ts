import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Resvg } from '@resvg/resvg-js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { buildSchemas } from '../../../scripts/write-schemas.ts';
import type { Word } from '../../../src/pipeline/meeting.ts';
import type { Minutes } from '../../../src/pipeline/render/minutes.ts';
import { OPTIONAL_FILES, renderFiles } from '../../../src/pipeline/render/render-files.ts';
import { loadTemplates } from '../../../src/pipeline/render/templates.ts';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { hostile, hostileTexts } from '../../builders/hostile-text.ts';
import { action, item, meta, minutes, say, span, summary, transcription } from '../../builders/meeting.ts';
import { parseSrt, parseVtt } from '../../builders/parse-subtitles.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const golden = path.join(repository, 'test/fixtures/minutes');
const templates = loadTemplates();

test('the files of a small meeting are as reviewed', () => {
  const files = renderFiles(minutes());
  assert.deepEqual([...files.keys()].toSorted(), fs.readdirSync(golden).toSorted());
  for (const [name, content] of files) {
    assert.equal(content, fs.readFileSync(path.join(golden, name), 'utf8'), name);
  }
});

test('the published schemas are those of the code (else: node scripts/write-schemas.ts)', () => {
  for (const [name, content] of buildSchemas()) {
    assert.equal(fs.readFileSync(path.join(repository, 'schemas', name), 'utf8'), content, name);
  }
});

describe('the JSON files keep their schemas', () => {
  for (const name of ['transcript', 'summary', 'analytics', 'meta']) {
    const schema = JSON.parse(fs.readFileSync(path.join(repository, 'schemas', `${name}.schema.json`), 'utf8'));
    const ajv = new Ajv2020({ allErrors: true });
    formats.default(ajv);
    const validate = ajv.compile(schema);
    const read = (from: Minutes) => JSON.parse(renderFiles(from, templates).get(`${name}.json`)!);

    test(name, () => {
      for (const from of [minutes(), silent()]) assert.ok(validate(read(from)), JSON.stringify(validate.errors));
    });

    test(`${name}: a missing field is seen`, () => {
      const { schemaVersion, ...rest } = read(minutes());
      assert.equal(schemaVersion, 1);
      assert.ok(!validate(rest));
    });
  }
});

test('a recording without speech has all files but the calendar', () => {
  const files = renderFiles(silent());
  assert.deepEqual(
    [...renderFiles(minutes()).keys()].filter(name => !files.has(name)),
    ['actions.ics'],
  );
  assert.match(files.get('transcript.md')!, /No words were heard/);
  assert.deepEqual(parseVtt(files.get('transcript.vtt')!), []);
  assert.deepEqual(parseSrt(files.get('transcript.srt')!), []);
  assert.equal(files.get('transcript.rttm'), '');
});

test('a translation has files of its own, beside the original', () => {
  const meeting = minutes();
  const [first] = meeting.transcript.turns;
  const translation = [{ text: 'Translated.', startMs: first!.startMs, endMs: first!.endMs, confidence: 1 }];
  const files = renderFiles({ ...meeting, transcription: { ...meeting.transcription, translation } });
  assert.match(files.get('translation.txt')!, /Translated\./);
  assert.equal(parseVtt(files.get('translation.vtt')!).length, 1);
  assert.equal(files.get('transcript.txt'), renderFiles(meeting).get('transcript.txt'));
  for (const name of OPTIONAL_FILES.slice(1)) assert.ok(files.has(name), name);
});

test('what was heard where the glossary wrote stands in transcript.json and behind the words of the page', () => {
  const original = 'shad "x" <b>';
  const meeting = minutes();
  const [first] = meeting.transcript.turns;
  Object.assign(first!.words[3]!, { original });
  const files = renderFiles(meeting);
  const { words } = JSON.parse(files.get('transcript.json')!);
  assert.deepEqual(
    words.filter((word: Word) => word.original !== undefined),
    [{ ...words[3], original }],
  );
  assert.match(
    files.get('minutes.html')!,
    /<p title="Written by the glossary; heard: “shad &quot;x&quot; &lt;b&gt;”">Good morning\. So,/,
  );
  for (const name of ['transcript.md', 'transcript.txt', 'transcript.vtt'])
    assert.equal(files.get(name), renderFiles(minutes()).get(name), name);
});

test('nothing that was said gets out of its place', () => {
  for (const text of hostileTexts) check(text);
  fc.assert(fc.property(hostile, check), { numRuns: 200 });
});

test('times keep milliseconds and words their speakers', () => {
  const file = JSON.parse(renderFiles(minutes()).get('transcript.json')!);
  assert.deepEqual(file.words[0], { text: 'Good', start: 0.5, end: 0.75, speaker: 'SPEAKER_00', confidence: 0.9 });
  assert.equal(
    file.turns.map((turn: { text: string }) => turn.text).join(' '),
    file.words.map((word: Word) => word.text).join(' '),
  );
});

function silent(): Minutes {
  const heard = transcription();
  const diarization = { spans: [], speakerCount: 0, warnings: [] };
  return minutes({
    transcription: heard,
    diarization,
    transcript: assignSpeakers(heard, diarization, 60_000),
    summary: summary(),
  });
}

/** A meeting in which everything that can be said says `text`, rendered and read back. */
function check(text: string): void {
  const heard = transcription(say(1_000, 'before'), [{ text, startMs: 2_000, endMs: 3_000, confidence: 0.5 }]);
  const diarization = { spans: [span(0, 900, 3_000)], speakerCount: 1, warnings: [] };
  const transcript = assignSpeakers(heard, diarization, 5_000);
  for (const speaker of transcript.speakers) speaker.label = text;
  const evidence = [{ turn: 'T0001', start: 2, end: 3, quote: text }];
  const due = { text, date: '2026-11-20' };
  const shown = summary({
    title: text,
    abstract: text,
    topics: [{ title: text, start: 0, end: 3 }],
    decisions: [item('D1', text, { evidence })],
    actionItems: [action('A1', text, { evidence, owner: text, due })],
    questions: [item('Q1', text, { evidence, verified: false, reason: text })],
    numbers: [item('N1', text)],
    warnings: [text],
  });
  const record = meta();
  record.recording.fileName = text;
  const files = renderFiles({ transcription: heard, diarization, transcript, summary: shown, meta: record }, templates);
  for (const [name, content] of files) {
    if (name.endsWith('.json')) JSON.parse(content);
    else assert.doesNotMatch(content, /(?!\r?\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u, name);
  }
  checkHtml(files.get('minutes.html')!);
  checkSvg(files.get('talk-strip.svg')!);
  checkCsv(files.get('actions.csv')!);
  checkIcs(files.get('actions.ics')!);
  assert.ok(parseVtt(files.get('transcript.vtt')!).length > 0);
  assert.ok(parseSrt(files.get('transcript.srt')!).length > 0);
  for (const name of ['summary.md', 'transcript.md']) checkMarkdown(files.get(name)!, name);
  for (const line of files.get('transcript.rttm')!.trim().split('\n')) assert.equal(line.split(' ').length, 10);
}

/** The same elements as with a harmless text: what was said has made no tag and no attribute. */
function checkHtml(html: string): void {
  const body = html.slice(html.indexOf('</style>'), html.indexOf('<script>'));
  const tags = (body.match(/<[^>]*>/g) ?? []).map(tag => /^<\/?[a-z0-9]+/.exec(tag)?.[0]);
  const allowed =
    'style head body header main footer nav section div search svg path text title a h1 h2 p ul ol li b q span input output button label select option audio table thead tbody tr th td'.split(
      ' ',
    );
  for (const tag of tags) assert.ok(tag !== undefined && allowed.includes(tag.replace(/^<\/?/, '')), tag);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.doesNotMatch(body, /\s(?:src|srcset|on\w+|style|href)=(?!"#)/);
}

/** Well-formed, or resvg throws; our own elements only, and nothing that runs or loads. */
function checkSvg(svg: string): void {
  new Resvg(svg, { font: { loadSystemFonts: false } });
  const tags = (svg.match(/<[^>]*>/g) ?? []).map(tag => /^<\/?([a-z]+)/.exec(tag)?.[1]);
  for (const tag of tags) assert.ok('svg title desc rect text path circle g'.split(' ').includes(tag ?? '?'), tag);
  assert.doesNotMatch(svg.replaceAll(/>[^<]*</g, '><'), /\s(?:on\w+|href|style|src)=/);
}

/** Two records of nine quoted-or-plain fields, none a formula. */
function checkCsv(csv: string): void {
  assert.ok(csv.startsWith('\u{feff}id,'));
  const record = /^(?:(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r\n)){9}$/;
  const [header, ...rest] = csv.slice(1).split(/(?<=\r\n)/);
  assert.match(header!, record);
  assert.equal(rest.length, 1);
  assert.match(rest[0]!, record);
  assert.doesNotMatch(rest[0]!, /(?:^|,)"?[=+\-@＝＋－＠]/u);
}

/** Known lines only, each at most 75 octets, with CRLF. */
function checkIcs(ics: string): void {
  for (const line of ics.split('\r\n')) {
    assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.doesNotMatch(line, /[\r\n]/);
  }
  const properties = ics.replaceAll('\r\n ', '').trim().split('\r\n');
  const names = properties.map(line => line.split(/[;:]/, 1)[0]);
  assert.deepEqual(names.filter(name => name === 'BEGIN' || name === 'END').length, 4, 'one calendar, one event');
  assert.ok(!names.includes('ATTACH') && !names.includes('URL') && !names.includes('VALARM'));
}

function checkMarkdown(markdown: string, name: string): void {
  assert.doesNotMatch(markdown, /(?<!\\)[<`]/, name);
  assert.doesNotMatch(markdown, /(?<!\\)\]\(/, name);
  assert.doesNotMatch(markdown, /https?:\/\/|www\./i, name);
  assert.doesNotMatch(markdown, /@(?:everyone|here|channel)/, name);
}
