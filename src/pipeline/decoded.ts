/** What decoding found out about a recording: kept, while the decoded sound itself is temporary. */
import { z } from 'zod';
import { mediaFactsSchema } from './media-facts.ts';
import { tracksSchema } from './tracks.ts';

export const decodedSchema = z.object({
  facts: mediaFactsSchema,
  /** Of the sound that was decoded. */
  durationMs: z.number(),
  /**
   * sha256 of the samples: the same sound in another file has the same one. With `tracks` it is that of their packed
   * sound, places and names, and stands for the mix of all tracks too.
   */
  audioHash: z.string(),
  /** E.g. "recording looks truncated: 31 of 62 min"; null when all of it seems to be there. */
  truncated: z.string().nullable(),
  /** EBU R 128; null when it could not be measured. */
  loudness: z.object({ integratedLufs: z.number().nullable(), peakDb: z.number().nullable() }).nullable(),
  /** Of the ffmpeg that did it. */
  ffmpegVersion: z.string(),
  /** Plain sentences for the reader. */
  warnings: z.array(z.string()),
  /** Where each track is one speaker's; null for an ordinary recording. */
  tracks: tracksSchema.nullable().default(null), // stored results of before lack it
});

export type DecodedRecording = z.infer<typeof decodedSchema>;
