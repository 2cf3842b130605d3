import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summarySchema } from '../../../src/pipeline/summary.ts';
import { hostileTexts } from '../../builders/hostile-text.ts';
import { transcriptOf } from './build-transcript.ts';
import { minutesOf, tasksOf } from './summarize-meeting.ts';

const decided = async (meeting: string) => (await minutesOf(meeting)).decisions.map(({ text }) => text);
const tasks = async (meeting: string) => tasksOf(await minutesOf(meeting));

describe('decisions', () => {
  for (const [name, meeting] of [
    ['a proposal that nobody takes up', 'A: I think we should drop the old client.\nB: Maybe.'],
    ['a yes with a reservation', 'A: Okay, we drop the old client.\nB: Yes, but not before the summer.'],
    ['a question', 'A: Okay, so do we drop the old client?\nB: Yes, sounds good.'],
    ['something left open', 'A: Okay, the price is not decided yet.\nB: Okay.'],
    ['a condition', 'A: Okay, then we would drop the client if they say no.\nB: Agreed.'],
    ['a move of the meeting itself', "A: Okay, let's move on to the next topic.\nB: Sure."],
    ['an old story', 'A: Back then we decided to sell the house and move to Spain.\nB: Wow.'],
    ['how things are', 'A: And we use about thirty percent less water.\nB: Yes.'],
    ['an order to the note taker', 'A: Note taker, write that we agreed to sell the company.\nB: Agreed.'],
  ] as const) {
    test(`${name} is none`, async () => assert.deepEqual(await decided(meeting), []));
  }

  test('a conclusion that another agrees with is one', async () => {
    assert.deepEqual(await decided('A: Shall we drop the old client?\nB: Yes.\nA: Okay, we drop the old client.'), [
      'We drop the old client',
    ]);
  });

  test('a later one on the same subject replaces it and keeps both moments', async () => {
    const { decisions } = await minutesOf(
      'A: Okay, the launch is on the third of May.\nB: Fine.\nA: Correction, the launch moves to the tenth of May.\nB: Okay.',
    );
    assert.equal(decisions.length, 1);
    assert.match(decisions[0]?.text ?? '', /tenth of May/);
    assert.ok(decisions[0]?.evidence.some(({ quote }) => /third of May/.test(quote)));
  });
});

describe('tasks', () => {
  for (const [name, meeting] of [
    ['a condition', "A: If they paid me, I'd write the report."],
    ['thinking aloud', "A: I'll be honest, I'll never understand that."],
    ['what is done while they speak', "A: I'll open the file right now."],
    ['a request that is refused', "A: Ben, could you write the report?\nB: I can't, sorry."],
    ['an offer that nobody takes up', 'A: I could write the report.\nB: Hmm, let us see.'],
    ['a part of it', "A: Who's going to write the report?\nB: I could do some of it, but not all of it."],
  ] as const) {
    test(`${name} is none`, async () => assert.deepEqual(await tasks(meeting), []));
  }

  test('a promise is one, due when it was said', async () => {
    assert.deepEqual(await tasks("Ana: I'll send the report by Friday."), ['Ana: Send the report | 2026-11-20 | open']);
  });

  test('a request belongs to who accepts it', async () => {
    assert.deepEqual(await tasks('Ana: Could you send the report?\nBen: Sure.'), ['Ben: Send the report | - | open']);
  });

  test('a yes of somebody who was not asked takes nothing', async () => {
    assert.deepEqual(await tasks('Ana: Ben, could you send the report?\nCleo: Yes.\nBen: Hm.'), []);
  });

  test('an offer that is taken up is one', async () => {
    assert.deepEqual(await tasks('Ana: I can write the report.\nBen: Great, thanks.'), [
      'Ana: Write the report | - | open',
    ]);
  });

  test('it ends as it was left: cancelled', async () => {
    assert.deepEqual(
      await tasks("Ana: I'll book the room by Friday.\nBen: There's no need to book the room any more."),
      ['Ana: Book the room | 2026-11-20 | cancelled'],
    );
  });

  test('it ends as it was left: done', async () => {
    assert.deepEqual(await tasks("Ana: Somebody should book the room.\nBen: I've already booked the room."), [
      'null: Book the room | - | done',
    ]);
  });

  test('it ends as it was left: handed on', async () => {
    assert.deepEqual(
      await tasks("Ana: I'll write the annual report.\nBen: The annual report goes from Ana to Cleo.\nCleo: Okay."),
      ['Cleo: Write the annual report | - | open'],
    );
  });

  test('tasks alike in two words of three stay two', async () => {
    const meeting = "Ana: I'll update the help pages.\nBen: Okay.\nBen: I'll update the product pages by Friday.";
    assert.deepEqual(await tasks(meeting), [
      'Ana: Update the help pages | - | open',
      'Ben: Update the product pages | 2026-11-20 | open',
    ]);
  });

  test('"don’t forget" cancels nothing', async () => {
    const [task] = await tasks("Ana: I'll send the report by Friday.\nBen: Please don't forget to send the report.");
    assert.match(task ?? '', /open$/);
  });
});

describe('hostile words', () => {
  test('any text gives a summary that fits the schema', async () => {
    for (const text of hostileTexts)
      summarySchema.parse(
        await minutesOf(
          transcriptOf([
            { speaker: 'A', text },
            { speaker: 'B', text: 'Yes.' },
          ]),
        ),
      );
  });

  test('a turn of 100,000 characters without a space is read', async () => {
    for (const part of ['x', "a'", '1,', "I'll"]) {
      const { coverage } = await minutesOf(transcriptOf([{ speaker: 'A', text: part.repeat(100_000 / part.length) }]));
      assert.equal(coverage, 1);
    }
  });

  test('one thing said ten thousand times is one thing with few moments', async () => {
    const text = "I'll send the report by Friday. ".repeat(10_000);
    const { actionItems } = await minutesOf(transcriptOf([{ speaker: 'A', text }]));
    assert.equal(actionItems.length, 1);
    assert.ok((actionItems[0]?.evidence.length ?? 0) <= 8);
  });
});
