import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { formatGlossary, parseGlossary } from '../../../src/pipeline/glossary/glossary-text.ts';
import { readGlossary } from '../../../src/pipeline/glossary/read-glossary.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

describe('a glossary', () => {
  test('has terms, spellings on either side, comments and empty lines', () => {
    const text = [
      '\uFEFF# our words',
      'Kubernetes: cooper netties,  kubernetis',
      '',
      'C# # the language',
      'hansart = Hansard',
      '云端：运端、雲段',
      'Grafana',
    ];
    assert.deepEqual(parseGlossary(text.join('\r\n')), [
      { heard: 'cooper netties', written: 'Kubernetes' },
      { heard: 'kubernetis', written: 'Kubernetes' },
      { written: 'C#' },
      { heard: 'hansart', written: 'Hansard' },
      { heard: '运端', written: '云端' },
      { heard: '雲段', written: '云端' },
      { written: 'Grafana' },
    ]);
    assert.deepEqual(parseGlossary(''), []);
  });

  for (const [line, wrong] of [
    ['Kubernetes: a: b', /^Line 2 has more than one colon or equals sign\.$/],
    ['Kubernetes:', /^Line 2 should read: Kubernetes, or with what is heard: /],
    ['= Kubernetes', /^Line 2 should read: /],
    ['…', /^Line 2 should read: /],
    ['Kubernetes: a,,b', /^Line 2 should read: /],
    ['x'.repeat(81), /^Line 2 is too long: at most 80 letters to a term\.$/],
    [`X: ${Array.from({ length: 501 }, (_, index) => index).join()}`, /^Line 2 is one too many: .* at most 500 terms/],
  ] as const)
    test(`is refused for ${line.slice(0, 20)}, with the line`, () => {
      assert.match(String(parseGlossary(`Hansard\n${line}`)), wrong);
    });

  test('is written as it is read', () => {
    const lines = ['Kubernetes: cooper netties, kubernetis', 'Grafana'];
    const glossary = parseGlossary(lines.join('\n'));
    assert.ok(typeof glossary !== 'string');
    assert.deepEqual(formatGlossary(glossary), lines);
  });
});

test('a file that is no glossary is refused with its name and what to do', async t => {
  const folder = await makeTemporaryFolder(t);
  const write = (name: string, content: string | Uint8Array) => {
    fs.writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const refuses = (file: string, why: RegExp) =>
    assert.throws(
      () => readGlossary(file, 'invalid_usage'),
      error => error instanceof HansardError && error.code === 'invalid_usage' && why.test(error.detail),
    );
  assert.deepEqual(readGlossary(write('good.txt', 'Hansard\n'), 'invalid_usage'), [{ written: 'Hansard' }]);
  refuses(path.join(folder, 'none.txt'), /none\.txt: it cannot be read\. Check the path/);
  refuses(folder, /it cannot be read/);
  refuses(write('old.txt', Uint8Array.of(0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72)), /no UTF-8 text\. Save it/);
  refuses(write('large.txt', '#'.repeat(1_000_001)), /larger than 1 MB/);
  refuses(write('bad.txt', 'a\nb: c: d'), /bad\.txt: Line 2 has more than one colon/);
});
