/** Low frame rate (Pundak and Sainath, 2016): several feature frames side by side stand for one, and fewer remain. */

/** Feature frames in one stacked frame, and those from one to the next. */
export interface Stacking {
  width: number;
  step: number;
}

/**
 * Stacked frame i holds the frames around frame `step * i`; beyond either end the outermost frame is repeated (FunASR, WavFrontend).
 * @param features [frames, size]
 * @returns [frames / step, rounded up, width * size]
 */
export function stackFrames(features: Float32Array, size: number, { width, step }: Stacking): Float32Array {
  const frames = features.length / size;
  const stackedFrames = Math.ceil(frames / step);
  const before = (width - 1) >> 1;
  const stacked = new Float32Array(stackedFrames * width * size);
  for (let index = 0; index < stackedFrames; index++) {
    for (let part = 0; part < width; part++) {
      const frame = Math.min(frames - 1, Math.max(0, index * step + part - before));
      stacked.set(features.subarray(frame * size, (frame + 1) * size), (index * width + part) * size);
    }
  }
  return stacked;
}
