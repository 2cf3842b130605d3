import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optionsOfChannel } from '../../src/bot/channel-settings.ts';
import { GLOSSARY_HINT, keepHidden, MOST_GLOSSARY_CHARACTERS, showGlossary } from '../../src/bot/settings-text.ts';
import { parseGlossary } from '../../src/pipeline/glossary/glossary-text.ts';

test('what of a glossary cannot be shown stays when the rest is changed', () => {
  const odd = { heard: 'ratio 1:2', written: 'half' };
  const many = Array.from({ length: 100 }, (_, index) => ({
    heard: `${index} ${'x'.repeat(60)}`,
    written: `Term ${index}`,
  }));
  const { text, hidden } = showGlossary([odd, ...many]);
  assert.ok(text.length <= MOST_GLOSSARY_CHARACTERS);
  const shown = parseGlossary(text);
  assert.ok(typeof shown !== 'string');
  assert.deepEqual([...hidden.slice(0, 1), ...shown, ...hidden.slice(1)], [odd, ...many]);
  const changed = keepHidden([odd, ...many], [{ written: 'Hansard' }]);
  assert.deepEqual(changed, [...hidden, { written: 'Hansard' }]);
  assert.deepEqual(keepHidden([{ written: 'Hansard' }], []), []);
});

test('the hint fits the form of Discord', () => {
  assert.ok(GLOSSARY_HINT.length <= 100);
});

test("a channel's terms count beside those of the installation, and before them", () => {
  const everywhere = {
    ...{ language: 'auto', model: 'moonshine-base', summarizer: 'auto' as const, timeZone: 'UTC' },
    ...{
      minSpeakers: 0,
      maxSpeakers: 4,
      glossary: [{ written: 'Hansard' }, { heard: 'graf ana', written: 'Graf Ana' }],
    },
  };
  const nothing = {
    ...{ auto: undefined, language: undefined, summaryLanguage: undefined, summaryStyle: undefined, target: undefined },
    ...{ summaryTemplate: undefined, consent: undefined, forgetDeleted: undefined, retention: undefined },
  };
  const own = [{ heard: 'Graf Ana', written: 'Grafana' }];
  assert.deepEqual(optionsOfChannel({ ...nothing, glossary: own }, everywhere).glossary, [
    { written: 'Hansard' },
    ...own,
  ]);
  assert.deepEqual(optionsOfChannel({ ...nothing, glossary: undefined }, everywhere).glossary, everywhere.glossary);
});
