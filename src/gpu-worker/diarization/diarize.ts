/**
 * Who speaks when: segmentation windows, one voice embedding per short piece where one voice speaks, clustering that takes
 * its scale from the recording, a second look at doubtful stretches, and names for overlaps.
 */
import { type Diarization, SAMPLE_RATE_HZ, type SpeakerSpan } from '../../pipeline/meeting.ts';
import { bridgePauses } from './bridge-pauses.ts';
import { clusterVoices, type SpeakerLimits } from './cluster-voices.ts';
import { cutPieces, findRuns } from './cut-pieces.ts';
import { nameOverlaps } from './name-overlaps.ts';
import { overlayWindows } from './overlay-windows.ts';
import { findDoubtful, frameLabels, type LabelledPieces, relabelDoubtful } from './refine-doubtful.ts';
import { frameEdge, spanOfFrames, type VoiceContext, type VoiceModels, windowCount } from './voice-models.ts';

/** Shares of the time that each step takes, for the progress. */
const SEGMENTED = 0.55;
const EMBEDDED = 0.9;

/**
 * @returns spans sorted by start, voices numbered by first appearance; no spans where nobody speaks
 * @throws the signal's reason when it is aborted
 */
export async function diarize(
  models: VoiceModels,
  { sampleCount }: { sampleCount: number },
  limits: SpeakerLimits,
  { signal, onProgress }: VoiceContext,
): Promise<Diarization> {
  const part = (from: number, to: number): VoiceContext => ({
    signal,
    onProgress: fraction => onProgress(from + (to - from) * fraction),
  });
  const windows = { firstWindow: 0, windowCount: windowCount(sampleCount) };
  const activities = await models.activities(windows, part(0, SEGMENTED));
  const activity = overlayWindows(activities, sampleCount);
  const spans = cutPieces(activity);
  if (spans.length === 0) return { spans: [], speakerCount: 0, warnings: [] };
  const embeddings = await models.embed(
    spans.map(({ from, to }) => spanOfFrames(from, to)),
    part(SEGMENTED, EMBEDDED),
  );
  const labels = await clusterVoices(spans, embeddings, limits, signal);
  const pieces: LabelledPieces = { spans, embeddings, labels };
  const found = Math.max(...labels) + 1;
  let voices = frameLabels(pieces, activity.voiceCounts.length);
  if (found > 1) {
    const doubtful = findDoubtful(pieces, activity.voiceCounts);
    const fineSpans = doubtful.flatMap(({ windows }) => windows.map(({ from, to }) => spanOfFrames(from, to)));
    const fine = await models.embed(fineSpans, part(EMBEDDED, 1));
    const refined = voices.slice();
    relabelDoubtful(refined, doubtful, fine, pieces, activity);
    // the second look may leave nothing to a voice that only exists because the user asked for it
    if (countVoices(refined) >= Math.min(found, limits.minSpeakers)) voices = refined;
  }
  const speaks = nameOverlaps(activities, activity.voiceCounts, voices, found);
  onProgress(1);
  return toDiarization(speaks, sampleCount);
}

function countVoices(voices: Int8Array): number {
  return new Set(voices.filter(voice => voice >= 0)).size;
}

function toDiarization(speaks: Uint8Array[], sampleCount: number): Diarization {
  const toMs = (frame: number) =>
    Math.round((Math.min(sampleCount, Math.max(0, frameEdge(frame))) * 1000) / SAMPLE_RATE_HZ);
  const spans = speaks
    .flatMap((frames, speaker) =>
      bridgePauses(findRuns(frames, 1)).map(
        ({ from, to }): SpeakerSpan => ({ speaker, startMs: toMs(from), endMs: toMs(to) }),
      ),
    )
    .filter(span => span.endMs > span.startMs)
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs || a.speaker - b.speaker);
  const numbers = new Map<number, number>();
  for (const { speaker } of spans) if (!numbers.has(speaker)) numbers.set(speaker, numbers.size);
  return {
    spans: spans.map(span => ({ ...span, speaker: numbers.get(span.speaker)! })),
    speakerCount: numbers.size,
    warnings: [],
  };
}
