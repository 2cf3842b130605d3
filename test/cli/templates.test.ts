import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { loadOwnPrompts } from '../../src/gpu-worker/language-model/own-prompts.ts';
import { checkSetting } from '../../src/pipeline/known-settings.ts';
import { loadOwnTemplates } from '../../src/pipeline/render/own-templates.ts';
import { renderFiles } from '../../src/pipeline/render/render-files.ts';
import { OUR_TEMPLATES } from '../../src/pipeline/render/templates.ts';
import { minutes } from '../builders/meeting.ts';
import { createProgram } from '../builders/program.ts';

function withFiles(t: TestContext, files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  return folder;
}

function render(folder: string, summaryTemplate?: string): string {
  const meeting = minutes();
  const meta = { ...meeting.meta, options: { ...meeting.meta.options, ...(summaryTemplate && { summaryTemplate }) } };
  return renderFiles({ ...meeting, meta }, loadOwnTemplates(folder).templates).get('summary.md') ?? '';
}

const OWN = 'OUR HOUSE: {{title}}\n{{#each decisions}}* {{text}}\n{{/each}}';

test('each of ours says its version', () => {
  for (const file of fs.readdirSync(OUR_TEMPLATES).filter(name => name.endsWith('.hbs')))
    assert.match(fs.readFileSync(path.join(OUR_TEMPLATES, file), 'utf8'), /^\{\{! version \d+ \}\}\n/, file);
});

describe('templates of one’s own', () => {
  test('stand for ours', t => {
    assert.match(
      render(withFiles(t, { 'summary.md.hbs': OWN })),
      /^OUR HOUSE: Garden shed\n\* The shed is painted green/,
    );
  });

  test('are chosen by their name, and only then', t => {
    const folder = withFiles(t, { 'summary-board.md.hbs': OWN });
    assert.match(render(folder, 'board'), /^OUR HOUSE/);
    assert.match(render(folder), /^# Garden shed/);
    assert.match(render(folder, 'gone'), /^# Garden shed/, 'a name that is no longer there');
    checkSetting('slack:C0123456789', 'summary-template', 'board');
    assert.throws(() => checkSetting('slack:C0123456789', 'summary-template', '../board'), /summary-template/);
  });

  const broken: [string, Record<string, string>, RegExp][] = [
    ['a mistake in its form', { 'summary.md.hbs': '{{#each decisions}}{{text}}' }, /Parse error/],
    ['an unknown placeholder', { 'summary.md.hbs': '{{title}} {{budget}}' }, /"budget" not defined/],
    ['an unknown helper', { 'summary.md.hbs': '{{title}} {{shout title}}' }, /shout/],
    ['nothing of the meeting', { 'summary.md.hbs': 'Hello' }, /shows nothing of the meeting/],
    ['too many bytes', { 'summary.md.hbs': 'x'.repeat(300_000) }, /at most 256000/],
    [
      'an endless output',
      { 'summary.md.hbs': `{{#each turns}}{{#each @root.turns}}${'shed'.repeat(50_000)}{{/each}}{{/each}}` },
      /characters of a short sample/,
    ],
    ['a bad name', { 'summary-Über Uns.md.hbs': OWN }, /is no name/],
    ['a name that nothing has', { 'sumary.md.hbs': OWN }, /no template has this name/],
  ];
  for (const [what, files, problem] of broken)
    test(`with ${what} are left out, with the reason, and ours are used`, t => {
      const folder = withFiles(t, files);
      const { reports } = loadOwnTemplates(folder);
      assert.equal(reports.length, 1);
      assert.match(reports[0]?.problem ?? '', problem);
      assert.match(render(folder), /^# Garden shed/);
    });

  test('a prompt must show the words, the turns and the language; a broken one is ours', t => {
    const good = 'Notes in {{language}}: {{#each lines}}{{id}} {{text}}{{/each}}';
    const given = { language: 'de', style: 'standard', lines: [], part: 1, parts: 1 } as const;
    const own = loadOwnPrompts(withFiles(t, { 'summarize.hbs': good }));
    assert.deepEqual(own.reports, [{ file: 'summarize.hbs', problem: undefined, notice: undefined }]);
    assert.equal(own.prompts.part(given), 'Notes in de: ');
    for (const [source, problem] of [
      ['Notes in {{language}}', /does not show what was said/],
      ['{{#each lines}}{{id}} {{text}}{{/each}}', /does not show xx-language/],
      ['{{language}} {{#each lines}}{{text}}{{/each}}', /does not show T0001/],
      ['{{#if', /Parse error/],
    ] as const) {
      const { prompts, reports } = loadOwnPrompts(withFiles(t, { 'summarize.hbs': source }));
      assert.match(reports[0]?.problem ?? '', problem);
      assert.match(prompts.part(given), /You write the minutes/);
    }
  });

  test('are used when written for another version, and it is said what to do', t => {
    for (const [first, notice] of [
      ['', undefined],
      ['{{! version 1 }}\n', undefined],
      ['{{!-- version 0 --}}\n', /for version 0 of summary\.md\.hbs, which is at 1 now: .*write \{\{! version 1 \}\}/],
      ['{{! version 2, ours }}\n', /for version 2 .*, which is at 1 in this Hansard: update Hansard, or begin with/],
    ] as const) {
      const folder = withFiles(t, { 'summary.md.hbs': first + OWN, 'summary-board.md.hbs': first + OWN });
      for (const report of loadOwnTemplates(folder).reports) {
        assert.equal(report.problem, undefined);
        if (notice) assert.match(report.notice ?? '', notice);
        else assert.equal(report.notice, undefined);
      }
      assert.match(render(folder), /^OUR HOUSE/, 'nothing is seen of the line');
    }
    const [report] = loadOwnPrompts(withFiles(t, { 'summarize.hbs': '{{! version 99 }}\n{{#if' })).reports;
    assert.match(report?.problem ?? '', /Parse error/);
    assert.match(report?.notice ?? '', /for version 99 of summarize\.hbs/);
  });

  test('are known by their content, where they are used', t => {
    const hashes = ['{{title}} shed', '{{title}} shed.', '{{budget}}'].map(
      source => loadOwnTemplates(withFiles(t, { 'summary.md.hbs': source })).templates.hash,
    );
    assert.equal(new Set(hashes).size, 3);
    assert.deepEqual([hashes[2], loadOwnTemplates('nowhere').templates.hash], [undefined, undefined]);
    const prompt = 'In {{language}}: {{#each notes}}{{text}}{{/each}}';
    const { hash } = loadOwnPrompts(withFiles(t, { 'summarize-parts.hbs': prompt }));
    assert.match(hash ?? '', /^[0-9a-f]{64}$/);
    assert.notEqual(loadOwnPrompts(withFiles(t, { 'summarize-parts.hbs': `${prompt}.` })).hash, hash);
  });

  test('the command lists, checks and previews them', async t => {
    const program = createProgram(t);
    const board = `{{! version 9 }}\n${OWN}`;
    const folder = withFiles(t, { 'summary-board.md.hbs': board, 'summary.md.hbs': '{{budget}}' });
    const env = { HANSARD_TEMPLATES: folder };
    const listed = await program.run(['templates', 'list'], env);
    assert.match(listed.stdout, /transcript\.md\.hbs +ours\n/);
    assert.match(listed.stdout, /summary-board\.md\.hbs +your own; it was written for version 9 of summary\.md\.hbs/);
    const checked = await program.run(['templates', 'check'], env);
    assert.equal(checked.status, 3);
    assert.match(checked.stdout, /^summary\.md\.hbs: broken, ours is used: "budget" not defined/m);
    const shown = await program.run(['templates', 'preview', 'summary.md', '--template', 'board'], env);
    assert.match(shown.stdout, /^OUR HOUSE: Colour of the shed/);
  });
});
