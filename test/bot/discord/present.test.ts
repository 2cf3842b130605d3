import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asDiscord, asRows, DISCORD_ROOM } from '../../../src/bot/discord/components.ts';
import { cutMarkdown, escapeMarkdown } from '../../../src/bot/discord/text.ts';
import { context, list, message, paragraph, visibleLength } from '../../../src/bot/message.ts';
import { type PostedMinutes, presentSummary, SUMMARY_CHARACTERS } from '../../../src/bot/present/present-minutes.ts';
import { presentNotes } from '../../../src/bot/present/present-notes.ts';
import { shownIn } from '../../builders/discord-world.ts';
import { postedMinutes } from '../../builders/posted-minutes.ts';
import { nested, validateMessage } from '../../fakes/discord/validate-components.ts';

function withItems(text: string, count: number): PostedMinutes {
  const evidence = [{ turn: 'T0001', start: 65, end: 70, quote: text }];
  const itemsOf = (letter: string) =>
    Array.from({ length: count }, (_, i) => ({ id: `${letter}${i}`, text, evidence, verified: true, reason: null }));
  const actionItems = itemsOf('A').map(one => ({ ...one, owner: 'Anna', due: null, status: 'open' as const }));
  const summary = { ...postedMinutes.summary, decisions: itemsOf('D'), questions: itemsOf('Q'), numbers: itemsOf('N') };
  return { ...postedMinutes, summary: { ...summary, actionItems } };
}

describe('minutes in Discord', () => {
  test('read well: a title, what was decided, what is to do', () => {
    const [box] = asDiscord(presentSummary(postedMinutes, DISCORD_ROOM)).components;
    const [text] = nested(box).flatMap(({ content }) => (typeof content === 'string' ? content.split('\n### ') : []));
    assert.match(text ?? '', /^## .+\n-# \d+ (s|min) · 2 speakers · \w+ \d+ \w+ \d{4}\n/);
    assert.match(shownIn(box), /### Decisions\\n- `\[\d\d:\d\d\]` .*### Action items\\n☐ /);
  });

  test('are short where everybody sees them, and whole in the thread', () => {
    const long = withItems('We shall do this and that, and the other thing as well, as was said before by all.', 60);
    const summary = presentSummary(long, DISCORD_ROOM);
    assert.deepEqual(validateMessage(asDiscord(summary)), []);
    assert.ok(visibleLength(summary.blocks) <= SUMMARY_CHARACTERS, `${visibleLength(summary.blocks)}`);
    assert.match(shownIn(asDiscord(summary)), /\d+ more in the thread/);
    const notes = presentNotes(long, DISCORD_ROOM).map(one => asDiscord(one));
    for (const one of notes) assert.deepEqual(validateMessage(one), []);
    const moments = notes.flatMap(one => shownIn(one).match(/\[01:05\]/g) ?? []);
    assert.equal(moments.length, 4 * 60, 'nothing is lost to the limits of a message');
  });

  test('have buttons in even rows', () => {
    const button = { type: 2, style: 2, label: 'x', custom_id: 'x' } as const;
    const rowsOf = (count: number) =>
      asRows(Array.from({ length: count }, () => button)).map(row => 'components' in row && row.components.length);
    assert.deepEqual([1, 5, 6, 7, 11].map(rowsOf), [[1], [5], [3, 3], [4, 3], [4, 4, 3]]);
  });
});

describe('texts in Discord', () => {
  test('name nobody, lead nowhere and have no form', () => {
    const escaped = escapeMarkdown('**a** _b_ `c` <@1> [d](https://evil.example) @everyone');
    assert.equal(
      escaped.replaceAll('\u2060', ''),
      '\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\<@1\\> \\[d\\]\\(https://evil.example\\) @everyone',
    );
    assert.doesNotMatch(escaped, /:\/\/|@everyone|evil\.example/);
    assert.equal(escapeMarkdown('- one'), '\\- one');
    assert.equal(escapeMarkdown('12) twelve'), '12\\) twelve');
    assert.equal(escapeMarkdown('costs 3.50, e.g. here'), 'costs 3.50, e.g. here');
  });

  test('are cut where nothing breaks, and end what they began', () => {
    assert.equal(cutMarkdown('short', 10), 'short');
    assert.equal(cutMarkdown(`**${'a'.repeat(20)}**`, 12), '**aaaaaa…**');
    assert.equal(cutMarkdown(`*${'a'.repeat(20)}*`, 12), '*aaaaaaa…*');
    assert.equal(cutMarkdown(`\`${'a'.repeat(20)}\``, 12), '`aaaaaaa…`');
    assert.equal(cutMarkdown(`${'a'.repeat(7)}\\*bbbbbb`, 12), 'aaaaaaa…', 'not within an escape');
    assert.equal(cutMarkdown(`${'a'.repeat(7)}😀bbbbbb`, 12), 'aaaaaaa…');
    for (let most = 5; most < 40; most++) assert.ok(cutMarkdown('**a** *b* `c` \\*d'.repeat(9), most).length <= most);
  });

  test('between marks keep their spaces outside, and a line that is bold as a whole is a heading', () => {
    const pieces = paragraph({ text: ' Anna: ', style: 'bold' }, { text: 'a`b', style: 'code' });
    const blocks = [paragraph({ text: 'Who', style: 'bold' }), pieces, list([[{ text: '# one' }]]), context('# two')];
    const [box] = asDiscord(message('', blocks)).components;
    assert.deepEqual(
      nested(box).flatMap(({ content }) => content ?? []),
      ['### Who\n **Anna:** `aˋb`\n- \\# one\n-# \\# two'],
    );
  });
});
