/** Is all of the recording there? A cut file mostly decodes without a complaint, so the lengths are compared. */
import type { MediaFacts } from './media-facts.ts';

export interface Completeness {
  /** The length that the file itself states for the chosen track; null when it states none. */
  declaredDurationMs: number | null;
  /** A sentence such as "recording looks truncated: 31 of 62 min"; null when nothing seems to be missing. */
  truncated: string | null;
  /** The sound goes on beyond the stated length. */
  isLongerThanDeclared: boolean;
}

/** Short files differ by a codec frame or two from what they state. */
const MIN_MISSING_MS = 250;
const MAX_MISSING_MS = 2_000;
const MAX_MISSING_SHARE = 0.02;
/** ffmpeg's words for an input that ends inside a block: of the matroska and the mov demuxer. */
const CUT_SHORT = /File ended prematurely|partial file/;

/** Compares the decoded length with the stated one. A length that ffmpeg guessed from the bit rate proves nothing. */
export function assessCompleteness(facts: MediaFacts, decodedMs: number, errors: string[]): Completeness {
  const trackMs = facts.audioTracks[facts.chosenTrack]?.durationMs ?? null;
  const declaredDurationMs = facts.durationIsGuess ? null : (trackMs ?? facts.durationMs);
  const isCutShort = facts.endsInsideBlock || errors.some(line => CUT_SHORT.test(line));
  const none = { declaredDurationMs, truncated: null, isLongerThanDeclared: false };
  if (declaredDurationMs === null) return { ...none, truncated: isCutShort ? describeCut(decodedMs) : null };
  const missingMs = declaredDurationMs - decodedMs;
  if (isTooMuch(Math.abs(missingMs), declaredDurationMs, trackMs !== null)) {
    if (missingMs < 0) return { ...none, isLongerThanDeclared: true };
    return { ...none, truncated: `recording looks truncated: ${describeShare(decodedMs, declaredDurationMs)}` };
  }
  return { ...none, truncated: isCutShort ? describeCut(decodedMs) : null };
}

/** The container's length is also that of the picture, which may well outlast the sound: it must differ twofold. */
function isTooMuch(differenceMs: number, declaredMs: number, isOfTrack: boolean): boolean {
  const isMuch = differenceMs > MAX_MISSING_MS;
  const isLargeShare = differenceMs > MAX_MISSING_SHARE * declaredMs && differenceMs > MIN_MISSING_MS;
  return isOfTrack ? isMuch || isLargeShare : isMuch && isLargeShare;
}

function describeCut(decodedMs: number): string {
  return `recording looks truncated: it breaks off after ${describeLength(decodedMs)}`;
}

/** Both in the coarsest unit in which they differ. */
function describeShare(decodedMs: number, declaredMs: number): string {
  const units = [
    { name: 'min', ms: 60_000, from: 600_000 },
    { name: 's', ms: 1_000, from: 0 },
  ];
  for (const { name, ms, from } of units) {
    const [decoded, declared] = [Math.round(decodedMs / ms), Math.round(declaredMs / ms)];
    if (declaredMs >= from && decoded < declared) return `${decoded} of ${declared} ${name}`;
  }
  return `${(decodedMs / 1000).toFixed(1)} of ${(declaredMs / 1000).toFixed(1)} s`;
}

function describeLength(ms: number): string {
  return ms >= 600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
