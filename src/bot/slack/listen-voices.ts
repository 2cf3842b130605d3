/** Hears who agrees to be recognised by their voice, and who withdraws: each presses for themselves. */
import type { ChatMessage } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { EXPORT_NOTE } from '../present/present-voice.ts';
import { NOTHING_KEPT } from '../voice-desk.ts';
import { createAnswering } from './answering.ts';
import { memberName } from './member-name.ts';
import type { SlackParts } from './parts.ts';
import { pressSchema } from './presses.ts';

export function listenToVoices({ app, slack, teller, voices }: SlackParts): void {
  const answering = createAnswering(teller);
  const onPress = (
    action: string,
    work: (press: { user: string; value: string; press: string }) => Promise<string | ChatMessage>,
  ) =>
    app.action(action, async ({ ack, body }) => {
      await ack();
      const { user, channel: place, trigger_id: press, actions } = pressSchema.parse(body);
      const channel = place?.id ?? '';
      await answering(channel, user.id, async () => {
        const answer = await work({ user: user.id, value: actions[0].value ?? '', press });
        await teller.whisper({ channel, user: user.id }, answer);
      });
    });
  onPress(ACTIONS.voice, async ({ user, press }) =>
    voices.remember({ user, name: await memberName(slack, user) }, press),
  );
  onPress(ACTIONS.voiceClaim, async ({ user, value, press }) => voices.claim(value, user, press));
  onPress(ACTIONS.voiceForget, ({ user }) => voices.forget(user));
  onPress(ACTIONS.voiceExport, async ({ user }) => {
    const file = await voices.export(user);
    if (!file) return NOTHING_KEPT;
    await teller.sendFile(user, file, EXPORT_NOTE);
    return 'I sent you the file in a direct message.';
  });
}
