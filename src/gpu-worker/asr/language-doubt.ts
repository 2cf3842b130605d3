/** Moonshine knows English only and makes fluent nonsense of other languages; its own doubt gives it away. */
import type { PieceTranscript } from './piece-transcript.ts';

export const NOT_ENGLISH_WARNING =
  'This may not be English, and the model that was used knows only English. ' +
  'For other languages type: npx hansard models pull whisper-base, then run the same command again.';

/**
 * A piece of English has a mean log-probability per token of -0.02 to -0.45 (clean speech to distant, overlapped
 * meetings), one of nine other languages -0.55 to -1.4 (measured with moonshine-base).
 */
const DOUBTFUL_LOG_PROBABILITY = -0.5;
/** Where another model can look, it is asked earlier: only what is certain stays. */
const CERTAIN_LOG_PROBABILITY = -0.35;
/** Short pieces of mumbling look foreign too; this many tokens (about three seconds) make a case. */
const MIN_TOKENS = 12;
/** Share of all tokens that must be doubtful: a quarter of a meeting in another language is worth a warning. */
const DOUBTFUL_SHARE = 0.25;

/** True when a good part of what was recognised was probably said in another language. */
export function mayNotBeEnglish(transcripts: readonly PieceTranscript[]): boolean {
  let tokens = 0;
  let doubtful = 0;
  for (const { tokenCount, logProbability } of transcripts) {
    tokens += tokenCount;
    if (logProbability < DOUBTFUL_LOG_PROBABILITY * tokenCount) doubtful += tokenCount;
  }
  return doubtful >= MIN_TOKENS && doubtful >= DOUBTFUL_SHARE * tokens;
}

/** True when a piece is not certainly English. */
export function isDoubtfulEnglish({ tokenCount, logProbability }: PieceTranscript): boolean {
  return logProbability < CERTAIN_LOG_PROBABILITY * tokenCount;
}
