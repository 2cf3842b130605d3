/** Decodes a ZIP of Craig: every track is one user of Discord, and the notes are the chapters. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { AudioTrack, MediaFacts } from '../../pipeline/media-facts.ts';
import { SAMPLE_RATE_HZ } from '../../pipeline/meeting.ts';
import { withWavFile } from '../audio/wav-file.ts';
import type { FfmpegTools } from '../ffmpeg/check-ffmpeg.ts';
import { decodeTrack } from '../ffmpeg/decoder.ts';
import { probe } from '../ffmpeg/probe.ts';
import type { CraigInfo } from './craig-info.ts';
import { type CraigTrack, openCraigZip } from './craig-zip.ts';
import type { Decoded, DecodeJob } from './decode-recording.ts';
import { distinguishNames, excuseTrack, packTracks } from './pack-tracks.ts';
import type { TrackPacker } from './track-packer.ts';

const GARBLED = 'The names in info.txt are not in UTF-8 and may look wrong.';
/** The delay of an encoder, which is in the start time of MP3 and Opus, is no late start. */
const LATE_MS = 100;
/** The rest of the progress is measuring. */
const DECODE_SHARE = 0.9;

export async function decodeCraig(job: DecodeJob, tools: FfmpegTools): Promise<Decoded> {
  const zip = await openCraigZip(job.sourcePath);
  try {
    const { size } = await fs.stat(job.sourcePath);
    return await packTracks(job, tools, async packer => {
      const { audioTracks, warnings } = await addTracks(zip.tracks, job, tools, packer);
      const longestMs = Math.max(...audioTracks.map(track => track.startMs + (track.durationMs ?? 0)));
      return {
        facts: buildFacts(zip.info, audioTracks, { sizeBytes: size, durationMs: longestMs }),
        warnings: [...(zip.info.isGarbled ? [GARBLED] : []), ...warnings],
      };
    });
  } finally {
    zip.close();
  }
}

/** One after the other, since all of them decoded may be too much for the disk. */
async function addTracks(
  tracks: readonly CraigTrack[],
  job: DecodeJob,
  tools: FfmpegTools,
  packer: TrackPacker,
): Promise<{ audioTracks: AudioTrack[]; warnings: string[] }> {
  const speakers = distinguishNames(tracks.map(({ speaker }) => speaker));
  const audioTracks: AudioTrack[] = [];
  const warnings: string[] = [];
  let failure: unknown;
  for (const [index, track] of tracks.entries()) {
    const speaker = speakers[index]!;
    const onProgress = (fraction: number) => job.onProgress((DECODE_SHARE * (index + fraction)) / tracks.length);
    try {
      const { facts, wavPath } = await decodeCraigTrack(track, { ...job, onProgress }, tools);
      const startMs = facts.startMs > LATE_MS ? facts.startMs : 0;
      const startSample = Math.round((startMs * SAMPLE_RATE_HZ) / 1000);
      await withWavFile(wavPath, wav => packer.add(wav, startSample, speaker));
      await fs.rm(wavPath);
      audioTracks.push({ ...facts, track: audioTracks.length, startMs, title: speaker.name });
    } catch (error) {
      warnings.push(...excuseTrack(error, speaker.name ?? `number ${index + 1}`));
      failure ??= error;
    }
  }
  if (audioTracks.length === 0) throw failure ?? new HansardError('zip_no_audio', 'no track');
  return { audioTracks, warnings };
}

async function decodeCraigTrack(
  track: CraigTrack,
  { workDir, signal, onProgress }: DecodeJob,
  tools: FfmpegTools,
): Promise<{ facts: AudioTrack; wavPath: string }> {
  const sourcePath = path.join(workDir, 'craig-track');
  const wavPath = path.join(workDir, 'craig-track.wav');
  try {
    await track.unpack(sourcePath, signal);
    const facts = await probe(sourcePath, tools, signal);
    const { durationMs } = await decodeTrack({ sourcePath, wavPath, facts, signal, onProgress }, tools);
    const own = facts.audioTracks[facts.chosenTrack];
    if (!own) throw new HansardError('no_audio', sourcePath);
    return { facts: { ...own, durationMs }, wavPath };
  } finally {
    await fs.rm(sourcePath, { force: true });
  }
}

function buildFacts(
  { channel, guild, startedAt, notes }: CraigInfo,
  audioTracks: AudioTrack[],
  { sizeBytes, durationMs }: { sizeBytes: number; durationMs: number },
): MediaFacts {
  const chapters = notes
    .toSorted((a, b) => a.startMs - b.startMs)
    .map(({ startMs, text }, index, all) => ({ title: text, startMs, endMs: all[index + 1]?.startMs ?? durationMs }));
  return {
    ...{ container: 'craig', durationMs, durationIsGuess: false, sizeBytes, bitsPerSecond: null },
    ...{ createdAt: startedAt, title: channel, artist: null, album: guild, comment: null },
    ...{ chapters, video: null, audioTracks, chosenTrack: 0, isMultiTrack: audioTracks.length > 1 },
    endsInsideBlock: false,
  };
}
