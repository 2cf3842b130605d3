import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Word } from '../../../src/pipeline/meeting.ts';
import { assignSpeakers } from '../../../src/pipeline/stages/assign-speakers.ts';
import { mergeSpeakers } from '../../../src/pipeline/stages/merge-speakers.ts';
import { voicesOfTracks } from '../../../src/pipeline/tracks.ts';
import { say, transcription } from '../../builders/meeting.ts';

const people = ['ada', 'sam', 'kim'].map((name, index) => ({
  name,
  user: { platform: 'discord' as const, id: `${index}`, userName: name },
}));

/** Words of a track; the speech on it is where they are. */
function on(voice: number, words: readonly Word[]): Word[] {
  return words.map(word => ({ ...word, voice }));
}

function assign(...lines: Word[][]) {
  const heard = transcription(...lines);
  const tracked = { ...heard, speech: lines.map(line => ({ ...line[0]!, endMs: line.at(-1)!.endMs })) };
  return assignSpeakers(tracked, voicesOfTracks(tracked), 60_000, people);
}

const read = ({ turns, speakers }: ReturnType<typeof assign>) =>
  turns.map(({ speaker, text, overlap }) => {
    const { label } = speakers.find(({ id }) => id === speaker)!;
    return `${label}${overlap ? '*' : ''}: ${text}`;
  });

describe('people who talk at once', () => {
  test('keep their sentences whole, and the overlap is marked', () => {
    const transcript = assign(
      on(0, say(0, 'We paint the whole shed green. It is cheap.')),
      on(1, say(700, 'No, we paint it red!')),
    );
    assert.deepEqual(read(transcript), [
      'ada*: We paint the whole shed green.',
      'sam*: No, we paint it red!',
      'ada*: It is cheap.',
    ]);
  });

  test('have an interjection behind the sentence that it fell into', () => {
    const transcript = assign(on(0, say(0, 'We paint the shed green. And the door too.')), on(2, say(400, 'Yeah.')));
    assert.deepEqual(read(transcript), ['ada*: We paint the shed green.', 'kim*: Yeah.', 'ada: And the door too.']);
  });

  test('let others in where they pause', () => {
    const transcript = assign(
      on(0, say(0, 'I think we')),
      on(1, say(1_000, 'What?')),
      on(0, say(1_600, 'should wait')),
    );
    assert.deepEqual(read(transcript), ['ada: I think we', 'sam: What?', 'ada: should wait']);
  });

  test('are named from the start, with their user', () => {
    const { speakers } = assign(on(1, say(0, 'Me first.')), on(0, say(2_000, 'Then me.')));
    assert.deepEqual(
      speakers.map(({ id, label, user }) => [id, label, user?.id]),
      [
        ['SPEAKER_00', 'sam', '1'],
        ['SPEAKER_01', 'ada', '0'],
      ],
    );
  });

  test('may be one person after all', () => {
    const transcript = assign(
      on(0, say(0, 'We paint it green. Now.')),
      on(1, say(300, 'Why?')),
      on(2, say(6_000, 'So.')),
    );
    const merged = mergeSpeakers(transcript, { SPEAKER_01: 'SPEAKER_00' });
    assert.deepEqual(read(merged).at(-1), 'kim: So.');
    assert.deepEqual(
      merged.speakers.map(({ label }) => label),
      ['ada', 'kim'],
    );
    assert.equal(merged.turns.flatMap(({ words }) => words).length, 7);
  });

  test('lose no word, and each turn is one speaker, in time order', () => {
    const line = fc.record({
      voice: fc.nat(2),
      startMs: fc.nat(50_000),
      text: fc.constantFrom('Yes.', 'so we do it', 'Is it? It is.'),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), lines => {
        const said = lines.map(({ voice, startMs, text }) => on(voice, say(startMs, text)));
        const { turns } = assign(...said);
        assert.equal(turns.flatMap(({ words }) => words).length, said.flat().length);
        for (const [index, { words, speaker, startMs }] of turns.entries()) {
          assert.ok(words.every(word => word.speaker === speaker));
          assert.ok(startMs >= (turns[index - 1]?.startMs ?? 0));
        }
      }),
    );
  });
});
