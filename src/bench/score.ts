/** All marks of one recording. Everything is a count, so that recordings can be added up. */
import { countCharacterErrors, isCountedByCharacters } from './character-errors.ts';
import { countSpeakerWordErrors } from './cp-word-errors.ts';
import { countDiarizationErrors, type DiarizationErrors, type VoiceSpan } from './diarization-errors.ts';
import { countInventedWords } from './invented-words.ts';
import type { Truth } from './read-truth.ts';
import { countWordErrors, type Utterance, type WordErrors } from './word-errors.ts';
import { measureWordStarts, type TimedWord } from './word-times.ts';

/** What a program made of a recording. */
export interface Hypothesis {
  durationMs: number;
  /** In the order of the text. */
  words: readonly TimedWord[];
  /** Words with voices; null for a program that only recognises words. */
  turns: readonly Utterance[] | null;
  /** Null for a program that does not tell voices apart. */
  spans: readonly VoiceSpan[] | null;
}

/** Null where the truth, or the program, has nothing to compare. */
export interface Score {
  wordErrors: WordErrors | null;
  speakerWordErrors: WordErrors | null;
  /** In place of the two above where characters are counted; its `words` are characters. */
  characterErrors: WordErrors | null;
  diarization: DiarizationErrors | null;
  diarizationWithCollar: DiarizationErrors | null;
  speakers: { truth: number; found: number } | null;
  wordStarts: { words: number; errorsMs: number[] } | null;
  inventedWords: number | null;
}

/** On both sides of each start and end in the truth; what NIST's evaluations used. */
export const COLLAR_MS = 250;

export async function scoreRecording(truth: Truth, hypothesis: Hypothesis): Promise<Score> {
  const { utterances, text: trueText, words: trueWords, spans: trueSpans } = truth;
  const { durationMs, words, turns, spans } = hypothesis;
  const text = words.map(word => ({ ...word, speaker: '' }));
  const diarization = (collarMs: number) =>
    trueSpans && spans
      ? countDiarizationErrors({ reference: trueSpans, hypothesis: spans, durationMs, collarMs })
      : null;
  const alone = trueText === undefined ? undefined : [{ speaker: '', startMs: 0, endMs: durationMs, text: trueText }];
  const said = utterances ?? alone;
  const byCharacters = said !== undefined && isCountedByCharacters(said);
  const speech = trueSpans || utterances ? [...(trueSpans ?? []), ...(utterances ?? [])] : undefined;
  return {
    wordErrors: said && !byCharacters ? countWordErrors(said, text) : null,
    speakerWordErrors: utterances && turns && !byCharacters ? countSpeakerWordErrors(utterances, turns) : null,
    characterErrors: byCharacters ? await countCharacterErrors(said, text) : null,
    diarization: diarization(0),
    diarizationWithCollar: diarization(COLLAR_MS),
    speakers: trueSpans && spans ? { truth: countSpeakers(trueSpans), found: countSpeakers(spans) } : null,
    wordStarts: trueWords ? { words: trueWords.length, errorsMs: measureWordStarts(trueWords, words) } : null,
    inventedWords: speech ? countInventedWords(words, speech) : null,
  };
}

function countSpeakers(spans: readonly VoiceSpan[]): number {
  return new Set(spans.map(({ speaker }) => speaker)).size;
}
