/** What decoding finds out about a recording, for tests that decode nothing. */
import type { DecodedRecording } from '../../src/pipeline/decoded.ts';
import type { MediaFacts } from '../../src/pipeline/media-facts.ts';

export function mediaFacts(changes: Partial<MediaFacts> = {}): MediaFacts {
  return {
    container: 'wav',
    durationMs: 10_000,
    durationIsGuess: false,
    sizeBytes: 320_044,
    bitsPerSecond: 256_000,
    createdAt: '2026-11-16T09:00:00.000Z',
    title: null,
    artist: null,
    album: null,
    comment: null,
    chapters: [],
    video: null,
    audioTracks: [
      {
        track: 0,
        codec: 'pcm_s16le',
        channels: 1,
        sampleRateHz: 16_000,
        bitsPerSample: 16,
        language: null,
        title: null,
        isDefault: true,
        startMs: 0,
        durationMs: 10_000,
      },
    ],
    chosenTrack: 0,
    isMultiTrack: false,
    endsInsideBlock: false,
    ...changes,
  };
}

export function decodedRecording(changes: Partial<DecodedRecording> = {}): DecodedRecording {
  return {
    facts: mediaFacts(),
    durationMs: 10_000,
    audioHash: 'a'.repeat(64),
    truncated: null,
    loudness: null,
    ffmpegVersion: '5.1',
    warnings: [],
    tracks: null,
    ...changes,
  };
}
