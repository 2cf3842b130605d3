import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyseMeeting } from '../../../src/pipeline/analytics/analyse-meeting.ts';
import { findInterruptions } from '../../../src/pipeline/analytics/find-interruptions.ts';
import type { SpeakerSpan, Word } from '../../../src/pipeline/meeting.ts';
import { assignSpeakers, nameSpans } from '../../../src/pipeline/stages/assign-speakers.ts';
import { say, span, transcription } from '../../builders/meeting.ts';

function analyse(words: Word[][], spans: SpeakerSpan[], durationMs = 60_000) {
  const heard = transcription(...words);
  const transcript = assignSpeakers(heard, { spans }, durationMs);
  return analyseMeeting(transcript, nameSpans(heard.words, spans));
}

test('talk, overlap and silence add up', () => {
  const { meeting, speakers } = analyse(
    [say(0, 'one two three'), say(11_000, 'four five')],
    [span(0, 0, 10_000), span(1, 8_000, 20_000)],
    40_000,
  );
  assert.equal(meeting.talkSeconds, 20);
  assert.equal(meeting.overlapSeconds, 2);
  assert.equal(meeting.silenceShare, 0.5);
  assert.deepEqual(
    speakers.map(({ talkSeconds, talkShare }) => [talkSeconds, talkShare]),
    [
      [10, 0.4545],
      [12, 0.5455],
    ],
  );
});

test('without voices the turns say who talks', () => {
  const { meeting, speakers } = analyse([say(0, 'well then'), say(10_000, 'so be it')], []);
  assert.equal(meeting.talkSeconds, 1.4);
  assert.equal(speakers[0]?.talkShare, 1);
});

test('words, vocabulary, questions and rate are counted', () => {
  const { meeting } = analyse([say(0, 'Is it red? It isn’t red. Really?')], [span(0, 0, 6_000)]);
  assert.equal(meeting.wordCount, 7);
  assert.equal(meeting.distinctWordCount, 5); // is, it, red, isn't, really
  assert.equal(meeting.questionCount, 2);
  assert.equal(meeting.wordsPerSentence, 2.3);
  assert.equal(meeting.wordsPerMinute, 70);
  assert.equal(meeting.lexicalDiversity, null);
});

test('words are found where no spaces are written', () => {
  const { meeting } = analyse([say(0, '我们明天开会吗？')], [span(0, 0, 2_000)]);
  assert.equal(meeting.wordCount, 4); // 我们 明天 开会 吗
  assert.equal(meeting.questionCount, 1);
});

test('diversity is that of 50 words in a row, however long the talk is', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => `w${index}x`).join(' ');
  const once = analyse([say(0, fifty)], [span(0, 0, 15_000)]);
  const thrice = analyse([say(0, `${fifty} ${fifty} ${fifty}`)], [span(0, 0, 45_000)]);
  assert.equal(once.meeting.lexicalDiversity, 1);
  assert.equal(thrice.meeting.lexicalDiversity, 1);
  const dull = analyse([say(0, Array(60).fill('so').join(' '))], [span(0, 0, 18_000)]);
  assert.equal(dull.meeting.lexicalDiversity, 0.02);
});

test('turns of one speaker in a row are one', () => {
  const { meeting, speakers } = analyse(
    [say(0, 'First this.'), say(5_000, 'And then that.'), say(10_000, 'Yes.')],
    [span(0, 0, 7_000), span(1, 10_000, 11_000)],
  );
  assert.equal(meeting.turnCount, 2);
  assert.deepEqual(
    speakers.map(speaker => speaker.turnCount),
    [1, 1],
  );
});

describe('the longest monologue', () => {
  const long = (startMs: number, words: number) => say(startMs, Array(words).fill('word').join(' '));

  test('goes on over a listener’s yes', () => {
    const spans = [span(0, 0, 6_000), span(1, 6_200, 6_500), span(0, 6_700, 12_700)];
    const [first] = analyse([long(0, 20), say(6_200, 'Yes.'), long(6_700, 20)], spans).speakers;
    assert.deepEqual(first?.longestMonologue, { start: 0, end: 12.65 });
  });

  test('ends with another’s turn, and with a long silence', () => {
    const spans = [span(0, 0, 6_000), span(1, 6_200, 9_200), span(0, 9_400, 12_400), span(0, 30_000, 33_000)];
    const [first] = analyse([long(0, 20), long(6_200, 10), long(9_400, 10), long(30_000, 10)], spans).speakers;
    assert.deepEqual(first?.longestMonologue, { start: 0, end: 5.95 });
  });
});

describe('interruptions', () => {
  const named = (speaker: string, startMs: number, endMs: number) => ({ speaker, startMs, endMs });
  const first = named('A', 0, 5_000);

  test('somebody cuts in and goes on', () => {
    assert.deepEqual(findInterruptions([first, named('B', 4_000, 8_000)]), [{ atMs: 4_000, by: 'B', of: 'A' }]);
  });

  test('neither a yes, nor two syllables, nor an attempt that fails, nor a start together counts', () => {
    for (const other of [
      named('B', 3_000, 3_600),
      named('B', 4_600, 8_000),
      named('B', 2_000, 4_500),
      named('B', 300, 8_000),
    ]) {
      assert.deepEqual(findInterruptions([first, other]), []);
    }
  });

  test('are counted on both sides', () => {
    const { meeting, speakers } = analyse(
      [say(0, 'I was going to say that'), say(2_500, 'No, let me say this first')],
      [span(0, 0, 3_500), span(1, 2_300, 5_000)],
    );
    assert.equal(meeting.interruptionCount, 1);
    assert.deepEqual(
      speakers.map(({ interruptionsMade, interruptionsSuffered }) => [interruptionsMade, interruptionsSuffered]),
      [
        [0, 1],
        [1, 0],
      ],
    );
  });
});

test('nothing said is nothing, not an error', () => {
  const { meeting, speakers } = analyse([], [], 0);
  assert.deepEqual(speakers, []);
  assert.equal(meeting.wordsPerMinute, null);
  assert.equal(meeting.silenceShare, 0);
});
