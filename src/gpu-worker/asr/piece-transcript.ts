/** What one piece says: words with times and confidence, and how sure the recogniser was of the whole. */
import type { Span, Word } from '../../pipeline/meeting.ts';
import { alignTokens } from './align-tokens.ts';
import type { DecodedPiece } from './greedy-search.ts';
import { groupTokens, type TokenWord } from './token-text.ts';
import { SPEECH, VAD_FRAME_MS } from './vad-frames.ts';

export interface PieceTranscript {
  /** Times from the start of the piece. */
  words: Word[];
  tokenCount: number;
  /** Sum of the natural logs of the tokens' probabilities: 0 is certain. */
  logProbability: number;
  /** ISO 639 code in which it was decoded, where the recogniser knows more than one. */
  language?: string | undefined;
  /** Probability of each language by what was heard, those of 1 % and more. */
  languages?: Record<string, number> | undefined;
}

/** How a recogniser's frames and tokens are to be read. */
export interface Reading {
  frameMs: number;
  /** What frame 0 stands for. */
  firstFrameMs: number;
  groupTokens(tokens: readonly number[]): TokenWord[];
}

/** Moonshine: 895 samples begin a frame at 16 ms, its convolutions step by 64 * 3 * 2, attention runs one frame ahead. */
const MOONSHINE: Reading = { frameMs: 24, firstFrameMs: 40, groupTokens };

/** Times and text for the tokens of a piece of this length. */
export function buildPieceTranscript(decoded: DecodedPiece, lengthMs: number, reading = MOONSHINE): PieceTranscript {
  const { tokens, probabilities, attention } = decoded;
  const frameCount = attention[0]?.length ?? 0;
  const startsMs = alignTokens(attention, frameCount).map(frame => reading.firstFrameMs + frame * reading.frameMs);
  return placeWords(reading.groupTokens(tokens), { startsMs, probabilities }, lengthMs);
}

/**
 * Words whose tokens have times; a word ends where the next begins, the last one with the piece. None lies in the silence behind the piece.
 * @param tokens begin and probability of each token; a begin more, where the recogniser knows when the last one ended
 */
export function placeWords(
  grouped: readonly TokenWord[],
  { startsMs, probabilities }: { startsMs: readonly number[]; probabilities: readonly number[] },
  lengthMs: number,
): PieceTranscript {
  const words = grouped.map((word): Word => {
    const startMs = Math.min(lengthMs, startsMs[word.from]!);
    const own = probabilities.slice(word.from, word.to);
    return {
      text: word.text,
      startMs,
      endMs: Math.max(startMs, Math.min(lengthMs, startsMs[word.to] ?? lengthMs)),
      confidence: Math.exp(sumLogs(own) / own.length),
    };
  });
  return { words, tokenCount: probabilities.length, logProbability: sumLogs(probabilities) };
}

/**
 * Where both speech detection and the recogniser doubt, the words are invented. Real speech fails one of the two at
 * most: in distant, overlapped meetings the mean probability of speech of a piece goes down to 0.4 and the tokens' mean
 * log-probability to -0.5, other languages have 0.75 and -1.4 (measured with Silero v6 and moonshine-base).
 */
const INVENTED_BELOW = { speech: 0.6, logProbability: -0.8 };

/**
 * The words of all pieces in time order, in recording time. A pause at the begin or end of a word is taken off it: the
 * recogniser's attention does not say to which word a pause belongs, but speech detection says where it is. Pieces whose
 * words were invented are left out.
 * @param probabilities of speech, one per frame of speech detection
 */
export function mergePieces(
  pieces: readonly Span[],
  transcripts: readonly PieceTranscript[],
  probabilities: Float32Array,
): Word[] {
  return pieces.flatMap((piece, index) => {
    const transcript = transcripts[index];
    if (!transcript || isInvented(piece, transcript, probabilities)) return [];
    return transcript.words.map(word => {
      const startMs = Math.min(piece.endMs, piece.startMs + word.startMs);
      const endMs = Math.min(piece.endMs, piece.startMs + word.endMs);
      return { ...word, ...withoutPauses({ startMs, endMs }, probabilities) };
    });
  });
}

function isInvented(piece: Span, transcript: PieceTranscript, probabilities: Float32Array): boolean {
  const frames = probabilities.subarray(
    Math.floor(piece.startMs / VAD_FRAME_MS),
    Math.ceil(piece.endMs / VAD_FRAME_MS),
  );
  const speech = frames.reduce((sum, probability) => sum + probability, 0);
  return (
    speech < INVENTED_BELOW.speech * frames.length &&
    transcript.logProbability < INVENTED_BELOW.logProbability * transcript.tokenCount
  );
}

/** The part of a span from its first to its last frame of speech; all of it when it has none. */
function withoutPauses(span: Span, probabilities: Float32Array): Span {
  const from = Math.floor(span.startMs / VAD_FRAME_MS);
  const to = Math.min(probabilities.length, Math.ceil(span.endMs / VAD_FRAME_MS));
  let first = from;
  while (first < to && probabilities[first]! < SPEECH) first++;
  if (first >= to) return span;
  let last = to - 1;
  while (probabilities[last]! < SPEECH) last--;
  return {
    startMs: Math.max(span.startMs, first * VAD_FRAME_MS),
    endMs: Math.min(span.endMs, (last + 1) * VAD_FRAME_MS),
  };
}

function sumLogs(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, probability) => sum + Math.log(Math.max(probability, 1e-9)), 0);
}
