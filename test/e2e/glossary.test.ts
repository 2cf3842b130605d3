import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { metaFileSchema, transcriptFileSchema } from '../../src/pipeline/files.ts';
import { missing, testdataDir } from '../builders/decoded-audio.ts';
import { createProgram, parseReports } from '../builders/program.ts';

const recording = 'librispeech/3005/3005-163389-0000.flac';
const skip = missing(['silero-vad', 'moonshine-base', 'segmentation-3.0', 'campplus'], [recording]);

test('a glossary puts a name right that was heard otherwise, and nothing is heard twice for it', { skip }, async t => {
  const program = createProgram(t);
  const glossary = path.join(program.folder, 'terms.txt');
  const args = ['transcribe', path.join(testdataDir, recording), '--model', 'moonshine-base', '--json'];
  const transcribe = async (more: string[], env = {}) => {
    const { status, stdout, stderr } = await program.run([...args, ...more, '--out', program.outDir], env);
    assert.equal(status, 0, stderr);
    const [report] = parseReports(stdout);
    const read = (name: string): unknown => JSON.parse(fs.readFileSync(path.join(report?.folder ?? '', name), 'utf8'));
    return {
      report,
      ...transcriptFileSchema.parse(read('transcript.json')),
      meta: metaFileSchema.parse(read('meta.json')),
    };
  };

  const before = await transcribe([]);
  assert.match(before.turns[0]?.text ?? '', /in front of Sherbourne's palings/);
  assert.equal(before.meta.glossaryCorrections, 0);

  const installed = path.join(program.folder, 'everywhere.txt');
  fs.writeFileSync(installed, 'palings = palisade\n');
  fs.writeFileSync(glossary, '# Huckleberry Finn\r\nSherburn\r\nBoggs: bogs\r\n');
  const after = await transcribe(['--glossary', glossary], { HANSARD_GLOSSARY: installed });
  assert.match(after.turns[0]?.text ?? '', /in front of Sherburn's palisade as thick/);
  assert.deepEqual(
    after.words.flatMap(({ text, original }) => (original === undefined ? [] : [[text, original]])),
    [
      ["Sherburn's", "Sherbourne's"],
      ['palisade', 'palings'],
    ],
  );
  assert.equal(after.meta.glossaryCorrections, 2);
  assert.equal(after.report?.stages.transcribe?.stored, true);
  assert.equal(after.report?.stages.summarize?.stored, false);

  fs.writeFileSync(glossary, 'Sherburn\nBoggs: a: b\n');
  const refused = await program.run([...args, '--glossary', glossary]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /terms\.txt: Line 2 has more than one colon or equals sign\./);
});
