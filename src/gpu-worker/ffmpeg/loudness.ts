/** How loud a decoded recording is (EBU R 128). Reported; the sound is left as it is. */
import { buildCage, ENV_PATH } from './cage.ts';
import { runTool } from './run-tool.ts';

export interface Loudness {
  /** Integrated loudness in LUFS; null for silence. */
  integratedLufs: number | null;
  /** The highest sample in dB below full scale; null for digital silence. */
  peakDb: number | null;
}

const TIMEOUT_MS = 300_000; // 12 h take 20 s (1.6 s per hour, measured)
/** ebur128 answers its gate, −70 LUFS, when no part of the recording was louder. */
const GATE_LUFS = -70;

/**
 * Measures a WAV file of ours by its name within `folder`. Null when this ffmpeg cannot measure it, so that a figure
 * which is only reported never costs the recording.
 */
export async function measureLoudness(
  ffmpegPath: string,
  folder: string,
  wavName: string,
  signal: AbortSignal,
): Promise<Loudness | null> {
  const cage = await buildCage({ cpuSeconds: TIMEOUT_MS / 1000, maxFileBytes: 0 });
  const read = ['-protocol_whitelist', 'file', '-f', 'wav', '-i', `file:${wavName}`];
  const measure = ['-af', 'ebur128=framelog=verbose:peak=sample', '-f', 'null', '-'];
  const { exitCode, stderr } = await runTool({
    command: ENV_PATH,
    args: [...cage, ffmpegPath, '-nostdin', '-hide_banner', '-nostats', '-loglevel', 'info', ...read, ...measure],
    cwd: folder,
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: 256 * 1024,
    signal,
  });
  return exitCode === 0 ? parseLoudness(stderr) : null;
}

/** Reads the summary that ebur128 prints at the end. */
export function parseLoudness(text: string): Loudness | null {
  const summary = text.slice(text.lastIndexOf('Integrated loudness:'));
  const integrated = /\bI:\s+(-?[\d.]+) LUFS/.exec(summary)?.[1];
  const peak = /\bPeak:\s+(-?[\d.]+|-?inf|nan) dBFS/.exec(summary)?.[1];
  if (integrated === undefined || peak === undefined) return null;
  const integratedLufs = Number(integrated);
  return {
    integratedLufs: integratedLufs <= GATE_LUFS ? null : integratedLufs,
    peakDb: Number.isFinite(Number(peak)) ? Number(peak) + 0 : null,
  };
}
