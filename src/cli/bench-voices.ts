/** `hansard bench --voices DIR…`: how well people are recognised by voice, on recordings whose voices are known. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { findVoices } from '../bench/voices/find-voices.ts';
import { measureVoices } from '../bench/voices/measure-voices.ts';
import { presentDet } from '../bench/voices/present-det.ts';
import { scoreVoices, type VoiceFigures } from '../bench/voices/score-voices.ts';
import type { Config } from '../config.ts';
import type { Stages } from '../pipeline/process-recording.ts';
import type { RecordingOptions } from '../pipeline/recording-options.ts';
import { NARROW_THRESHOLDS, VOICE_THRESHOLDS } from '../pipeline/voices/match-voices.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';

const thresholds = { wide: VOICE_THRESHOLDS, narrow: NARROW_THRESHOLDS };

export interface VoiceBench {
  places: readonly string[];
  config: Config;
  stages: Stages;
  options: RecordingOptions;
  json: boolean;
  /** Gets the curve of misses against false accepts, as SVG. */
  detFile: string;
  signal: AbortSignal;
}

/** @returns what is printed. @throws HansardError `invalid_usage` when there is no voice */
export async function benchVoices({
  places,
  config,
  stages,
  options,
  json,
  detFile,
  signal,
}: VoiceBench): Promise<string> {
  const recordings = (await Promise.all(places.map(findVoices))).flat();
  const work = await openWorkFolder(path.join(config.dataDir, 'work'));
  try {
    const voices = await measureVoices(recordings, { stages, options, folder: work.path, signal });
    const figures = scoreVoices(voices);
    const curves = figures.map(({ condition, seconds, trials }) => ({ name: `${condition}, ${seconds} s`, trials }));
    await fs.writeFile(detFile, presentDet(curves));
    if (json) {
      const rows = figures.map(({ trials: _many, ...row }) => row);
      return `${JSON.stringify({ schemaVersion: 1, thresholds, voices: voices.length, rows })}\n`;
    }
    return presentVoices(figures, voices.length);
  } finally {
    await work.remove();
  }
}

function presentVoices(figures: readonly VoiceFigures[], count: number): string {
  const head =
    'condition        length  samples  nearest   named  suggested  missed  wrong  strangers named / suggested  equal error      0.1 % accepted from  halves by each other';
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = figures.map(row =>
    [
      row.condition.padEnd(16),
      `${row.seconds} s`.padStart(6),
      `${row.samples}`.padStart(8),
      percent(row.accuracy).padStart(8),
      percent(row.named).padStart(7),
      percent(row.suggested).padStart(10),
      percent(row.missed).padStart(7),
      percent(row.wrong).padStart(6),
      `${row.strangersNamed} / ${row.strangersSuggested} of ${row.strangers}`.padStart(28),
      `${percent(row.equalError)} at ${row.equalErrorAt.toFixed(2)}`.padStart(16),
      `${row.safeAt.toFixed(2)} (misses ${percent(row.safeMisses)})`.padStart(22),
      ...row.heldOut.map(half =>
        `${half.threshold.toFixed(2)}: misses ${percent(half.misses)}, accepts ${half.falseAccepts}/${half.others}`.padStart(
          36,
        ),
      ),
    ].join(' '),
  );
  const from = ({ automatic, suggested }: typeof thresholds.wide | typeof thresholds.narrow) =>
    `named from ${automatic}, suggested from ${suggested}`;
  const told = `${count} voices; ${from(thresholds.wide)}; over a telephone ${from(thresholds.narrow)}`;
  return [told, head, ...rows, ''].join('\n');
}
