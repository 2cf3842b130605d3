/** Hears who agrees to be recognised by their voice, and who withdraws: each presses for themselves. */
import { ACTIONS } from '../present/present-progress.ts';
import { nameOfCaller } from './interaction.ts';
import { optionOf } from './listen-commands.ts';
import type { DiscordParts } from './parts.ts';

export function listenToVoices({ handlers, voices }: DiscordParts): void {
  handlers.onCommand('voice', async heard => {
    const { user } = heard.caller;
    const name = optionOf(heard, 'name');
    await heard.responder.say(name === '' ? voices.show(user) : voices.rename(user, name));
  });
  handlers.onAction(ACTIONS.voice, async ({ caller: { user }, interaction, responder }) => {
    await responder.say(await voices.remember({ user, name: nameOfCaller(interaction) }, interaction.id));
  });
  handlers.onAction(ACTIONS.voiceClaim, async ({ caller: { user }, value, interaction, responder }) => {
    await responder.say(voices.claim(value, user, interaction.id));
  });
  handlers.onAction(ACTIONS.voiceForget, async ({ caller: { user }, responder }) => {
    await responder.say(await voices.forget(user));
  });
}
