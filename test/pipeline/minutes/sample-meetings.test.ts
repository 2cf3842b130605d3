/** Recall and precision on the facts of the sample meetings: floors that may rise and must not fall. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { contentStems, overlapOf } from '../../../src/pipeline/minutes/words.ts';
import { transcriptOf } from './build-transcript.ts';
import { minutesOf } from './summarize-meeting.ts';

const folder = path.join(import.meta.dirname, '../../../../shared/testdata/meetings');
const skip = fs.existsSync(folder) ? false : 'the sample meetings (shared/testdata) are not here';

const text = z.object({ text: z.string() });
const factsSchema = z.object({
  decisions: z.array(text),
  action_items: z.array(
    text.extend({ owner: z.string().nullable(), due_date: z.string().nullable(), status: z.string() }),
  ),
  questions: z.array(text),
});
const truthSchema = z.object({
  date: z.string(),
  segments: z.array(z.object({ speaker: z.string(), text: z.string(), start: z.number(), end: z.number() })),
});

const read = <T>(file: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')));

async function compare(name: string) {
  const { date, segments } = read(`${name}.truth.json`, truthSchema);
  return { facts: read(`${name}.facts.json`, factsSchema), found: await minutesOf(transcriptOf(segments), date) };
}

/** Facts are worded by a person, so a third of the shorter one's words in common is the same thing. */
function isSame(one: { text: string }, other: { text: string }): boolean {
  return overlapOf(contentStems(one.text), contentStems(other.text)) >= 0.34;
}

for (const name of ['standup', 'planning', 'interview']) {
  test(`${name}: every decision is found and none is invented`, { skip }, async () => {
    const { facts, found } = await compare(name);
    assert.equal(found.decisions.length, facts.decisions.length);
    for (const fact of facts.decisions)
      assert.ok(
        found.decisions.some(one => isSame(one, fact)),
        fact.text,
      );
  });

  test(`${name}: every task is found with owner, date and last state, and none is invented`, { skip }, async () => {
    const { facts, found } = await compare(name);
    assert.equal(found.actionItems.length, facts.action_items.length);
    for (const fact of facts.action_items) {
      const same = found.actionItems.filter(one => isSame(one, fact));
      assert.ok(
        same.some(
          one => one.owner === fact.owner && (one.due?.date ?? null) === fact.due_date && one.status === fact.status,
        ),
        `${fact.text}: ${JSON.stringify(same)}`,
      );
    }
  });

  test(`${name}: the open questions are found and no answered one is`, { skip }, async () => {
    const { facts, found } = await compare(name);
    assert.equal(found.questions.length, facts.questions.length);
  });

  test(`${name}: all that is found is verified`, { skip }, async () => {
    const { decisions, actionItems, questions, numbers } = (await compare(name)).found;
    const items = [...decisions, ...actionItems, ...questions, ...numbers];
    assert.deepEqual(
      items.filter(({ verified }) => !verified),
      [],
    );
  });
}

test('planning: the traps are not walked into', { skip }, async () => {
  const { found } = await compare('planning');
  const { decisions, numbers, abstract } = found;
  const told = [abstract, ...[...decisions, ...numbers].map(one => one.text)].join('\n');
  assert.doesNotMatch(told, /million/i);
  const decided = decisions.map(one => one.text).join('\n');
  assert.doesNotMatch(decided, /full-time|one twenty-nine|forty-five thousand/i);
  assert.match(decided, /nineteenth of January/);
});
