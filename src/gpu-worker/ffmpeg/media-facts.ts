/** What is known about a recording before it is decoded: ffprobe's answer, checked and put into our words. */
import { z } from 'zod';
import type { AudioTrack, MediaFacts, VideoFacts } from '../../pipeline/media-facts.ts';

/** The facts that may be shown, and those that may not. */
export interface ProbedMedia extends MediaFacts {
  /** Where and with what it was recorded. Kept apart: never posted, never written to a result. */
  private: { location: string | null; device: string | null };
}

const tags = z.record(z.string(), z.string()).default({});
const numeric = z.coerce.number().optional().catch(undefined);

const streamSchema = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  channels: numeric,
  sample_rate: numeric,
  bits_per_raw_sample: numeric,
  bits_per_sample: numeric,
  width: numeric,
  height: numeric,
  avg_frame_rate: z.string().optional(),
  display_aspect_ratio: z.string().optional(),
  duration: numeric,
  start_time: numeric,
  disposition: z.record(z.string(), z.number()).default({}),
  tags,
});

/** The part of ffprobe's JSON that we read (`-show_format -show_streams -show_chapters`). */
export const ffprobeSchema = z.object({
  format: z.object({ format_name: z.string(), duration: numeric, bit_rate: numeric, tags }),
  streams: z.array(streamSchema).default([]),
  chapters: z.array(z.object({ start_time: numeric, end_time: numeric, tags })).default([]),
});

type Stream = z.infer<typeof streamSchema>;
type Tags = Record<string, string>;

/** What ffprobe does not say and the file itself does. */
export interface FileFacts {
  sizeBytes: number;
  /** The first bytes. */
  head: Buffer;
  /** The length written in a WAV header, which ffprobe replaces by the length of what is there. */
  wavDurationMs: number | null;
  durationIsGuess: boolean;
  endsInsideBlock: boolean;
}

/** Puts ffprobe's answer into our words. Without an audio track `audioTracks` is empty and `chosenTrack` is 0. */
export function buildMediaFacts(probed: z.infer<typeof ffprobeSchema>, file: FileFacts): ProbedMedia {
  const { format, streams, chapters } = probed;
  const formatTags = lowerCased(format.tags);
  const audioTracks = streams
    .filter(stream => stream.codec_type === 'audio')
    .map((stream, track) => buildAudioTrack(stream, track, file.wavDurationMs));
  const picture = streams.find(stream => stream.codec_type === 'video' && !stream.disposition.attached_pic);
  return {
    container: nameContainer(format.format_name, formatTags, file.head),
    durationMs: file.wavDurationMs ?? toMs(format.duration),
    durationIsGuess: file.durationIsGuess && file.wavDurationMs === null,
    sizeBytes: file.sizeBytes,
    bitsPerSecond: format.bit_rate ?? null,
    createdAt: findCreation([formatTags, ...streams.map(stream => lowerCased(stream.tags))]),
    title: findTag(formatTags, ['title']),
    artist: findTag(formatTags, ['artist', 'album_artist', 'author']),
    album: findTag(formatTags, ['album']),
    comment: findTag(formatTags, ['comment', 'description', 'synopsis']),
    private: {
      location: findTag(formatTags, ['location', 'location-eng', 'com.apple.quicktime.location.iso6709']),
      device: findDevice(formatTags),
    },
    chapters: chapters.map(chapter => ({
      title: findTag(lowerCased(chapter.tags), ['title']),
      startMs: toMs(chapter.start_time) ?? 0,
      endMs: toMs(chapter.end_time) ?? 0,
    })),
    video: picture ? buildVideoFacts(picture) : null,
    audioTracks,
    chosenTrack: chooseTrack(audioTracks),
    isMultiTrack: audioTracks.length > 1,
    endsInsideBlock: file.endsInsideBlock,
  };
}

function buildAudioTrack(stream: Stream, track: number, wavDurationMs: number | null): AudioTrack {
  const streamTags = lowerCased(stream.tags);
  return {
    track,
    codec: stream.codec_name ?? 'unknown',
    channels: stream.channels ?? 0,
    sampleRateHz: stream.sample_rate ?? 0,
    bitsPerSample: stream.bits_per_raw_sample || stream.bits_per_sample || null,
    language: findTag(streamTags, ['language']),
    title: findTag(streamTags, ['title', 'name']) ?? findHandler(streamTags),
    isDefault: stream.disposition.default === 1,
    startMs: toMs(stream.start_time) ?? 0,
    durationMs: wavDurationMs ?? toMs(stream.duration) ?? parseClock(streamTags.duration),
  };
}

/** What programs call their tracks when nobody named them. */
const ANONYMOUS_HANDLER = /handler|core media|media file|^(sound|audio|mono|stereo)\b/i;

/** In MP4 a track's name is that of its handler (ISO/IEC 14496-12, 8.4.3). */
function findHandler(streamTags: Tags): string | null {
  const name = findTag(streamTags, ['handler_name']);
  return name !== null && ANONYMOUS_HANDLER.test(name) ? null : name;
}

function buildVideoFacts(stream: Stream): VideoFacts {
  const [frames, seconds] = (stream.avg_frame_rate ?? '').split('/').map(Number);
  return {
    codec: stream.codec_name ?? 'unknown',
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    framesPerSecond: frames && seconds ? Math.round((frames / seconds) * 1000) / 1000 : null,
    aspect: stream.display_aspect_ratio ?? null,
  };
}

function chooseTrack(tracks: AudioTrack[]): number {
  const best = [...tracks].sort(
    (a, b) =>
      Number(b.isDefault) - Number(a.isDefault) ||
      b.channels - a.channels ||
      (b.durationMs ?? 0) - (a.durationMs ?? 0) ||
      a.track - b.track,
  );
  return best[0]?.track ?? 0;
}

/** ffprobe gives the demuxer's name, which stands for a family; the file's brand says which member it is. */
function nameContainer(formatName: string, formatTags: Tags, head: Buffer): string {
  if (formatName.startsWith('mov,')) {
    const brand = formatTags.major_brand ?? '';
    if (brand.startsWith('M4A')) return 'm4a';
    return brand.startsWith('qt') || brand === '' ? 'mov' : 'mp4';
  }
  if (formatName.startsWith('matroska')) return head.includes('webm') ? 'webm' : 'mkv';
  return formatName.split(',', 1)[0] ?? formatName;
}

function findCreation(tagLists: Tags[]): string | null {
  for (const list of tagLists) {
    const said = list['com.apple.quicktime.creationdate'] ?? list.creation_time ?? list.date;
    if (said === undefined || !/^\d{4}-\d\d-\d\d/.test(said)) continue;
    const date = new Date(said);
    // recorders without a clock write 1904 or 1970
    if (!Number.isNaN(date.getTime()) && date.getUTCFullYear() > 1980) return date.toISOString();
  }
  return null;
}

function findDevice(formatTags: Tags): string | null {
  const make = findTag(formatTags, ['com.apple.quicktime.make', 'com.android.manufacturer', 'make']);
  const model = findTag(formatTags, ['com.apple.quicktime.model', 'com.android.model', 'model']);
  return [make, model].filter(Boolean).join(' ') || null;
}

const MAX_TAG_LENGTH = 500;

function findTag(list: Tags, names: string[]): string | null {
  for (const name of names) {
    const text = list[name]?.replace(/\p{Cc}+/gu, ' ').trim();
    if (text) return text.slice(0, MAX_TAG_LENGTH);
  }
  return null;
}

function lowerCased(list: Tags): Tags {
  return Object.fromEntries(Object.entries(list).map(([name, text]) => [name.toLowerCase(), text]));
}

function toMs(seconds: number | undefined): number | null {
  return seconds !== undefined && seconds > 0 ? Math.round(seconds * 1000) : null;
}

/** Matroska writes a track's length as a tag, `00:01:01.064000000`. */
function parseClock(text: string | undefined): number | null {
  const clock = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)/.exec(text ?? '');
  return clock ? toMs(Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) : null;
}
