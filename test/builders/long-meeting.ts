/** A meeting of hours, made up of common words: the same each time. */
import type { Diarization, Word } from '../../src/pipeline/meeting.ts';
import type { Minutes } from '../../src/pipeline/render/minutes.ts';
import { assignSpeakers } from '../../src/pipeline/stages/assign-speakers.ts';
import { item, meta, span, summary } from './meeting.ts';

const WORDS =
  'we the of budget and to plan it that in is for next week this on team not with should be from launch have a'.split(
    ' ',
  );
const WORD_MS = 350;

/** @param wordCount spoken by six people in turns of 3 to 40 words; there is a decision in the last turn */
export function longMeeting(wordCount: number): Minutes {
  const next = countUp();
  const words: Word[] = [];
  const spans: Diarization['spans'] = [];
  let voice = 0;
  while (words.length < wordCount) {
    const count = Math.min(3 + (next() % 38), wordCount - words.length);
    const startMs = words.length * WORD_MS;
    for (let index = 0; index < count; index++) {
      const wordStartMs = startMs + index * WORD_MS;
      const text = `${WORDS[next() % WORDS.length]}${index === count - 1 ? '.' : ''}`;
      words.push({ text, startMs: wordStartMs, endMs: wordStartMs + WORD_MS - 50, confidence: 0.9 });
    }
    spans.push(span(voice, startMs, startMs + count * WORD_MS + (next() % 400)));
    voice = (voice + 1 + (next() % 5)) % 6;
  }
  const heard = { language: 'en', words, speech: [], warnings: [] };
  const diarization = { spans, speakerCount: 6, warnings: [] };
  const transcript = assignSpeakers(heard, diarization, wordCount * WORD_MS);
  const last = transcript.turns.at(-1)!;
  const evidence = [{ turn: last.id, start: last.startMs / 1000, end: last.endMs / 1000, quote: last.text }];
  const decisions = [item('D1', 'The plan stays as it is', { evidence })];
  return { transcription: heard, diarization, transcript, summary: summary({ decisions }), meta: meta() };
}

/** Numbers that look random (linear congruential, Numerical Recipes). */
function countUp(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 16;
  };
}
