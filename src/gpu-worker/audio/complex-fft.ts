/** The discrete Fourier transform for lengths that are no power of two: Whisper's windows have 400 samples. */

/** Complex numbers as two arrays of the transform's length. */
export interface ComplexNumbers {
  real: Float64Array;
  imaginary: Float64Array;
}

type Stage = (from: ComplexNumbers, to: ComplexNumbers) => void;

/**
 * A transform of `size` = the product of `radices` (Stockham's form of Cooley and Tukey's: the order comes right by itself).
 * @returns a function that transforms `values`, which it overwrites, and gives back the result; valid until the next call
 */
export function createComplexFft(radices: readonly (4 | 5)[]): (values: ComplexNumbers) => ComplexNumbers {
  const size = radices.reduce((product, radix) => product * radix, 1);
  const spare: ComplexNumbers = { real: new Float64Array(size), imaginary: new Float64Array(size) };
  let stride = 1;
  const stages = radices.map(radix => {
    const stage = createStage(size, radix, stride);
    stride *= radix;
    return stage;
  });
  return values => {
    let from = values;
    let to = spare;
    for (const run of stages) {
      run(from, to);
      const done = to;
      to = from;
      from = done;
    }
    return from;
  };
}

/** Transforms of `radix` values that lie `size / radix` apart; their results are turned, and put `stride` apart. */
function createStage(size: number, radix: 4 | 5, stride: number): Stage {
  const groups = size / stride / radix;
  const leap = size / radix;
  const angles = Array.from({ length: groups * radix }, (_, index) => {
    const [group, k] = [Math.floor(index / radix), index % radix];
    return (-2 * Math.PI * k * group * stride) / size;
  });
  const cosines = Float64Array.from(angles, Math.cos);
  const sines = Float64Array.from(angles, Math.sin);
  const small = radix === 4 ? transform4 : transform5;
  const real = new Float64Array(radix);
  const imaginary = new Float64Array(radix);

  return (from, to) => {
    for (let group = 0; group < groups; group++) {
      for (let offset = 0; offset < stride; offset++) {
        for (let j = 0, index = offset + stride * group; j < radix; j++, index += leap) {
          real[j] = from.real[index]!;
          imaginary[j] = from.imaginary[index]!;
        }
        small(real, imaginary);
        let target = offset + stride * radix * group;
        for (let k = 0; k < radix; k++, target += stride) {
          const c = cosines[group * radix + k]!;
          const s = sines[group * radix + k]!;
          to.real[target] = real[k]! * c - imaginary[k]! * s;
          to.imaginary[target] = real[k]! * s + imaginary[k]! * c;
        }
      }
    }
  };
}

function transform4(real: Float64Array, imaginary: Float64Array): void {
  const [r0, r1, r2, r3] = [real[0]!, real[1]!, real[2]!, real[3]!];
  const [i0, i1, i2, i3] = [imaginary[0]!, imaginary[1]!, imaginary[2]!, imaginary[3]!];
  real[0] = r0 + r2 + (r1 + r3);
  real[2] = r0 + r2 - (r1 + r3);
  imaginary[0] = i0 + i2 + (i1 + i3);
  imaginary[2] = i0 + i2 - (i1 + i3);
  real[1] = r0 - r2 + (i1 - i3);
  real[3] = r0 - r2 - (i1 - i3);
  imaginary[1] = i0 - i2 - (r1 - r3);
  imaginary[3] = i0 - i2 + (r1 - r3);
}

const C1 = Math.cos((2 * Math.PI) / 5);
const C2 = Math.cos((4 * Math.PI) / 5);
const S1 = Math.sin((2 * Math.PI) / 5);
const S2 = Math.sin((4 * Math.PI) / 5);

function transform5(real: Float64Array, imaginary: Float64Array): void {
  const [r0, i0] = [real[0]!, imaginary[0]!];
  const ra = real[1]! + real[4]!;
  const rb = real[2]! + real[3]!;
  const rc = real[1]! - real[4]!;
  const rd = real[2]! - real[3]!;
  const ia = imaginary[1]! + imaginary[4]!;
  const ib = imaginary[2]! + imaginary[3]!;
  const ic = imaginary[1]! - imaginary[4]!;
  const id = imaginary[2]! - imaginary[3]!;
  real[0] = r0 + ra + rb;
  imaginary[0] = i0 + ia + ib;
  const r1 = r0 + C1 * ra + C2 * rb;
  const r2 = r0 + C2 * ra + C1 * rb;
  const i1 = i0 + C1 * ia + C2 * ib;
  const i2 = i0 + C2 * ia + C1 * ib;
  real[1] = r1 + (S1 * ic + S2 * id);
  real[4] = r1 - (S1 * ic + S2 * id);
  imaginary[1] = i1 - (S1 * rc + S2 * rd);
  imaginary[4] = i1 + (S1 * rc + S2 * rd);
  real[2] = r2 + (S2 * ic - S1 * id);
  real[3] = r2 - (S2 * ic - S1 * id);
  imaginary[2] = i2 - (S2 * rc - S1 * rd);
  imaginary[3] = i2 + (S2 * rc - S1 * rd);
}
