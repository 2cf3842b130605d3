/** How somebody is called in the workspace. */
import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';
import { cut, plain } from '../text.ts';
import type { Slack } from './call-slack.ts';

export async function memberName(slack: Slack, user: string): Promise<string> {
  const answer = await slack.call('users.info', client => client.users.info({ user }));
  const { profile, real_name: realName, name } = answer.user ?? {};
  const shown = profile?.display_name || profile?.real_name || realName || name || user;
  return cut(plain(shown), MOST_NAME_CHARACTERS);
}
