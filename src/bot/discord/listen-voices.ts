/** Hears who agrees to be recognised by their voice, and who withdraws: each presses for themselves. */
import { ACTIONS } from '../present/present-progress.ts';
import { EXPORT_NOTE } from '../present/present-voice.ts';
import { NOTHING_KEPT } from '../voice-desk.ts';
import { nameOfCaller } from './interaction.ts';
import { LIMITS } from './limits.ts';
import { optionOf } from './listen-commands.ts';
import type { DiscordParts } from './parts.ts';
import { pack } from './post-files.ts';

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
  handlers.onAction(ACTIONS.voiceExport, async ({ caller: { user }, responder }) => {
    const file = await voices.export(user);
    if (!file) return await responder.say(NOTHING_KEPT);
    const { parcels, left } = await pack([file], LIMITS.fileBytes);
    await responder.sayFiles([EXPORT_NOTE, ...left].join(' '), parcels.flat());
  });
}
