/** Shows how a recording is getting on: a bar per stage in a terminal, a plain line per finished stage elsewhere. */
import type { StageObserver } from '../pipeline/run-stage.ts';

/** What the display needs of a stream; `process.stderr` fits. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

export interface Progress extends StageObserver {
  /** Takes the bars off the screen. */
  clear(): void;
}

interface Bar {
  startedAt: number;
  fraction: number;
}

const BAR_WIDTH = 24;
const REDRAW_EVERY_MS = 100;
const DEFAULT_COLUMNS = 80;

export function createProgress(screen: Screen): Progress {
  return screen.isTTY ? createBars(screen) : createLines(screen);
}

/** For `--quiet`. */
export function createSilence(): Progress {
  const nothing = () => {};
  return {
    onStageStart: nothing,
    onStageProgress: nothing,
    onStageEnd: nothing,
    onDuration: nothing,
    clear: nothing,
  };
}

function createLines(screen: Screen): Progress {
  let durationMs = 0;
  return {
    ...createSilence(),
    onDuration: value => {
      durationMs = value;
    },
    onStageEnd: (stage, { seconds, stored }) => {
      if (stage === 'accept') return;
      screen.write(
        stored ? `  ${stage}: stored result\n` : `  ${stage}: ${seconds.toFixed(1)} s${speed(durationMs, seconds)}\n`,
      );
    },
  };
}

function createBars(screen: Screen): Progress {
  const bars = new Map<string, Bar>();
  let durationMs = 0;
  let linesDrawn = 0;
  let drawnAt = 0;

  /** Some terminals say that they have 0 columns, meaning that they do not know. */
  const fit = (line: string) => line.slice(0, (screen.columns || DEFAULT_COLUMNS) - 1);

  function erase(): void {
    // from the left edge: the bar of a download may stand in the line below ours
    if (linesDrawn > 0) screen.write(`\r\x1b[${linesDrawn}A\x1b[0J`);
    linesDrawn = 0;
  }

  function draw(force: boolean): void {
    const now = performance.now();
    if (!force && now - drawnAt < REDRAW_EVERY_MS) return;
    drawnAt = now;
    const lines = [...bars].map(([stage, bar]) => fit(barLine(stage, bar, durationMs, now)));
    erase();
    for (const line of lines) screen.write(`${line}\n`);
    linesDrawn = lines.length;
  }

  return {
    onDuration: value => {
      durationMs = value;
    },
    onStageStart: stage => {
      if (stage !== 'accept') bars.set(stage, { startedAt: performance.now(), fraction: 0 });
      draw(true);
    },
    onStageProgress: (stage, fraction) => {
      const bar = bars.get(stage);
      if (bar) bar.fraction = fraction;
      draw(false);
    },
    onStageEnd: (stage, { seconds, stored }) => {
      bars.delete(stage);
      erase();
      if (stage !== 'accept' && !stored)
        screen.write(`${fit(`  ✓ ${stage.padEnd(11)}${seconds.toFixed(1)} s${speed(durationMs, seconds)}`)}\n`);
      draw(true);
    },
    clear: () => {
      bars.clear();
      erase();
    },
  };
}

function barLine(stage: string, { startedAt, fraction }: Bar, durationMs: number, now: number): string {
  const filled = Math.round(fraction * BAR_WIDTH);
  const elapsed = (now - startedAt) / 1000;
  const left = fraction > 0.02 && elapsed > 1 ? `, ${clock((elapsed / fraction) * (1 - fraction))} left` : '';
  const pace = fraction > 0 ? speed(durationMs * fraction, elapsed) : '';
  const percent = `${Math.floor(fraction * 100)}`.padStart(3);
  return `    ${stage.padEnd(11)}${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${percent} %${pace}${left}`;
}

function speed(durationMs: number, seconds: number): string {
  if (durationMs <= 0 || seconds < 0.05) return '';
  return `, ${(durationMs / 1000 / seconds).toFixed(0)}x real time`;
}

/** `1:02:03` or `2:03`; seconds are rounded. */
export function clock(seconds: number): string {
  const total = Math.round(seconds);
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
