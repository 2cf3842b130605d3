/** A short pause inside somebody's turn belongs to the turn. */
import type { FrameSpan } from './cut-pieces.ts';
import { FRAME_SECONDS } from './voice-models.ts';

/** Longest pause inside a turn: people who mark turns leave pauses of about this length in them. */
const BRIDGED_SECONDS = 0.5;

/** Joins the runs of one voice over short pauses, whoever speaks meanwhile; `runs` are in time order and stay as they are. */
export function bridgePauses(runs: readonly FrameSpan[]): FrameSpan[] {
  const bridged: FrameSpan[] = [];
  for (const run of runs) {
    const last = bridged.at(-1);
    if (last && (run.from - last.to) * FRAME_SECONDS <= BRIDGED_SECONDS) last.to = run.to;
    else bridged.push({ ...run });
  }
  return bridged;
}
