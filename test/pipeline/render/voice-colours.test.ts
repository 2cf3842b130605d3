import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

/** What each kind of sight sees of linear RGB: Machado, Oliveira and Fernandes 2009, severity 1. */
const SIGHTS: Record<string, Matrix> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Linear RGB to cone responses, and their cube roots to OKLab (Ottosson 2020). */
const CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const OKLAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

const css = fs.readFileSync(path.join(import.meta.dirname, '../../../templates/minutes.css'), 'utf8');

for (const [scheme, place] of [
  ['light', 1],
  ['dark', 2],
] as const) {
  const colours = [...css.matchAll(/--v\d: light-dark\((#\w+), (#\w+)\)/g)].map(found => toLinear(found[place] ?? ''));
  const card = toLinear(/--card: light-dark\((#\w+), (#\w+)\)/.exec(css)?.[place] ?? '');

  for (const [sight, matrix] of Object.entries(SIGHTS)) {
    test(`no two speakers look alike: ${scheme}, ${sight}`, () => {
      const seen = colours.map(colour => toOklab(multiply(matrix, colour)));
      const distances = seen.flatMap((one, index) => seen.slice(0, index).map(other => distance(one, other)));
      assert.equal(distances.length, 28);
      assert.ok(Math.min(...distances) >= 0.11, `${Math.min(...distances)}`);
    });
  }

  test(`speakers stand out from the card: ${scheme}`, () => {
    for (const colour of colours) {
      const [low = 0, high = 0] = [luminance(colour), luminance(card)].sort((a, b) => a - b);
      assert.ok((high + 0.05) / (low + 0.05) >= 3, `${colour}`);
    }
  });
}

function toLinear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function multiply(matrix: Matrix, [x, y, z]: Rgb): Rgb {
  const row = ([a, b, c]: Rgb) => Math.min(1, Math.max(-1, a * x + b * y + c * z));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function toOklab([r, g, b]: Rgb): Rgb {
  const [l, m, s] = multiply(CONES, [Math.max(0, r), Math.max(0, g), Math.max(0, b)]);
  return multiply(OKLAB, [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)]);
}

function distance(a: Rgb, b: Rgb): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
