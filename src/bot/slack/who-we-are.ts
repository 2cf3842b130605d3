/** Asks Slack as whom it knows us: whether the token is good, for `hansard doctor`. */
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { SlackSettings } from '../../config.ts';
import { CLIENT_OPTIONS, createSlack } from './call-slack.ts';

const answerSchema = z.looseObject({ user: z.string().optional(), team: z.string().optional() });

/** @throws HansardError `token_refused`, `platform_unavailable` */
export async function whoWeAre(settings: SlackSettings | undefined): Promise<string> {
  const { botToken, apiUrl } = settings ?? {};
  const slack = createSlack(new WebClient(botToken, { ...CLIENT_OPTIONS, ...(apiUrl && { slackApiUrl: apiUrl }) }));
  const { user = 'the bot', team = 'a workspace' } = answerSchema.parse(
    await slack.call('auth.test', client => client.auth.test()),
  );
  return `${user} in ${team}`;
}
