/** Greedy decoding of a token-and-duration transducer (TDT; Xu et al., 2023): each answer says a token and how many frames to leap. */
import { findHighest, probabilityOf } from './ctc-search.ts';

export interface TdtPredictor {
  /** Scores of the tokens, the blank among them, and then of the durations 0, 1, 2 …, for a frame after the tokens so far. */
  score(frame: number, lastToken: number): Promise<Float32Array>;
  /** The token that was scored last belongs to the text: it is remembered. A blank is not. */
  accept(): void;
}

export interface TdtTokens {
  tokens: number[];
  /** Frame in which each token is said. */
  frames: number[];
  probabilities: number[];
}

/** A frame may hold several tokens; more than these are a loop (NeMo's max_symbols). */
const MOST_TOKENS_PER_FRAME = 10;

/**
 * @param vocabularySize with the blank
 * @param pause called before each frame; what it throws ends the search
 */
export async function searchTdt(
  predictor: TdtPredictor,
  { frameCount, vocabularySize, blank }: { frameCount: number; vocabularySize: number; blank: number },
  pause: () => Promise<void>,
): Promise<TdtTokens> {
  const found: TdtTokens = { tokens: [], frames: [], probabilities: [] };
  let here = 0;
  for (let frame = 0; frame < frameCount; ) {
    if (here === 0) await pause();
    const scores = await predictor.score(frame, found.tokens.at(-1) ?? blank);
    const ofTokens = scores.subarray(0, vocabularySize);
    const token = findHighest(ofTokens);
    const leap = findHighest(scores.subarray(vocabularySize));
    if (token !== blank) {
      predictor.accept();
      found.tokens.push(token);
      found.frames.push(frame);
      found.probabilities.push(probabilityOf(ofTokens, token));
      here++;
    }
    const stays = leap === 0 && token !== blank && here < MOST_TOKENS_PER_FRAME;
    if (stays) continue;
    frame += Math.max(1, leap);
    here = 0;
  }
  return found;
}
