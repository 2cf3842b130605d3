/** Looks at the channels of one audio track: are they one speaker's each, as telephone systems record the sides of a call? */
import fs from 'node:fs/promises';
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { MediaFacts } from '../../pipeline/media-facts.ts';
import { nameChannel } from '../../pipeline/tracks.ts';
import { openWavFile, type WavFile } from '../audio/wav-file.ts';
import type { FfmpegTools } from '../ffmpeg/check-ffmpeg.ts';
import { type DecodedTrack, decodeTrack } from '../ffmpeg/decoder.ts';
import type { Decoded, DecodeJob } from './decode-recording.ts';
import { muteLeaks } from './mute-leaks.ts';
import { packTracks } from './pack-tracks.ts';
import { type ChannelSurvey, surveyChannels } from './survey-channels.ts';

/** Each is decoded. */
const MAX_CHANNELS = 16;
/** Enough to see that all channels hold the same, as they do in most stereo recordings: these are decoded once. */
const GLANCE_SECONDS = 180;
const DECODE_SHARE = 0.9;
const INVERTED =
  'One of the two channels is the other one upside down, and together they are silent; one is transcribed.';

/** How to decode an ordinary recording. */
export interface OneForAllChannels {
  /** The one to hear; undefined for the mix of all. */
  channel: number | undefined;
  warnings: string[];
}

/** @throws HansardError of `decode` */
export async function decodeChannels(
  job: DecodeJob,
  facts: MediaFacts,
  tools: FfmpegTools,
): Promise<Decoded | OneForAllChannels> {
  const { channels = 0 } = facts.audioTracks[facts.chosenTrack] ?? {};
  const mix: OneForAllChannels = { channel: undefined, warnings: [] };
  if (channels < 2 || channels > MAX_CHANNELS) return mix;
  const glance = { ...job, onProgress: () => {}, facts, channels, seconds: GLANCE_SECONDS };
  const verdict = await withChannels(glance, tools, async ({ survey }) => survey.verdict);
  if (verdict === 'inverted' && channels === 2) return { channel: 0, warnings: [INVERTED] };
  if (verdict === 'same' || verdict === 'inverted') return mix;
  return await withChannels({ ...job, facts, channels }, tools, async ({ decoded, wavs, survey }) => {
    if (survey.verdict !== 'apart') return mix;
    return await packTracks(job, tools, async packer => {
      const spoken = muteLeaks(wavs, survey);
      for (const channel of survey.sounding)
        await packer.add(spoken[channel]!, 0, { name: nameChannel(channel, channels), user: null });
      const { warnings = [], truncated = null } = decoded[0] ?? {};
      return { facts, warnings, truncated };
    });
  });
}

interface Channels {
  decoded: DecodedTrack[];
  wavs: WavFile[];
  survey: ChannelSurvey;
}

/** Decodes every channel by itself, for as long as the work lasts. */
async function withChannels<T>(
  request: DecodeJob & { facts: MediaFacts; channels: number; seconds?: number },
  tools: FfmpegTools,
  work: (channels: Channels) => Promise<T>,
): Promise<T> {
  const { channels, workDir, signal } = request;
  const decoded: DecodedTrack[] = [];
  const wavs: WavFile[] = [];
  try {
    for (let channel = 0; channel < channels; channel++) {
      const onProgress = (fraction: number) => request.onProgress((DECODE_SHARE * (channel + fraction)) / channels);
      const wavPath = path.join(workDir, `channel-${channel}.wav`);
      decoded.push(await decodeTrack({ ...request, wavPath, channel, onProgress }, tools));
      wavs.push(openWavFile(wavPath));
    }
    return await work({ decoded, wavs, survey: await surveyChannels(wavs, signal) });
  } catch (cause) {
    throw signal.aborted ? new HansardError('cancelled', 'while channels were compared', { cause }) : cause;
  } finally {
    for (const wav of wavs) wav.close();
    for (const { wavPath } of decoded) await fs.rm(wavPath, { force: true });
  }
}
