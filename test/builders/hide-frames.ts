import ort from 'onnxruntime-node';

/** Where the frames are among the dimensions of what an encoder made for its decoder (tools/sound_attention.py). */
const FRAME_AXES: Readonly<Record<string, number>> = { kt: 3, kt_shift: 3, v: 2 };

/**
 * Copies of an encoder's tensors with frames of rubbish behind those of the sound, which the decoder must not see.
 * @param added how many; 0 only copies
 */
export function hideFrames(encoded: Readonly<Record<string, ort.Tensor>>, added: number): Record<string, ort.Tensor> {
  const longer = Object.entries(encoded).map(([name, { data, dims }]) => {
    if (!(data instanceof Float32Array || data instanceof Int8Array || data instanceof Uint8Array))
      throw new TypeError(`${name} holds other numbers than a decoder takes`);
    const axis = FRAME_AXES[name.slice(0, name.lastIndexOf('.'))];
    if (axis === undefined) return [name, new ort.Tensor(data.slice(), dims)] as const;
    const width = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
    const line = dims[axis]! * width;
    const lines = data.length / line;
    const size = line + added * width;
    const all = createRubbish(data, lines * size);
    for (let at = 0; at < lines; at++) all.set(data.subarray(at * line, (at + 1) * line), at * size);
    return [name, new ort.Tensor(all, dims.with(axis, dims[axis]! + added))] as const;
  });
  return Object.fromEntries(longer);
}

/** The shift that hides a frame; the keys and values to which there would be the most attention. */
function createRubbish(like: Float32Array | Int8Array | Uint8Array, length: number) {
  if (like instanceof Float32Array) return new Float32Array(length).fill(1e30);
  return like instanceof Int8Array ? new Int8Array(length).fill(127) : new Uint8Array(length).fill(255);
}
