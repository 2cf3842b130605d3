/** How listeners answer: what goes wrong is told to the one who did it, and what is wrong in a dialog stands in the dialog. */
import type { App } from '@slack/bolt';
import { HansardError } from '../../errors.ts';
import type { DialogErrors, DialogMeeting } from './dialog.ts';
import type { Teller } from './tell.ts';

/** Does the work; a HansardError becomes a sentence for that person. */
export type Answering = (channel: string, user: string, work: () => Promise<unknown>) => Promise<void>;

export function createAnswering(teller: Teller): Answering {
  return async (channel, user, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof HansardError)) throw error;
      await teller.whisper({ channel, user }, error.userMessage);
    }
  };
}

/** Hears a dialog that was sent: `work` comes when Slack has its answer, unless something is wrong with what was filled in. */
export function onDialog<Wish extends { meeting: DialogMeeting } | { channel: string }>(
  app: App,
  answering: Answering,
  callbackId: string,
  read: (view: unknown) => Wish | DialogErrors,
  work: (wish: Wish, user: string) => Promise<unknown>,
): void {
  app.view(callbackId, async ({ ack, body, view }) => {
    const wish = read(view);
    if ('errors' in wish) return await ack({ response_action: 'errors', errors: wish.errors });
    await ack();
    const channel = 'meeting' in wish ? wish.meeting.channel : wish.channel;
    await answering(channel, body.user.id, () => work(wish, body.user.id));
  });
}
