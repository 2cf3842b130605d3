/** Who hears what: commands by their name, presses and dialogs by the action in their custom id. */
import { InteractionType } from 'discord.js';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Discord } from './call-discord.ts';
import { parseCustomId } from './custom-id.ts';
import {
  answerableSchema,
  answersOf,
  type Caller,
  callerOf,
  type DiscordInteraction,
  interactionSchema,
} from './interaction.ts';
import { type Responder, responding } from './respond.ts';

export interface Heard {
  interaction: DiscordInteraction;
  caller: Caller;
  responder: Responder;
  /** Behind the action of the custom id. */
  value: string;
  /** Behind the first dot of the action, e.g. the field of a form. */
  detail: string;
  /** Of a menu. */
  chosen: string[];
  /** Of a dialog, by field. */
  answers: Map<string, string>;
}

export type Hear = (heard: Heard) => Promise<void>;

export interface Handlers {
  /** @param name of the subcommand, or of the command of a message */
  onCommand(name: string, hear: Hear): void;
  /** @param action of buttons, menus and dialogs, up to the first dot */
  onAction(action: string, hear: Hear): void;
  /** With the meeting that the value names, if it is of this channel. */
  onMeeting(action: string, hear: (heard: Heard & { meeting: Meeting }) => Promise<void>): void;
  /** @throws HansardError `unknown_meeting` when it is not of the channel in which it was pressed */
  meetingOf(id: string, caller: Caller): Meeting;
  /** What came from the gateway; never throws. */
  handle(data: unknown): Promise<void>;
}

export function createHandlers(
  options: { discord: Discord; logger: Logger; applicationId: string },
  store: Store,
): Handlers {
  const commands = new Map<string, Hear>();
  const actions = new Map<string, Hear>();
  const meetingOf: Handlers['meetingOf'] = (id, { channel }) => {
    const meeting = store.meetings.find(id);
    if (meeting?.platform !== DISCORD_PLATFORM || meeting.channel !== channel)
      throw new HansardError('unknown_meeting', id);
    return meeting;
  };

  const hearOf = ({ type, data }: DiscordInteraction): { hear: Hear | undefined; detail: string; value: string } => {
    if (type === InteractionType.ApplicationCommand) {
      const [first] = data?.options ?? [];
      const name =
        first?.options !== undefined || first?.value === undefined ? (first?.name ?? data?.name) : data?.name;
      return { hear: commands.get(name ?? ''), detail: '', value: '' };
    }
    const { action, value } = parseCustomId(data?.custom_id ?? '');
    const dot = action.indexOf('.');
    const [name, detail] = dot === -1 ? [action, ''] : [action.slice(0, dot), action.slice(dot + 1)];
    return { hear: actions.get(name), detail, value };
  };

  return {
    onCommand: (name, hear) => void commands.set(name, hear),
    onAction: (action, hear) => void actions.set(action, hear),
    onMeeting: (action, hear) =>
      void actions.set(action, heard => hear({ ...heard, meeting: meetingOf(heard.value, heard.caller) })),
    meetingOf,
    async handle(data) {
      const parsed = interactionSchema.safeParse(data);
      if (!parsed.success) {
        options.logger.warn({ issues: parsed.error.issues }, 'an interaction of Discord could not be read');
        const answerable = answerableSchema.safeParse(data);
        if (answerable.success)
          await responding(options, answerable.data, responder =>
            responder.say('I could not read that. Try it again.'),
          );
        return;
      }
      const interaction = parsed.data;
      const { hear, detail, value } = hearOf(interaction);
      await responding(options, interaction, async responder => {
        if (!hear) return await responder.say('I do not know that any more. Look for a newer message of mine.');
        await hear({
          ...{ interaction, responder, value, detail },
          caller: callerOf(interaction),
          chosen: interaction.data?.values ?? [],
          answers: answersOf(interaction),
        });
      });
    },
  };
}
