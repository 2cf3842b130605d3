import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { createProgram } from '../builders/program.ts';

const facts = {
  meeting_date: '2026-11-17',
  decisions: [{ text: 'Paint the shed green' }],
  action_items: [{ text: 'Buy the paint', owner: 'Ben', due_date: '2026-11-20' }],
  questions: [],
};
const lines = [
  ['Ana', "Okay, then we paint the shed green. That's decided."],
  ['Ben', "I'll buy the paint by Friday."],
];
const truth = { segments: lines.map(([speaker, text], at) => ({ start: at * 5, end: at * 5 + 4, speaker, text })) };
const report = z.object({
  model: z.string(),
  total: z.object({
    score: z.object({ decisions: z.object({ right: z.number() }), owners: z.number(), dues: z.number() }),
  }),
});

describe('bench --summary', { concurrency: true }, () => {
  test('prints figures of the rules', async t => {
    const program = createProgram(t);
    fs.writeFileSync(path.join(program.folder, 'shed.facts.json'), JSON.stringify(facts));
    fs.writeFileSync(path.join(program.folder, 'shed.truth.json'), JSON.stringify(truth));
    const { status, stdout, stderr } = await program.run(['bench', '--summary', program.folder, '--json']);
    assert.equal(status, 0, stderr);
    const { model, total } = report.parse(JSON.parse(stdout));
    assert.deepEqual([model, total.score.decisions.right, total.score.owners, total.score.dues], ['rules', 1, 1, 1]);
  });

  test('says what is missing: facts, a well-formed file, the language model', async t => {
    const program = createProgram(t);
    const empty = await program.run(['bench', '--summary', program.folder]);
    assert.equal(empty.status, 2);
    assert.match(empty.stderr, /neither NAME\.facts\.json/);
    fs.writeFileSync(path.join(program.folder, 'shed.truth.json'), JSON.stringify(truth));
    fs.writeFileSync(path.join(program.folder, 'shed.facts.json'), '{"decisions": 3}');
    const broken = await program.run(['bench', '--summary', program.folder]);
    assert.equal(broken.status, 3);
    assert.match(broken.stderr, /shed\.facts\.json/);
    fs.writeFileSync(path.join(program.folder, 'shed.facts.json'), JSON.stringify(facts));
    const offline = await program.run(['bench', '--summary', program.folder, '--summarizer', 'model']);
    assert.equal(offline.status, 3);
    assert.match(offline.stderr, /No Ollama answers/);
  });
});
