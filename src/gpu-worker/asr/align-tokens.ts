/** When each token was said, from the decoder's attention to the sound. */

/** Keeps a frame that no head looks at from forbidding a path. */
const FLOOR = 1e-4;

/**
 * First frame of each token: the monotone path with the highest sum of log attention, in which the token index stays
 * or grows by one from frame to frame (as Whisper's dynamic time warping, openai/whisper timing.py, but without
 * skipped tokens). More tokens than frames cannot be placed so; they are spread evenly.
 * @param attention [tokens, frames]: how much a token attends to a frame, averaged over the alignment heads
 */
export function alignTokens(attention: readonly Float32Array[], frameCount: number): number[] {
  const tokenCount = attention.length;
  if (tokenCount >= frameCount) {
    return attention.map((_, token) => Math.floor((token * frameCount) / Math.max(1, tokenCount)));
  }
  // grew[t * frames + f]: the best path to (t, f) came from token t - 1
  const grew = new Uint8Array(tokenCount * frameCount);
  let score = new Float64Array(frameCount).fill(Number.NEGATIVE_INFINITY);
  for (let token = 0; token < tokenCount; token++) {
    const row = attention[token]!;
    const next = new Float64Array(frameCount).fill(Number.NEGATIVE_INFINITY);
    for (let frame = token; frame < frameCount; frame++) {
      const stay = frame > 0 ? next[frame - 1]! : Number.NEGATIVE_INFINITY;
      const grow = token === 0 ? (frame === 0 ? 0 : Number.NEGATIVE_INFINITY) : score[frame - 1]!;
      if (grow > stay) grew[token * frameCount + frame] = 1;
      next[frame] = Math.max(stay, grow) + Math.log(row[frame]! + FLOOR);
    }
    score = next;
  }
  const starts = new Array<number>(tokenCount).fill(0);
  let token = tokenCount - 1;
  for (let frame = frameCount - 1; frame >= 0 && token > 0; frame--) {
    if (grew[token * frameCount + frame] === 1) {
      starts[token] = frame;
      token--;
    }
  }
  return starts;
}
