/**
 * A recording with one track per speaker (Craig, OBS, a call with one side per channel). Its tracks are mostly silence, so
 * that only their sounding stretches are kept: one after the other in one file, the *packed* sound, with the table here.
 */
import { z } from 'zod';
import type { Diarization, PlatformUser, Speaker, Transcription } from './meeting.ts';

export const platformUserSchema: z.ZodType<PlatformUser> = z.object({
  platform: z.literal('discord'),
  id: z.string(),
  userName: z.string(),
});

const whole = z.number().int().min(0);

const trackSpeaker = z.object({
  /** Null when nobody says whose track it is. */
  name: z.string().nullable(),
  user: platformUserSchema.nullable(),
});
export type TrackSpeaker = z.infer<typeof trackSpeaker>;

const stretch = z.object({
  /** Index into `speakers`. */
  track: whole,
  /** In the meeting, and in the packed sound; in samples. The first may be negative: silence before the meeting. */
  meetingFrom: z.number().int(),
  packedFrom: whole,
  sampleCount: whole,
});
export type Stretch = z.infer<typeof stretch>;

export const tracksSchema = z.object({
  /** Of the packed sound. */
  sampleCount: whole,
  /** One per track, silent ones included. */
  speakers: z.array(trackSpeaker),
  /** By `packedFrom`. */
  stretches: z.array(stretch),
});
export type Tracks = z.infer<typeof tracksSchema>;

/** What a channel is called that is one speaker's. */
export function nameChannel(channel: number, count: number): string {
  if (count !== 2) return `Channel ${channel + 1}`;
  return channel === 0 ? 'Left channel' : 'Right channel';
}

/** Whether nobody has said who the speaker is: the name of a channel says where somebody speaks, and not who. */
export function isUnnamed({ id, label }: Pick<Speaker, 'id' | 'label'>): boolean {
  return label === id || /^(?:Left channel|Right channel|Channel \d+)$/.test(label);
}

/** What the diarization stage gives for such a recording, unasked. */
export const NOTHING_TO_TELL_APART: Diarization = { spans: [], speakerCount: 0, warnings: [] };

/** Who speaks when, where each track is a voice: from the speech that was detected on it. */
export function voicesOfTracks({ speech }: Transcription): Diarization {
  const spans = speech.flatMap(({ voice, startMs, endMs }) =>
    voice === undefined ? [] : [{ speaker: voice, startMs, endMs }],
  );
  return { spans, speakerCount: new Set(spans.map(({ speaker }) => speaker)).size, warnings: [] };
}
