/** What is kept of a recording in Slack: which file, and where its minutes go. */
import { z } from 'zod';
import { chatPlace } from '../chat-place.ts';

export const slackSource = chatPlace.extend({ kind: z.literal('slack'), fileId: z.string() });
