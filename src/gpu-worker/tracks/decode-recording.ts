/** Decodes whatever came: one recording for all, or one track per speaker in a ZIP of Craig, in a video, or in channels. */
import path from 'node:path';
import type { DecodedRecording } from '../../pipeline/decoded.ts';
import type { MediaFacts } from '../../pipeline/media-facts.ts';
import type { DecodedAudio } from '../../pipeline/ports.ts';
import type { FfmpegTools } from '../ffmpeg/check-ffmpeg.ts';
import { decode } from '../ffmpeg/decoder.ts';
import { probe } from '../ffmpeg/probe.ts';
import { isZip } from './craig-zip.ts';
import { decodeChannels } from './decode-channels.ts';
import { decodeCraig } from './decode-craig.ts';
import { decodeStreams } from './decode-streams.ts';

export interface DecodeJob {
  sourcePath: string;
  /** Gets the decoded sound; whoever made it removes it. */
  workDir: string;
  signal: AbortSignal;
  onProgress(fraction: number): void;
}

export interface Decoded {
  decoded: DecodedRecording;
  audio: DecodedAudio;
}

/** @throws HansardError of `probe`, `decode` and `openCraigZip` */
export async function decodeRecording(job: DecodeJob, tools: FfmpegTools): Promise<Decoded> {
  if (await isZip(job.sourcePath)) return await decodeCraig(job, tools);
  const { private: _notStored, ...facts } = await probe(job.sourcePath, tools, job.signal);
  if (!facts.isMultiTrack) {
    const channels = await decodeChannels(job, facts, tools);
    return 'decoded' in channels ? channels : await decodeOne(job, facts, tools, channels);
  }
  const streams = await decodeStreams(job, facts, tools);
  if ('decoded' in streams) return streams;
  return await decodeOne(job, { ...facts, chosenTrack: streams.chosenTrack }, tools, streams);
}

/** An ordinary recording: one track on which everybody speaks. */
async function decodeOne(
  { sourcePath, workDir, signal, onProgress }: DecodeJob,
  facts: MediaFacts,
  tools: FfmpegTools,
  { channel, warnings }: { channel?: number | undefined; warnings: readonly string[] },
): Promise<Decoded> {
  const wavPath = path.join(workDir, 'audio.wav');
  const made = await decode({ sourcePath, wavPath, facts, channel, signal, onProgress }, tools);
  const { sampleCount, durationMs, audioHash, truncated, loudness } = made;
  return {
    audio: { wavPath, sampleCount, durationMs },
    decoded: {
      ...{ facts, durationMs, audioHash, truncated, loudness, ffmpegVersion: tools.version },
      ...{ warnings: [...made.warnings, ...warnings], tracks: null },
    },
  };
}
