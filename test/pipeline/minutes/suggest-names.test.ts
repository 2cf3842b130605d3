import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import type { Transcript } from '../../../src/pipeline/meeting.ts';
import { suggestNames } from '../../../src/pipeline/minutes/suggest-names.ts';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { nameSpeakers } from '../../../src/pipeline/stages/name-speakers.ts';
import { nameChannel } from '../../../src/pipeline/tracks.ts';
import { say, transcription } from '../../builders/meeting.ts';

const MEETINGS = '../shared/testdata/meetings';
const absent = fs.existsSync(MEETINGS) ? false : 'the test recordings are not there';

/** Lines as `A: Hello there.`, one after the other. */
function talk(...lines: string[]): Transcript {
  let atMs = 0;
  const voices = new Map<string, number>();
  const said = lines.map(line => {
    const [who = '', text = ''] = line.split(': ', 2);
    const voice = voices.get(who) ?? voices.size;
    voices.set(who, voice);
    const words = say(atMs, text);
    const span = { speaker: voice, startMs: atMs, endMs: words.at(-1)?.endMs ?? atMs };
    atMs = span.endMs + 300;
    return { words, span };
  });
  const spans = said.map(({ span }) => span);
  return assignSpeakers(transcription(...said.map(({ words }) => words)), { spans }, atMs);
}

const names = (transcript: Transcript) =>
  Object.fromEntries([...suggestNames(transcript)].map(([speaker, { name }]) => [speaker, name]));

test('whoever is called answers next', () => {
  const transcript = talk('A: Good morning. Kenji, can you start?', 'B: Yes, the order is placed.', 'A: Great.');
  const suggestion = suggestNames(transcript).get('SPEAKER_01');
  assert.equal(suggestion?.name, 'Kenji');
  assert.equal(suggestion?.evidence?.quote, 'Kenji, can you start?');
  assert.deepEqual(names(transcript), { SPEAKER_01: 'Kenji' });
});

test('whoever is thanked has just spoken; at the beginning, when nobody has, they answer', () => {
  assert.deepEqual(names(talk('A: The pumps are in.', 'B: Thanks, Leila. The rest waits.', 'C: Fine with me.')), {
    SPEAKER_00: 'Leila',
  });
  assert.deepEqual(names(talk('A: Thanks for coming, Rosa. May I record this?', 'B: Yes, go ahead.')), {
    SPEAKER_01: 'Rosa',
  });
});

test('who introduces themselves is who they say', () => {
  for (const line of [
    "Hello, I'm Marcus, from support.",
    'My name is Marcus.',
    'Hi, this is Marcus.',
    'Marcus here, sorry.',
  ])
    assert.deepEqual(names(talk(`A: ${line}`, 'B: Welcome.')), { SPEAKER_00: 'Marcus' }, line);
});

test('a channel that is somebody’s says nothing of who that is', () => {
  const transcript = talk("A: Good morning, I'm Marcus, from support.", 'B: Good morning.');
  const channels = { SPEAKER_00: nameChannel(0, 2), SPEAKER_01: nameChannel(1, 2) };
  assert.deepEqual(names(nameSpeakers(transcript, { names: channels })), { SPEAKER_00: 'Marcus' });
  assert.deepEqual(names(nameSpeakers(transcript, { names: { SPEAKER_00: nameChannel(11, 16) } })), {
    SPEAKER_00: 'Marcus',
  });
  assert.deepEqual(names(nameSpeakers(transcript, { names: { SPEAKER_00: 'Channel manager' } })), {});
});

test('a name that two speakers answer to is nobody, and so is one of somebody else', () => {
  const twice = talk('A: Kenji, can you start?', 'B: I can.', 'A: Kenji, what do you say?', 'C: Nothing.');
  assert.deepEqual(names(twice), {});
  const known = nameSpeakers(talk('A: Kenji, can you start?', 'B: I can.', 'C: Me too.'), {
    names: { SPEAKER_02: 'Kenji' },
  });
  assert.deepEqual(names(known), {});
  assert.deepEqual(names(talk('A: I will ask Priya tomorrow.', 'B: This is fine.', "A: I'm sure.")), {});
});

test('the last one who is called answers, and nobody after a long pause', () => {
  assert.deepEqual(
    names(talk('A: Good point, everybody. Maya, you too. Kenji, what do you think?', 'B: It is fine.')),
    {
      SPEAKER_01: 'Kenji',
    },
  );
});

const truth = z.object({
  segments: z.array(
    z.object({ speaker: z.string(), words: z.array(z.tuple([z.string(), z.number(), z.number()])).optional() }),
  ),
});

for (const meeting of ['standup', 'planning', 'interview'])
  test(`every name suggested in ${meeting} is right`, { skip: absent }, () => {
    const { segments } = truth.parse(JSON.parse(fs.readFileSync(`${MEETINGS}/${meeting}.truth.json`, 'utf8')));
    const who = [...new Set(segments.map(({ speaker }) => speaker))];
    const timed = segments.map(({ speaker, words = [] }) => ({
      voice: who.indexOf(speaker),
      words: words.map(([text, start, end]) => ({ text, startMs: start * 1000, endMs: end * 1000, confidence: 1 })),
    }));
    const spans = timed.flatMap(({ voice, words }) =>
      words.map(({ startMs, endMs }) => ({ speaker: voice, startMs, endMs })),
    );
    const transcript = assignSpeakers(transcription(...timed.map(({ words }) => words)), { spans }, 600_000);
    const suggestions = suggestNames(transcript);
    assert.ok(suggestions.size > 0);
    for (const [speaker, { name, evidence }] of suggestions) {
      const turn = transcript.turns.find(one => one.speaker === speaker);
      const voice = timed.findIndex(({ words }) => words.some(word => word.startMs === turn?.startMs));
      assert.equal(name, who[timed[voice]?.voice ?? -1]);
      assert.ok(
        transcript.turns.some(({ text }) => text.includes(evidence?.quote ?? '?')),
        evidence?.quote,
      );
    }
  });
