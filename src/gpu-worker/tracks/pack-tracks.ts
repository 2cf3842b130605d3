/** What recordings with one track per speaker have in common, wherever the tracks come from. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { MediaFacts } from '../../pipeline/media-facts.ts';
import type { TrackSpeaker } from '../../pipeline/tracks.ts';
import type { FfmpegTools } from '../ffmpeg/check-ffmpeg.ts';
import { measureLoudness } from '../ffmpeg/loudness.ts';
import type { Decoded, DecodeJob } from './decode-recording.ts';
import { openTrackPacker, type TrackPacker } from './track-packer.ts';

/** What is wrong with one track is no reason to give up the others. */
const FAULTS_OF_A_TRACK = [
  ...(['empty_file', 'too_short', 'web_page', 'not_media', 'no_audio', 'damaged_media', 'decode_failed'] as const),
];
/** Tracks of people who came for a moment. */
const NOTHING_MISSED = ['empty_file', 'too_short'] as const;

export interface FoundTracks {
  facts: MediaFacts;
  warnings: string[];
  /** See `DecodedRecording`; left out where each track is a file of its own. */
  truncated?: string | null;
}

/** @param fill adds the tracks, and tells the rest */
export async function packTracks(
  { workDir, signal, onProgress }: DecodeJob,
  tools: FfmpegTools,
  fill: (packer: TrackPacker) => Promise<FoundTracks>,
): Promise<Decoded> {
  const packer = await openTrackPacker(workDir, signal);
  try {
    const { facts, warnings, truncated = null } = await fill(packer);
    const { audio, audioHash } = await packer.finish();
    const loudness = await measureLoudness(tools.ffmpegPath, workDir, path.basename(audio.wavPath), signal);
    if (signal.aborted) throw new HansardError('cancelled', 'after decoding the tracks');
    onProgress(1);
    const { durationMs, packed } = audio;
    return {
      audio,
      decoded: {
        ...{ facts, durationMs, audioHash, loudness, warnings },
        ...{ truncated, ffmpegVersion: tools.version, tracks: packed.tracks },
      },
    };
  } finally {
    await packer.close();
  }
}

/**
 * A sentence where one track cannot be used, or none where nothing is missed.
 * @throws the error when it concerns them all
 */
export function excuseTrack(error: unknown, name: string): string[] {
  if (!(error instanceof HansardError) || !FAULTS_OF_A_TRACK.some(code => code === error.code)) throw error;
  if (NOTHING_MISSED.some(code => code === error.code)) return [];
  return [`The track of ${name} could not be used. ${error.userMessage}`];
}

/** Two people of one name are told apart. */
export function distinguishNames(speakers: readonly TrackSpeaker[]): TrackSpeaker[] {
  const seen = new Map<string, number>();
  return speakers.map(speaker => {
    if (speaker.name === null) return speaker;
    const count = (seen.get(speaker.name) ?? 0) + 1;
    seen.set(speaker.name, count);
    return count === 1 ? speaker : { ...speaker, name: `${speaker.name} (${count})` };
  });
}
