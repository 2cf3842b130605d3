/** Is all of the recording there? A cut file mostly decodes without a complaint, so the lengths are compared. */
import type { MediaFacts } from '../../pipeline/media-facts.ts';

export interface Completeness {
  /** The length that the file itself states for the chosen track; null when it states none. */
  declaredDurationMs: number | null;
  /** A sentence such as "recording looks truncated: 31 of 62 min"; null when nothing seems to be missing. */
  truncated: string | null;
  /** The sound goes on beyond the stated length. */
  isLongerThanDeclared: boolean;
}

const FAR_MS = 2_000;
const FAR_SHARE = 0.02;
/** Any file may differ by a few codec frames from what it states. */
const CODEC_FRAMES_MS = 250;
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
  if (isTruncated(missingMs, declaredDurationMs, trackMs !== null)) {
    return { ...none, truncated: `recording looks truncated: ${describeShare(decodedMs, declaredDurationMs)}` };
  }
  const isLongerThanDeclared = isFarOff(-missingMs, declaredDurationMs);
  return { declaredDurationMs, truncated: isCutShort ? describeCut(decodedMs) : null, isLongerThanDeclared };
}

/** The container's length is also that of the picture, which may well outlast the sound, so that only much counts. */
function isTruncated(missingMs: number, declaredMs: number, isLengthOfTrack: boolean): boolean {
  if (!isLengthOfTrack) return isFarOff(missingMs, declaredMs);
  return missingMs > FAR_MS || (missingMs > FAR_SHARE * declaredMs && missingMs > CODEC_FRAMES_MS);
}

function isFarOff(differenceMs: number, declaredMs: number): boolean {
  return differenceMs > FAR_MS && differenceMs > FAR_SHARE * declaredMs;
}

function describeCut(decodedMs: number): string {
  return `recording looks truncated: it breaks off after ${describeLength(decodedMs)}`;
}

/** In minutes from ten of them on, unless that would read "0 of 10" or "62 of 62". */
function describeShare(decodedMs: number, declaredMs: number): string {
  const units = [
    { name: 'min', ms: 60_000, isFit: declaredMs >= 600_000 && decodedMs >= 60_000 },
    { name: 's', ms: 1_000, isFit: true },
  ];
  for (const { name, ms, isFit } of units) {
    const [decoded, declared] = [Math.round(decodedMs / ms), Math.round(declaredMs / ms)];
    if (isFit && decoded < declared) return `${decoded} of ${declared} ${name}`;
  }
  return `${(decodedMs / 1000).toFixed(1)} of ${(declaredMs / 1000).toFixed(1)} s`;
}

function describeLength(ms: number): string {
  return ms >= 600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
