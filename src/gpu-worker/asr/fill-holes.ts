/**
 * Speech that a window's text passes over. Whisper may leave out what one of several people says: then the word before or after it
 * lasts until the text goes on. Such a stretch is heard once more, by itself.
 */
import type { Span, Word } from '../../pipeline/meeting.ts';
import type { Ears, Heard } from './hear-languages.ts';
import type { PieceTranscript } from './piece-transcript.ts';
import { SPEECH, VAD_FRAME_MS } from './vad-frames.ts';

/** Nobody speaks for so long, pauses not counted, to say one word; words of synthetic meetings take 0.9 s at most. */
const LONG_WORD_MS = 1_500;
/** But to say a number: "$42,000" is four words. */
const LONG_NUMBER_MS = 3_000;
/** The bounds of words are off by as much. */
const MARGIN_MS = 100;
/** Mean log-probability per token below which what is heard in the hole is a guess (as in window-guards.ts). */
const LEAST_LOG_PROBABILITY = -1;

interface Hole extends Span {
  /** Of the window, and of its word that lasts too long. */
  window: number;
  word: number;
}

/**
 * The same windows with what was passed over, as far as a second hearing finds more than one word there.
 * @param heard windows in one language each, by Whisper where their transcripts name it
 * @param probabilities of speech, one per frame of speech detection
 */
export async function fillHoles(
  ears: Pick<Ears, 'hearAny'>,
  heard: readonly Heard[],
  probabilities: Float32Array,
): Promise<Heard[]> {
  const filled = heard.map(window => ({ ...window }));
  const found = findHoles(heard, probabilities);
  for (const language of new Set(found.map(({ window }) => heard[window]!.language))) {
    const holes = found.filter(({ window }) => heard[window]!.language === language);
    const spans = holes.map(({ startMs, endMs }) => ({ startMs, endMs }));
    const answers = await ears.hearAny(spans, language);
    // from the last one on, so that the places of those before stay what they are
    for (const [index, hole] of [...holes.entries()].reverse()) {
      const window = filled[hole.window]!;
      window.transcript = insert(window, hole, answers[index]!);
    }
  }
  return filled;
}

function findHoles(heard: readonly Heard[], probabilities: Float32Array): Hole[] {
  return heard.flatMap(({ transcript, ...piece }, window) =>
    (heardByWhisper(transcript) ? transcript.words : []).flatMap((word, index) => {
      // the last word is said to end where the text was closed, not where the next one would begin
      const ends = index === transcript.words.length - 1 ? { ...word, endMs: piece.endMs - piece.startMs } : word;
      const span = placeWord(ends, piece);
      const longestMs = /\d/.test(word.text) ? LONG_NUMBER_MS : LONG_WORD_MS;
      if (measureSpeech(span, probabilities) <= longestMs) return [];
      const startMs = Math.max(piece.startMs, span.startMs - MARGIN_MS);
      const endMs = Math.min(piece.endMs, span.endMs + MARGIN_MS);
      return [{ startMs, endMs, window, word: index }];
    }),
  );
}

/** Only that one says in which language it heard a window; beside it Moonshine may have heard the English ones. */
function heardByWhisper({ language }: PieceTranscript): boolean {
  return language !== undefined;
}

/** The word that lasted too long is heard again too, so it gives way to the answer. */
function insert({ transcript, startMs }: Heard, hole: Hole, answer: PieceTranscript): PieceTranscript {
  const isGuess = answer.logProbability < LEAST_LOG_PROBABILITY * (answer.tokenCount + 1);
  if (answer.words.length < 2 || isGuess) return transcript;
  const shiftMs = hole.startMs - startMs;
  const words = answer.words.map(word => ({
    ...word,
    startMs: word.startMs + shiftMs,
    endMs: word.endMs + shiftMs,
  }));
  return {
    ...transcript,
    words: transcript.words.toSpliced(hole.word, 1, ...words),
    tokenCount: transcript.tokenCount + answer.tokenCount,
    logProbability: transcript.logProbability + answer.logProbability,
  };
}

function placeWord({ startMs, endMs }: Word, piece: Span): Span {
  return { startMs: piece.startMs + startMs, endMs: Math.min(piece.endMs, piece.startMs + endMs) };
}

/** Time within a span in which somebody speaks, in whole frames. */
function measureSpeech({ startMs, endMs }: Span, probabilities: Float32Array): number {
  const frames = probabilities.subarray(Math.floor(startMs / VAD_FRAME_MS), Math.ceil(endMs / VAD_FRAME_MS));
  return frames.filter(probability => probability >= SPEECH).length * VAD_FRAME_MS;
}
