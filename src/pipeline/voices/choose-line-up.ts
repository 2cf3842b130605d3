/** Which few seconds of each speaker without a name tell best who it is. */
import type { Diarization, Span, Transcript, Transcription } from '../meeting.ts';
import type { RecordingOptions } from '../recording-options.ts';
import { nameSpans } from '../stages/assign-speakers.ts';
import { mergeSpans } from '../stages/merge-speakers.ts';
import { splitSpans } from '../stages/split-speakers.ts';
import { soloSpans } from './solo-spans.ts';

/** Long enough to know a voice, short enough to be listened to. */
export const CLIP_MS = 8_000;
/** Less than this says nothing. */
const LEAST_MS = 500;

/** A clip of one speaker. */
export interface LineUpClip extends Span {
  speaker: string;
}

/**
 * Of each speaker the longest stretch in which nobody else is heard; of those that are long enough the one whose words
 * were heard best, which is the loud and clean one. The moments before and after others speak are left out.
 * @returns by speaker; nothing for a speaker who is never alone for half a second
 */
export function chooseLineUp(
  transcript: Transcript,
  { words }: Pick<Transcription, 'words'>,
  { spans }: Pick<Diarization, 'spans'>,
  { speakerMerges, speakerSplits }: Pick<RecordingOptions, 'speakerMerges' | 'speakerSplits'> = {},
): LineUpClip[] {
  const soloOf = findSolo({ words }, { spans }, { speakerMerges, speakerSplits });
  return transcript.speakers.flatMap(({ id }) => {
    const solo = soloOf(id);
    const long = solo.filter(({ startMs, endMs }) => endMs - startMs >= CLIP_MS / 2);
    const [best] = (long.length > 0 ? long : solo.slice(0, 1)).toSorted(
      (a, b) => clarity(b, words) - clarity(a, words) || b.endMs - b.startMs - (a.endMs - a.startMs),
    );
    if (!best || best.endMs - best.startMs < LEAST_MS) return [];
    return [{ speaker: id, startMs: best.startMs, endMs: Math.min(best.endMs, best.startMs + CLIP_MS) }];
  });
}

/** Where a speaker is heard alone, by the id that people see; longest first. */
export function findSolo(
  { words }: Pick<Transcription, 'words'>,
  { spans }: Pick<Diarization, 'spans'>,
  { speakerMerges, speakerSplits }: Pick<RecordingOptions, 'speakerMerges' | 'speakerSplits'>,
): (speaker: string) => Span[] {
  const named = mergeSpans(splitSpans(nameSpans(words, spans), speakerSplits), speakerMerges);
  const ids = [...new Set(named.map(({ speaker }) => speaker))];
  const numbered = named.map(span => ({ ...span, speaker: ids.indexOf(span.speaker) }));
  return speaker => soloSpans(numbered, ids.indexOf(speaker));
}

/** The mean confidence of the words that are heard in it. */
function clarity({ startMs, endMs }: Span, words: Transcription['words']): number {
  const inside = words.filter(word => word.startMs >= startMs && word.endMs <= Math.min(endMs, startMs + CLIP_MS));
  return inside.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, inside.length);
}
