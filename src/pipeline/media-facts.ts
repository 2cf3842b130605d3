/** What is known about a recording before it is decoded. Where and with what it was recorded is left out on purpose. */
import { z } from 'zod';

const whole = z.number().int().min(0);
const text = z.string().nullable();

const audioTrack = z.object({
  /** Counts audio tracks from 0, as in ffmpeg's `0:a:N`. */
  track: whole,
  codec: z.string(),
  channels: whole,
  sampleRateHz: whole,
  bitsPerSample: z.number().nullable(),
  language: text,
  title: text,
  isDefault: z.boolean(),
  /** When the track begins, by the clock of its file. */
  startMs: whole.default(0),
  durationMs: z.number().nullable(),
});

const video = z.object({
  codec: z.string(),
  width: whole,
  height: whole,
  framesPerSecond: z.number().nullable(),
  /** Of the picture as shown, e.g. `16:9`. */
  aspect: text,
});

export const mediaFactsSchema = z.object({
  /** `mp4`, `mov`, `m4a`, `webm`, `mkv`, or ffmpeg's name, e.g. `ogg`. */
  container: z.string(),
  /** What the file says about its length; null when it says nothing. */
  durationMs: z.number().nullable(),
  /** The length is ffmpeg's guess from size and bit rate, and may be far off. */
  durationIsGuess: z.boolean(),
  sizeBytes: whole,
  bitsPerSecond: z.number().nullable(),
  /** ISO 8601 in UTC. */
  createdAt: text,
  title: text,
  artist: text,
  album: text,
  comment: text,
  chapters: z.array(z.object({ title: text, startMs: z.number(), endMs: z.number() })),
  video: video.nullable(),
  audioTracks: z.array(audioTrack),
  /** The track that is transcribed: the default one, else the one with most channels, else the longest. */
  chosenTrack: whole,
  isMultiTrack: z.boolean(),
  /** The file ends in the middle of a block that it began. */
  endsInsideBlock: z.boolean(),
});

export type AudioTrack = z.infer<typeof audioTrack>;
export type VideoFacts = z.infer<typeof video>;
export type MediaFacts = z.infer<typeof mediaFactsSchema>;
