/** Hears `/transcribe`, shortcuts, the Home tab and the dialogs of settings and links. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import { assertMayTakeAll, readChannelSettings, writeChannelSettings } from '../channel-settings.ts';
import { answerCommand, type Command, meantMeetings, offerMeetings, parseCommand } from '../commands.ts';
import { type ChatMessage, sentence } from '../message.ts';
import { ACTIONS } from '../present/present-progress.ts';
import { presentSettings, sentenceOfAuto } from '../present/present-settings.ts';
import { keepHidden } from '../settings-text.ts';
import { createAnswering, onDialog } from './answering.ts';
import { asSlack } from './blocks.ts';
import { HELP } from './help.ts';
import { publishHome } from './home.ts';
import { LINK_TOPIC, type LinkSighting } from './intake.ts';
import { buildLinkDialog, LINK_DIALOG, readLinkDialog } from './link-dialog.ts';
import type { MeetingActions } from './listen-meetings.ts';
import type { SlackParts } from './parts.ts';
import { pressSchema } from './presses.ts';
import { offerRecordings } from './recent-recordings.ts';
import { buildSettingsDialog, readSettingsDialog, SETTINGS_DIALOG } from './settings-dialog.ts';

/** Callback ids of the manifest. */
export const SHORTCUT = 'hansard_process_message';
export const LINK_SHORTCUT = 'hansard_new';

const idSchema = z.looseObject({ id: z.string() });
const shortcutBody = z.looseObject({
  team: idSchema.nullish(),
  channel: idSchema,
  user: idSchema,
  trigger_id: z.string().catch(''),
  message: z.looseObject({ ts: z.string().catch(''), files: z.array(idSchema).catch([]).optional() }),
});
interface Caller {
  channel: string;
  user: string;
  team: string;
  triggerId: string;
}

export function listenToCommands(parts: SlackParts, actions: MeetingActions): void {
  const { app, slack, store, queue, teller, rights, intake, inbox, keeper, defaults, autoProcess } = parts;
  const scopeOf = (channel: string) => `${SLACK_PLATFORM}:${channel}`;
  const whoIs = (user: string) => `${SLACK_PLATFORM}:${user}`;

  const answering = createAnswering(teller);

  app.command(/^\//, async ({ ack, command: given }) => {
    const { channel_id: channel, user_id: user, team_id: team, trigger_id: triggerId, text = '' } = given;
    const command = parseCommand(text);
    if (command.kind === 'words' || command.kind === 'settings') {
      const where = { store, queue, platform: SLACK_PLATFORM, channel, autoByDefault: defaults.auto, help: HELP };
      const { text: fallback, blocks } = asSlack(await answerCommand(command, where));
      return await ack({ response_type: 'ephemeral', text: fallback, blocks });
    }
    if (command.kind === 'voice') {
      const answer =
        command.name === undefined ? parts.voices.show(user) : sentence(parts.voices.rename(user, command.name));
      return await ack({ response_type: 'ephemeral', ...asSlack(answer) });
    }
    if (command.kind === 'link') {
      const refusal = noteLink({ team, channel, user, link: command.link, asked: true }, triggerId);
      return await ack({ response_type: 'ephemeral', ...asSlack(sentence(refusal ?? 'I fetch it.')) });
    }
    await ack(); // Slack is asked for something only then
    await answering(channel, user, async () => {
      const answer = await carryOut(command, { channel, user, team, triggerId });
      if (answer) await teller.whisper({ channel, user }, answer);
    });
  });

  async function carryOut(
    command: Exclude<Command, { kind: 'words' | 'settings' | 'link' | 'voice' }>,
    caller: Caller,
  ): Promise<ChatMessage | string | undefined> {
    const { channel, user } = caller;
    switch (command.kind) {
      case 'offer':
        return await offerRecordings(slack, channel);
      case 'auto':
        await rights.assertMaySet(channel, user);
        assertMayTakeAll({ auto: command.isOn }, autoProcess);
        writeChannelSettings(store.settings, scopeOf(channel), { auto: command.isOn }, whoIs(user));
        return sentenceOfAuto(command.isOn);
      case 'meeting': {
        const { word, title } = command;
        const meant = meantMeetings(store, { platform: SLACK_PLATFORM, channel }, word, title);
        const [only, ...others] = meant;
        // forgetting asks first; and where several are meant the person says which
        const isClear = only && word !== 'forget' && (others.length === 0 || word === 'speakers');
        if (!isClear) return offerMeetings(word, meant, title);
        return await actions[word](only, user, caller.triggerId);
      }
    }
  }

  /** @returns why not */
  const noteLink = (seen: LinkSighting, event: string): string | undefined => {
    try {
      intake.assertLink(seen.link);
      inbox.put(LINK_TOPIC, seen, `link:${event}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof HansardError)) throw error;
      return error.userMessage;
    }
  };

  app.shortcut(SHORTCUT, async ({ ack, body }) => {
    const { team, channel, user, message: shown, trigger_id: triggerId } = shortcutBody.parse(body);
    const ids = (shown.files ?? []).map(({ id }) => id);
    for (const fileId of ids)
      keeper.noteFile(
        { team: team?.id ?? parts.team, channel: channel.id, user: user.id, fileId, asked: true },
        `shortcut:${triggerId}:${shown.ts}`,
      );
    await ack();
    if (ids.length === 0)
      await teller.whisper({ channel: channel.id, user: user.id }, 'That message has no recording.');
  });

  app.shortcut(LINK_SHORTCUT, async ({ ack, body }) => {
    await ack();
    const refusal = parts.links ? undefined : new HansardError('links_off', '').userMessage;
    const { trigger_id: triggerId } = body;
    await slack.call('views.open', client =>
      client.views.open({ trigger_id: triggerId, view: buildLinkDialog(refusal) }),
    );
  });
  app.view(LINK_DIALOG, async ({ ack, body, view }) => {
    const { link, channel } = readLinkDialog(view);
    const seen = { team: body.team?.id ?? parts.team, channel, user: body.user.id, link, asked: true };
    const refusal = noteLink(seen, view.id);
    if (refusal) await ack({ response_action: 'errors', errors: { link: refusal } });
    else await ack();
  });

  for (const action of [ACTIONS.settings, ACTIONS.chooseChannel])
    app.action(action, async ({ ack, body }) => {
      await ack();
      const {
        user,
        trigger_id: triggerId,
        actions: [pressed],
      } = pressSchema.parse(body);
      const channel = pressed.selected_conversation ?? pressed.value ?? '';
      await answering(channel, user.id, async () => {
        await rights.assertMaySet(channel, user.id);
        const chosen = readChannelSettings(store.settings, scopeOf(channel));
        await slack.call('views.open', client =>
          client.views.open({ trigger_id: triggerId, view: buildSettingsDialog(channel, chosen, defaults) }),
        );
      });
    });
  onDialog(app, answering, SETTINGS_DIALOG, readSettingsDialog, async ({ channel, wanted }, user) => {
    await rights.assertMaySet(channel, user);
    assertMayTakeAll(wanted, autoProcess);
    const { glossary: before } = readChannelSettings(store.settings, scopeOf(channel));
    const glossary = keepHidden(before, wanted.glossary);
    writeChannelSettings(store.settings, scopeOf(channel), { ...wanted, glossary }, whoIs(user));
    await teller.whisper(
      { channel, user },
      presentSettings(store.settings, { platform: SLACK_PLATFORM, channel }, defaults.auto),
    );
  });

  app.event('app_home_opened', async ({ event }) => {
    if (event.tab === 'home') await publishHome(event.user, parts);
  });
}
