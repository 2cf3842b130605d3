import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parseRttm, parseStm, readTruth, type Truth } from '../../src/bench/read-truth.ts';
import { makeTemporaryFolder } from '../builders/temporary-folder.ts';

const segment = { start: 0.5, end: 1.25, speaker: 'ann', text: 'Yes, please.' };
const timed = {
  ...segment,
  words: [
    ['Yes', 0.5, 0.75],
    ['please', 0.75, 1.25],
  ],
};

async function readFrom(t: TestContext, files: Record<string, string>): Promise<Truth | undefined> {
  const folder = await makeTemporaryFolder(t);
  for (const [ending, content] of Object.entries(files)) {
    await fs.writeFile(path.join(folder, `meeting${ending}`), content);
  }
  return readTruth(path.join(folder, 'meeting'));
}

describe('the truth of a recording', () => {
  test('is not known without a file beside it', async t => {
    assert.equal(await readFrom(t, {}), undefined);
  });

  test('has the words of the STM and no word times', async t => {
    const truth = await readFrom(t, { '.stm': 'meeting 1 ann 0.5 1.25 <o,f0,female> yes please\n' });
    const utterances = [{ speaker: 'ann', startMs: 500, endMs: 1250, text: 'yes please' }];
    assert.deepEqual(truth, { utterances, text: undefined, words: undefined, spans: undefined });
  });

  test('has words, their times and voices of a truth.json alone', async t => {
    const truth = await readFrom(t, { '.truth.json': JSON.stringify({ segments: [timed] }) });
    assert.equal(truth?.utterances?.[0]?.text, 'Yes, please.');
    assert.deepEqual(truth?.words?.[1], { text: 'please', startMs: 750, endMs: 1250 });
    assert.equal(truth?.spans?.[0]?.endMs, 1250);
  });

  test('has no word times where one utterance lacks them', async t => {
    const truth = await readFrom(t, { '.truth.json': JSON.stringify({ segments: [timed, segment] }) });
    assert.equal(truth?.words, undefined);
    assert.equal(truth?.utterances?.length, 2);
  });

  test('takes words from the STM and voices from the RTTM before those of the truth.json', async t => {
    const truth = await readFrom(t, {
      '.stm': 'meeting 1 bob 0 1 from the stm\n',
      '.rttm': 'SPEAKER meeting 1 2.0 0.5 <NA> <NA> cleo <NA> <NA>\n',
      '.truth.json': JSON.stringify({ segments: [timed] }),
    });
    assert.equal(truth?.utterances?.[0]?.speaker, 'bob');
    assert.deepEqual(truth?.spans, [{ speaker: 'cleo', startMs: 2000, endMs: 2500 }]);
    assert.equal(truth?.words?.length, 2);
  });

  test('of silence is known to be nothing', async t => {
    const truth = await readFrom(t, { '.stm': '', '.rttm': '', '.truth.json': '{"segments":[]}' });
    assert.deepEqual(truth, { utterances: [], text: undefined, words: [], spans: [] });
  });

  test('has the words of a plain text alone, without speakers and times', async t => {
    const truth = await readFrom(t, { '.txt': '\uFEFFyes please\n' });
    assert.deepEqual(truth, { utterances: undefined, text: 'yes please', words: undefined, spans: undefined });
  });

  test('leaves a plain text aside where another file has the words, though not beside voices alone', async t => {
    const notes = 'Action items: none.';
    const stm = 'meeting 1 ann 0.5 1.25 yes please\n';
    const json = JSON.stringify({ segments: [segment] });
    const rttm = 'SPEAKER meeting 1 2.0 0.5 <NA> <NA> cleo <NA> <NA>\n';
    const textBeside = async (files: Record<string, string>) => (await readFrom(t, { ...files, '.txt': notes }))?.text;
    assert.equal(await textBeside({ '.stm': stm }), undefined);
    assert.equal(await textBeside({ '.truth.json': json }), undefined);
    assert.equal(await textBeside({ '.rttm': rttm }), notes);
  });

  test('that is no JSON, or JSON of another kind, is refused by name', async t => {
    for (const content of ['{', '{"segments":[{"start":"early"}]}']) {
      await assert.rejects(readFrom(t, { '.truth.json': content }), {
        code: 'file_unreadable',
        message: /meeting\.truth\.json/,
      });
    }
  });
});

describe('an STM', () => {
  test('may hold comments, empty lines and stretches not to be scored', () => {
    const content = ';; made by hand\n\nm 1 ann 0 1 hello\nm 1 x 1 2 IGNORE_TIME_SEGMENT_IN_SCORING\n';
    assert.deepEqual(
      parseStm(content, 'm.stm').map(({ text }) => text),
      ['hello'],
    );
  });

  test('with a line that cannot be understood is refused by file and line', () => {
    for (const line of ['m 1 ann 0', 'm 1 ann zero 1 hello', 'm 1 ann 2 1 hello']) {
      assert.throws(() => parseStm(`;; one\n${line}\n`, '/somewhere/m.stm'), {
        code: 'file_unreadable',
        message: /m\.stm, line 2/,
      });
    }
  });
});

describe('an RTTM', () => {
  test('may hold lines of other kinds', () => {
    const content = 'SPKR-INFO m 1 <NA> <NA> <NA> unknown ann <NA>\nSPEAKER m 1 0.5 1 <NA> <NA> ann <NA>\n';
    assert.deepEqual(parseRttm(content, 'm.rttm'), [{ speaker: 'ann', startMs: 500, endMs: 1500 }]);
  });

  test('with a line that cannot be understood is refused by file and line', () => {
    for (const line of ['SPEAKER m 1 0.5', 'SPEAKER m 1 -1 1 <NA> <NA> ann', 'SPEAKER m 1 0 -1 <NA> <NA> ann']) {
      assert.throws(() => parseRttm(line, 'm.rttm'), { code: 'file_unreadable', message: /m\.rttm, line 1/ });
    }
  });
});
