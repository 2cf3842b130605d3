import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summarySchema } from '../../../src/pipeline/summary.ts';
import { hostileTexts } from '../../builders/hostile-text.ts';
import { meetingOf, transcriptOf } from './build-transcript.ts';
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
    ['what one heard elsewhere', "A: Twelve is too much, we've agreed with everybody else.\nB: Okay."],
    ['a phrase that nobody agrees with', 'A: Right, so blue buttons on the left side.\nB: Hmm, wait.'],
    ['an order to the note taker', 'A: Note taker, write that we agreed to sell the company.\nB: Agreed.'],
  ] as const) {
    test(`${name} is none`, async () => assert.deepEqual(await decided(meeting), []));
  }

  test('a conclusion that another agrees with is one', async () => {
    assert.deepEqual(await decided('A: Shall we drop the old client?\nB: Yes.\nA: Okay, we drop the old client.'), [
      'We drop the old client',
    ]);
  });

  for (const [name, meeting, text] of [
    ['a question that is taken up', 'A: Shall we drop the old client?\nB: Agreed.', 'Drop the old client'],
    ['what is given up', "A: We're not doing the dark mode after all.", "We're not doing the dark mode after all"],
    [
      'a phrase',
      'A: Two is good.\nB: Works for me.\nA: So two interns next summer, done.',
      'Two interns next summer, done',
    ],
    ['a choice', 'A: Green tiles or blue tiles?\nB: Blue.\nA: Okay, blue tiles it is.', 'Blue tiles it is'],
    [
      'a rule',
      "A: From now on no late shifts unless I've signed them off.",
      "From now on no late shifts unless I've signed them off",
    ],
    [
      'two sentences with a comma between them',
      'A: Could we rent the microscope?\nB: Then we do that, we rent the microscope for a year.\nA: Fine.',
      'We rent the microscope for a year',
    ],
  ] as const) {
    test(`${name} is one`, async () =>
      assert.ok((await decided(meeting)).includes(text), String(await decided(meeting))));
  }

  test('a choice that says little comes with the question', async () => {
    const [choice] = await decided(
      'A: Are we going with Porto or with Lyon?\nB: I prefer Porto.\nA: Alright, then it is Porto.',
    );
    assert.equal(choice, 'It is Porto (“Are we going with Porto or with Lyon?”)');
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
    ['a figure of speech', "A: I'll give you an example.\nB: Great."],
    ['what is soon done', "A: I'll draw it.\nB: The buttons are round."],
    [
      'somebody’s absence',
      "A: I'm on leave next week, so I can't do the quotes that we need.\nB: I'll take care of it.",
    ],
    ['what somebody can only do', 'A: I can only stay half an hour, by the way.\nB: Okay.'],
    ['a part of it', "A: Who's going to write the report?\nB: I could do some of it, but not all of it."],
  ] as const) {
    test(`${name} is none`, async () => assert.deepEqual(await tasks(meeting), []));
  }

  test('a promise is one, due when it was said', async () => {
    assert.deepEqual(await tasks("Ana: I'll send the report by Friday."), ['Ana: Send the report | 2026-11-20 | open']);
  });

  for (const [name, meeting, task] of [
    [
      'leave it with me',
      "Ana: Leave it with me, I'll put the quote together by Friday.",
      'Ana: Put the quote together | 2026-11-20 | open',
    ],
    ['let somebody know', "Ana: I'll let the caterer know.", 'Ana: Let the caterer know | - | open'],
    [
      'you need to',
      'Ana: Ben, you need to chase the invoice. By Friday, please.\nBen: On it.',
      'Ben: Chase the invoice | 2026-11-20 | open',
    ],
    [
      'would you',
      "Ana: I'd have to ring the supplier.\nBen: Would you? Ideally today.",
      'Ana: Ring the supplier | 2026-11-17 | open',
    ],
    ['an order with a tag', 'Ana: Put the notice up, will you?\nBen: Yes.', 'Ben: Put the notice up | - | open'],
    [
      'what is owed',
      "Ana: Ben, you still owe me the org chart.\nBen: Sorry, you'll get it by Friday.",
      'Ben: The org chart | 2026-11-20 | open',
    ],
    ['a role', 'Ana: The clerk is to publish the minutes by Friday.', 'clerk: Publish the minutes | 2026-11-20 | open'],
    [
      'what was said by another',
      "Ana: Ben, hello.\nAna: Ben said he'd do the flyers.",
      'Ben: Do the flyers | - | open',
    ],
    [
      'the present tense with a day',
      'Ana: I finish the mockups until Friday.',
      'Ana: Finish the mockups | 2026-11-20 | open',
    ],
    [
      'the day of another appointment',
      "Ana: They said Monday, so I'll ring the office tomorrow.",
      'Ana: Ring the office | 2026-11-18 | open',
    ],
    [
      'a lack that somebody makes good',
      "Ana: We need a photographer at Elm Street.\nBen: I'll sort that out.",
      'Ben: We need a photographer at Elm Street | - | open',
    ],
    [
      'another day, agreed at once',
      "Ana: I'll post the ad on the eleventh of December.\nBen: You might want to do that earlier.\nAna: Okay, the fourth of December then.",
      'Ana: Post the ad | 2026-12-04 | open',
    ],
  ] as const) {
    test(`${name}: one`, async () => assert.deepEqual(await tasks(meeting), [task]));
  }

  test('a request belongs to who accepts it', async () => {
    assert.deepEqual(await tasks('Ana: Could you send the report?\nBen: Sure.'), ['Ben: Send the report | - | open']);
  });

  test('an order to a named person is not taken by another’s offer', async () => {
    const meeting = 'Ana: Ben, please place the order this week.\nBen: Very well.\nCleo: I could sell it.';
    assert.deepEqual(await tasks(meeting), ['Ben: Place the order | 2026-11-20 | open']);
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

describe('other languages', () => {
  const meeting =
    'Anna: Heute geht es um den Umzug und um das Budget der Firma.\nBernd: I will send it by Friday, okay.';

  test('are not read by English rules, and their words stay whole', async () => {
    const { abstract, actionItems, warnings } = await minutesOf(meetingOf(meeting, { language: 'de' }));
    assert.match(abstract, /^Heute geht es um den Umzug und um das Budget der Firma\./);
    assert.doesNotMatch(abstract, /No decision/);
    assert.deepEqual([actionItems, warnings.length], [[], 1]);
  });

  test('without spaces between words are quoted', async () => {
    const { abstract } = await minutesOf(meetingOf('甲: 我们讨论新产品的发布时间。', { language: 'zh' }));
    assert.equal(abstract, '我们讨论新产品的发布时间。');
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

  test('wordings that the rules begin to read, and that never end, are read', async () => {
    for (const part of [
      "I'll have it, ",
      'so if we ',
      'can I get the ',
      'an hour and a half ',
      'Anna, can you ',
      '1,1.1 ',
    ]) {
      const text = part.repeat(20_000 / part.length);
      assert.equal((await minutesOf(transcriptOf([{ speaker: 'A', text }]))).coverage, 1);
    }
  });

  test('one thing said ten thousand times is one thing with few moments', async () => {
    const text = "I'll send the report by Friday. ".repeat(10_000);
    const { actionItems } = await minutesOf(transcriptOf([{ speaker: 'A', text }]));
    assert.equal(actionItems.length, 1);
    assert.ok((actionItems[0]?.evidence.length ?? 0) <= 8);
  });
});
