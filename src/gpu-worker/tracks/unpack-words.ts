/** Puts what was heard in the packed sound back where it was said: on its track, in the meeting's time. */
import { SAMPLE_RATE_HZ, type Span, type Speech, type Transcription } from '../../pipeline/meeting.ts';
import type { Stretch, Tracks } from '../../pipeline/tracks.ts';

const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1000;

/** The same transcription in time order, each word and stretch of speech with its voice: the number of its track. */
export function unpackWords(heard: Transcription, { stretches }: Tracks): Transcription {
  const place = createPlaces(stretches);
  const byStart = (a: Span, b: Span) => a.startMs - b.startMs;
  const unpack = <S extends Span>(spans: readonly S[]) => spans.flatMap(span => place(span) ?? []).sort(byStart);
  const { otherLanguages, translation } = heard;
  return {
    ...heard,
    words: unpack(heard.words),
    speech: unpack(heard.speech),
    ...(translation && { translation: unpack(translation) }),
    // which track it was does not matter for them
    ...(otherLanguages && { otherLanguages: unpack(otherLanguages).map(({ voice: _, ...span }) => span) }),
  };
}

/** A function from spans of the packed sound; undefined when nothing was packed. */
function createPlaces(stretches: readonly Stretch[]) {
  return <S extends Span>(span: S): (S & Required<Speech>) | undefined => {
    const middle = ((span.startMs + span.endMs) / 2) * SAMPLES_PER_MS;
    const stretch = findStretch(stretches, middle);
    if (!stretch) return undefined;
    const shiftMs = (stretch.meetingFrom - stretch.packedFrom) / SAMPLES_PER_MS;
    const startMs = Math.max(0, span.startMs + shiftMs);
    return { ...span, voice: stretch.track, startMs, endMs: Math.max(startMs, span.endMs + shiftMs) };
  };
}

/** Binary search for the stretch that holds a sample of the packed sound. */
function findStretch(stretches: readonly Stretch[], sample: number): Stretch | undefined {
  let [low, high] = [0, stretches.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (stretches[middle]!.packedFrom <= sample) low = middle;
    else high = middle - 1;
  }
  return stretches[low];
}
