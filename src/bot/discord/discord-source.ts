/** What is kept of a recording in Discord: which attachment, its address as long as it holds, and where its minutes go. */
import { z } from 'zod';
import { chatPlace } from '../chat-place.ts';

export const discordSource = chatPlace.extend({
  kind: z.literal('discord'),
  fileId: z.string(),
  url: z.string(),
  sizeBytes: z.number(),
});

/** As Discord sends it. */
export const attachmentSchema = z.looseObject({
  id: z.string(),
  filename: z.string(),
  title: z.string().nullish(),
  size: z.number(),
  url: z.string(),
  content_type: z.string().nullish(),
  ephemeral: z.boolean().nullish(),
});
export type Attachment = z.infer<typeof attachmentSchema>;
