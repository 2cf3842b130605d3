/** The detection error trade-off as a picture, both axes on the scale of the normal distribution (Martin et al., Eurospeech 1997). */
import { operatingPoints, type Trials } from './trials.ts';

const SIZE = 520;
const MARGIN = 64;
const TICKS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4];
const COLOURS = ['#1b6ca8', '#7fb3d8', '#b3541e', '#e2a76f', '#3d7a4a', '#97c3a0'];

export function presentDet(curves: readonly { name: string; trials: Trials }[]): string {
  const [low, high] = [deviate(0.0005), deviate(0.5)];
  const along = (share: number) => {
    const at = Math.min(high, Math.max(low, deviate(share)));
    return ((at - low) / (high - low)) * (SIZE - 2 * MARGIN);
  };
  const x = (share: number) => (MARGIN + along(share)).toFixed(1);
  const y = (share: number) => (SIZE - MARGIN - along(share)).toFixed(1);
  const grid = TICKS.flatMap(tick => [
    `<path d="M${x(tick)} ${y(0)}V${y(0.5)}M${x(0)} ${y(tick)}H${x(0.5)}" stroke="#ddd" fill="none"/>`,
    `<text x="${x(tick)}" y="${SIZE - MARGIN + 18}" text-anchor="middle">${tick * 100}</text>`,
    `<text x="${MARGIN - 8}" y="${y(tick)}" dy="4" text-anchor="end">${tick * 100}</text>`,
  ]);
  const lines = curves.flatMap(({ name, trials }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const points = operatingPoints(trials).map(({ falseAccepts, misses }) => `${x(falseAccepts)},${y(misses)}`);
    const at = MARGIN + 12 + index * 18;
    return [
      `<polyline points="${[...new Set(points)].join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${SIZE - MARGIN - 8}" y="${at}" text-anchor="end" fill="${colour}">${name}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" font-family="sans-serif" font-size="12">`,
    '<title>Voices missed against others accepted, by condition and length</title>',
    `<rect width="${SIZE}" height="${SIZE}" fill="#fff"/>`,
    ...grid,
    ...lines,
    `<text x="${SIZE / 2}" y="${SIZE - 20}" text-anchor="middle">others accepted, %</text>`,
    `<text transform="translate(20 ${SIZE / 2}) rotate(-90)" text-anchor="middle">voices missed, %</text>`,
    '</svg>\n',
  ].join('\n');
}

/** The quantile of the normal distribution, to three digits (Abramowitz and Stegun 26.2.23). */
function deviate(share: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, share));
  if (p > 0.5) return -deviate(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  return -(
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3)
  );
}
