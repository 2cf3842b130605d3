/** What is kept of a recording in Slack: which file, and where its minutes go. */
import { z } from 'zod';

const place = {
  channel: z.string(),
  /** The thread of the recording; without one, minutes are a message of their own. */
  threadTs: z.string().optional(),
  /** Of the message with the recording: what came with it is one batch. */
  messageTs: z.string().optional(),
  name: z.string(),
  /** Who posted it, where somebody else asked for the minutes. */
  uploader: z.string().optional(),
};

export const slackSource = z.looseObject({ kind: z.literal('slack'), fileId: z.string(), ...place });

/** Also of a link that somebody gave us in Slack. */
export const slackPlace = z.looseObject(place);
export type SlackPlace = z.infer<typeof slackPlace>;
