/** Where one voice is heard alone. */
import type { Span, SpeakerSpan } from '../meeting.ts';

/** The diarizer's edges are soft: a stretch is taken without its first and last moment. */
const EDGE_MS = 100;
const LEAST_MS = 800;
/** A profile wants 15 to 30 s (models.md §9.4); from here on the embedding hardly changes. */
export const LEAST_LEARNED_SECONDS = 8;

/** The stretches in which the voice speaks and no other does, longest first. */
export function soloSpans(spans: readonly SpeakerSpan[], voice: number): Span[] {
  const others = spans.filter(({ speaker }) => speaker !== voice);
  return spans
    .filter(({ speaker }) => speaker === voice)
    .flatMap(({ startMs, endMs }) => others.reduce<Span[]>(withoutOther, [{ startMs, endMs }]))
    .map(({ startMs, endMs }) => ({ startMs: startMs + EDGE_MS, endMs: endMs - EDGE_MS }))
    .filter(({ startMs, endMs }) => endMs - startMs >= LEAST_MS)
    .sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs));
}

function withoutOther(pieces: Span[], other: Span): Span[] {
  return pieces.flatMap(({ startMs, endMs }) => {
    if (other.endMs <= startMs || other.startMs >= endMs) return [{ startMs, endMs }];
    const before = { startMs, endMs: other.startMs };
    const after = { startMs: other.endMs, endMs };
    return [before, after].filter(piece => piece.endMs > piece.startMs);
  });
}
