import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { metaFileSchema, transcriptFileSchema } from '../../src/pipeline/files.ts';
import { summarySchema } from '../../src/pipeline/summary.ts';
import { missing } from '../builders/decoded-audio.ts';
import { createProgram, type Finished, parseReports } from '../builders/program.ts';

const repository = path.join(import.meta.dirname, '..', '..');
const sample = path.join(repository, 'samples', 'standup.webm');
const expected = z
  .object({
    meetingDate: z.string(),
    speakers: z.number(),
    words: z.string(),
    decisions: z.array(z.string()),
    actionItems: z.array(z.object({ says: z.string(), due: z.string(), owner: z.string() })),
    questions: z.array(z.string()),
  })
  .parse(JSON.parse(fs.readFileSync(path.join(repository, 'samples', 'standup.expected.json'), 'utf8')));
const skip = missing(['silero-vad', 'moonshine-base', 'segmentation-3.0', 'campplus'], []);

describe('the sample recording', () => {
  let finished: Finished | undefined;
  let again: Finished | undefined;
  let folder = '';
  let cleanUp = async () => {};

  before(async () => {
    if (skip) return;
    const program = createProgram({
      after: callback => {
        cleanUp = callback;
      },
    });
    const args = [
      'transcribe',
      sample,
      '--date',
      expected.meetingDate,
      '--time-zone',
      'UTC',
      '--audio',
      'beside',
      '--json',
    ];
    finished = await program.run([...args, '--out', program.outDir]);
    again = await program.run([...args, '--out', program.outDir]);
    folder = path.join(program.outDir, 'standup');
  });
  after(() => cleanUp());

  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  const readJson = (name: string): unknown => JSON.parse(read(name));

  test('is done, and the report says so', { skip }, () => {
    assert.equal(finished?.status, 0, finished?.stderr);
    const [report, ...others] = parseReports(finished?.stdout ?? '');
    assert.deepEqual(others, []);
    assert.equal(report?.status, 'done');
    assert.equal(report?.speakers, expected.speakers);
    assert.equal(report?.language, 'en');
    assert.deepEqual(report?.warnings, []);
    assert.deepEqual(Object.keys(report?.stages ?? {}).sort(), ['decode', 'diarize', 'summarize', 'transcribe']);
    assert.ok(report?.files.every(file => fs.statSync(file).size > 0));
    assert.equal(
      report?.files.length,
      fs.readdirSync(folder).length,
      'nothing lies there that the report does not name',
    );
  });

  test('puts the sound beside the page, and the strip as pictures', { skip }, () => {
    assert.match(read('minutes.html'), /<audio [^>]*src="audio.webm"/);
    assert.deepEqual([...fs.readFileSync(path.join(folder, 'audio.webm')).subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3]);
    assert.equal(fs.readFileSync(path.join(folder, 'talk-strip.png')).subarray(1, 4).toString(), 'PNG');
  });

  test('gives JSON files that follow the published schemas', { skip }, () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    for (const name of ['transcript', 'summary', 'analytics', 'meta']) {
      const schema = JSON.parse(fs.readFileSync(path.join(repository, 'schemas', `${name}.schema.json`), 'utf8'));
      assert.ok(ajv.validate(schema, readJson(`${name}.json`)), `${name}: ${ajv.errorsText()}`);
    }
  });

  test('is heard nearly as it was said', { skip }, () => {
    const { words } = transcriptFileSchema.parse(readJson('transcript.json'));
    const errors = countWordErrors(normalize(expected.words), normalize(words.map(word => word.text).join(' ')));
    assert.ok(errors <= 16, `${errors} of ${normalize(expected.words).length} words are wrong`);
  });

  test('has the decision, the tasks with owner and date, the open question, and no others', { skip }, () => {
    const summary = summarySchema.parse(readJson('summary.json'));
    assert.deepEqual(
      summary.decisions.map(({ text }) => expected.decisions.find(says => text.includes(says))),
      expected.decisions,
    );
    assert.deepEqual(
      summary.actionItems.map(({ text, due, owner }) => ({
        says: expected.actionItems.find(({ says }) => text.includes(says))?.says,
        due: due?.date,
        owner,
      })),
      expected.actionItems,
    );
    assert.deepEqual(
      summary.questions.map(({ text }) => expected.questions.find(says => text.toLowerCase().includes(says))),
      expected.questions,
    );
    assert.match(read('actions.ics'), /DTSTART;VALUE=DATE:20261120/);
  });

  const skipWithoutWhisper = missing(['whisper-base'], []);

  test('says with what it was made', { skip }, () => {
    const meta = metaFileSchema.parse(readJson('meta.json'));
    assert.equal(meta.recording.container, 'webm');
    assert.equal(meta.device.name, 'cpu');
    assert.match(meta.versions.ffmpeg ?? '', /^\D?\d/);
    assert.deepEqual(meta.models.map(model => model.name).sort(), [
      'campplus',
      'moonshine-base',
      'segmentation-3.0',
      'silero-vad',
      ...(skipWithoutWhisper ? [] : ['whisper-base']), // once it is here, it looks after what is not English
    ]);
  });

  test('is answered from the stored results the second time', { skip }, () => {
    assert.equal(again?.status, 0, again?.stderr);
    const [first] = parseReports(finished?.stdout ?? '');
    const [second] = parseReports(again?.stdout ?? '');
    assert.equal(second?.meetingId, first?.meetingId);
    assert.equal(second?.folder, first?.folder);
    assert.ok(Object.values(second?.stages ?? {}).every(stage => stage.stored));
  });
});

/** Lower-case words; numbers as the recogniser writes them. */
function normalize(text: string): string[] {
  const digits: [RegExp, string][] = [
    [/\bsixteenth\b/g, '16th'],
    [/\bforty-two\b/g, '42'],
    [/\bforty-five\b/g, '45'],
    [/\bthird of\b/g, '3rd of'],
  ];
  return digits
    .reduce((all, [spoken, written]) => all.replace(spoken, written), text.toLowerCase())
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .trim()
    .split(/\s+/);
}

/** Levenshtein distance in words. */
function countWordErrors(reference: string[], hypothesis: string[]): number {
  let row = Array.from({ length: hypothesis.length + 1 }, (_, i) => i);
  for (const word of reference) {
    const next = [row[0]! + 1];
    hypothesis.forEach((other, i) => {
      next.push(Math.min(row[i]! + (word === other ? 0 : 1), row[i + 1]! + 1, next[i]! + 1));
    });
    row = next;
  }
  return row.at(-1)!;
}
