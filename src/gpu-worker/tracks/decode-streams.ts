/**
 * Looks at the audio tracks of one file: are they one speaker's each, as OBS can record them, or the same sound again?
 * ffmpeg counts the time of all of them from the earliest, so that a track which begins late keeps its place.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { AudioTrack, MediaFacts } from '../../pipeline/media-facts.ts';
import type { TrackSpeaker } from '../../pipeline/tracks.ts';
import { openWavFile, withWavFile } from '../audio/wav-file.ts';
import type { FfmpegTools } from '../ffmpeg/check-ffmpeg.ts';
import { decodeTrack } from '../ffmpeg/decoder.ts';
import { MAX_TRACKS } from './craig-zip.ts';
import type { Decoded, DecodeJob } from './decode-recording.ts';
import { distinguishNames, excuseTrack, packTracks } from './pack-tracks.ts';
import { holds, profileTrack } from './same-sound.ts';

/** The one track on which everybody speaks, and sentences about the others. */
export interface OneForAll {
  chosenTrack: number;
  warnings: string[];
}

interface StreamWav {
  track: AudioTrack;
  wavPath: string;
}

const DECODE_SHARE = 0.9;

/** @throws HansardError `too_many_tracks`, and those of `decode` that concern all tracks */
export async function decodeStreams(
  job: DecodeJob,
  facts: MediaFacts,
  tools: FfmpegTools,
): Promise<Decoded | OneForAll> {
  const { audioTracks, chosenTrack } = facts;
  if (audioTracks.length > MAX_TRACKS) throw new HansardError('too_many_tracks', `${audioTracks.length} audio tracks`);
  const languages = new Set(audioTracks.flatMap(({ language }) => (language && language !== 'und' ? language : [])));
  if (languages.size > 1) return { chosenTrack, warnings: [describeChoice(facts, chosenTrack, 'by their languages')] };
  const { wavs, warnings } = await decodeEach(job, facts, tools);
  const speaking = findSpeaking(wavs, chosenTrack);
  if (speaking.length > 1) {
    const speakers = distinguishNames(speaking.map(({ track }) => ({ name: nameOf(track), user: null })));
    return await packTracks(job, tools, async packer => {
      for (const [index, { wavPath }] of speaking.entries())
        await withWavFile(wavPath, wav => packer.add(wav, 0, speakers[index]!));
      for (const { wavPath } of wavs) await fs.rm(wavPath);
      return { facts, warnings };
    });
  }
  for (const { wavPath } of wavs) await fs.rm(wavPath);
  const only = speaking[0]?.track.track ?? chosenTrack;
  return { chosenTrack: only, warnings: [...warnings, describeChoice(facts, only, 'by their sound')] };
}

async function decodeEach(
  job: DecodeJob,
  facts: MediaFacts,
  tools: FfmpegTools,
): Promise<{ wavs: StreamWav[]; warnings: string[] }> {
  const wavs: StreamWav[] = [];
  const warnings: string[] = [];
  for (const track of facts.audioTracks) {
    const wavPath = path.join(job.workDir, `stream-${track.track}.wav`);
    const onProgress = (fraction: number) =>
      job.onProgress((DECODE_SHARE * (track.track + fraction)) / facts.audioTracks.length);
    try {
      await decodeTrack({ ...job, wavPath, facts: { ...facts, chosenTrack: track.track }, onProgress }, tools);
      wavs.push({ track, wavPath });
    } catch (error) {
      warnings.push(...excuseTrack(error, nameOf(track) ?? `number ${track.track + 1}`));
    }
  }
  return { wavs, warnings };
}

/** Without silent tracks and those that another one holds; of copies the chosen one stays, or the first. */
function findSpeaking(wavs: readonly StreamWav[], chosenTrack: number): StreamWav[] {
  const opened = wavs.map(one => ({ ...one, ...profileTrack(openWavFile(one.wavPath)) }));
  try {
    const rank = ({ track: { track } }: StreamWav) => (track === chosenTrack ? -1 : track);
    const sounding = opened.filter(({ frames }) => frames.length > 0).sort((a, b) => rank(a) - rank(b));
    const kept = sounding.filter((one, index) =>
      sounding.every((other, place) => {
        if (other === one || !holds(other, one)) return true;
        return place > index && holds(one, other);
      }),
    );
    return kept.sort((a, b) => a.track.track - b.track.track);
  } finally {
    for (const { wav } of opened) wav.close();
  }
}

/** What programs call their tracks when nobody named them. */
const ANONYMOUS = /^(audio|track|stream|channel|simple_\w+_recording|mono|stereo|surround|\W|\d)+$/i;

function nameOf({ title }: AudioTrack): TrackSpeaker['name'] {
  return title === null || ANONYMOUS.test(title) ? null : title;
}

function describeChoice({ audioTracks }: MediaFacts, track: number, why: string): string {
  const others = `The recording has ${audioTracks.length} audio tracks`;
  return `${others}, which are not one speaker's each, to judge ${why}; only track ${track + 1} is transcribed.`;
}
