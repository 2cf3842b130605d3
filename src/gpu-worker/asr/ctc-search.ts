/** Greedy decoding of CTC (Graves et al., 2006): the likeliest token of each frame, repetitions joined, blanks left out. */

export interface CtcTokens {
  tokens: number[];
  /** Frame in which each token begins. */
  frames: number[];
  /** The highest probability that each token has in its frames. */
  probabilities: number[];
}

/**
 * @param logits [frames, vocabulary]
 * @param fromFrame frames before it are no sound
 */
export function searchCtc(logits: Float32Array, vocabularySize: number, blank: number, fromFrame = 0): CtcTokens {
  const found: CtcTokens = { tokens: [], frames: [], probabilities: [] };
  let last = blank;
  for (let frame = fromFrame; frame < logits.length / vocabularySize; frame++) {
    const scores = logits.subarray(frame * vocabularySize, (frame + 1) * vocabularySize);
    const token = findHighest(scores);
    if (token !== blank) {
      const probability = probabilityOf(scores, token);
      if (token === last) {
        const index = found.tokens.length - 1;
        found.probabilities[index] = Math.max(found.probabilities[index]!, probability);
      } else {
        found.tokens.push(token);
        found.frames.push(frame);
        found.probabilities.push(probability);
      }
    }
    last = token;
  }
  return found;
}

/** Index of the highest value. */
export function findHighest(values: Float32Array): number {
  let highest = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[highest]!) highest = index;
  return highest;
}

/** Softmax of one of the scores. */
export function probabilityOf(scores: Float32Array, token: number): number {
  let sum = 0;
  for (let index = 0; index < scores.length; index++) sum += Math.exp(scores[index]! - scores[token]!);
  return 1 / sum;
}
