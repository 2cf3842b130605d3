/** What people press, choose, fill in and type. */
import { until } from '../../builders/until.ts';
import type { Announcements } from './announcements.ts';
import { commandData, partialChannel, type Typed } from './command-options.ts';
import type { Commands, FakeCommand } from './command-routes.ts';
import { COMPONENT } from './component-schemas.ts';
import { type Filled, fillModal, optionsOf } from './fill-modal.ts';
import { type FakeInteraction, INTERACTION, TOKEN_LIFE_MS } from './interaction-routes.ts';
import { type OpenModal, type Outcome, outcomeOf } from './outcome.ts';
import { EVERYONE_PERMISSIONS, type Permissions } from './permissions.ts';
import { DISCORD, type FakeMessage, type Json, type World } from './server-world.ts';
import type { Show } from './show.ts';
import { bySnowflake } from './snowflakes.ts';
import { COMMAND_TYPE } from './validate-commands.ts';
import { type AnyComponent, FLAG, nested } from './validate-components.ts';

export interface Person {
  /** Without it Anna. */
  user?: string;
  locale?: string;
  /** What the person may do in the channel. */
  memberPermissions?: bigint | string;
}

export interface Forged {
  /** 2: a command, 3: something in a message, 5: a modal. */
  type: number;
  data: unknown;
  source?: FakeMessage;
  changes?: Json;
}

export interface Interactions {
  /** Types a command; `name` is `transcribe recording` where that is a subcommand. Waits for the first answer. */
  command(channelId: string, typed: Omit<Typed, 'focused'> & Person): Promise<Outcome>;
  /** Chooses an entry of a message's menu. */
  messageCommand(channelId: string, name: string, messageId: string, user?: string | Person): Promise<Outcome>;
  /** Types into an option; the choices are in `response.data`. */
  autocomplete(channelId: string, typed: Typed & { focused: string } & Person): Promise<Outcome>;
  press(messageId: string, customId: string, person?: Person): Promise<Outcome>;
  select(messageId: string, customId: string, values: readonly string[], person?: Person): Promise<Outcome>;
  /** What no client of Discord would send, in its envelope. @param changes of the envelope: one may leave it in pieces */
  forge(channelId: string, forged: Forged, person?: Person): Promise<Outcome>;
  /** Sends a modal off. By `custom_id`: text, values, files; what is not named stays as it was. */
  submit(modal: OpenModal | undefined, filled: Record<string, Filled>, person?: Person): Promise<Outcome>;
}

export interface InteractionsOptions {
  world: World;
  show: Show;
  permissions: Permissions;
  announcements: Announcements;
  commands: Commands;
  interactions: Map<string, FakeInteraction>;
  responseLimitMs: () => number;
  mostFileBytes: () => number;
}

const NOT_PRESSABLE: number[] = [COMPONENT.textInput];

export function createInteractions(options: InteractionsOptions): Interactions {
  const { world, show, permissions, announcements, commands, interactions } = options;

  async function start(
    type: number,
    channelId: string,
    data: unknown,
    { user = DISCORD.anna, locale = 'en-US', memberPermissions = EVERYONE_PERMISSIONS }: Person,
    source?: FakeMessage,
    changes: Json = {},
  ): Promise<Outcome> {
    const channel = world.channelOf(channelId);
    const { guildId } = channel;
    const answered = Promise.withResolvers<void>();
    const interaction: FakeInteraction = {
      ...{
        id: world.newId(),
        token: `aW50ZXJhY3Rpb24-${world.newId()}`,
        type,
        channelId,
        userId: user,
        atMs: Date.now(),
        endsAtMs: Date.now() + TOKEN_LIFE_MS,
        source,
      },
      ...{
        response: undefined,
        respondedInMs: undefined,
        original: undefined,
        followups: [],
        onResponse: answered.resolve,
      },
    };
    interactions.set(interaction.token, interaction);
    const member = guildId === undefined ? undefined : show.member(guildId, user);
    announcements.interaction({
      ...{
        id: interaction.id,
        token: interaction.token,
        type,
        version: 1,
        application_id: DISCORD.applicationId,
        data,
      },
      ...{ channel_id: channelId, channel: partialChannel(world, show, channelId), locale, entitlements: [] },
      ...{ app_permissions: String(permissions.of(channel)), attachment_size_limit: options.mostFileBytes() },
      ...{ context: guildId === undefined ? 1 : 0, authorizing_integration_owners: { 0: guildId ?? '0' } },
      ...(guildId === undefined
        ? { user: show.user(user) }
        : {
            ...{ guild_id: guildId, guild_locale: 'en-US', guild: { id: guildId, locale: 'en-US', features: [] } },
            member: { ...member, permissions: String(memberPermissions) },
          }),
      ...(source && { message: show.message(source, true) }),
      ...changes,
    });
    const timer = setTimeout(answered.resolve, options.responseLimitMs());
    await answered.promise;
    clearTimeout(timer);
    return outcomeOf(interaction);
  }

  /** What is registered for that place; a bot may still be about to do it. */
  function commandOf(name: string, type: number, channelId: string): Promise<FakeCommand> {
    const { guildId } = world.channelOf(channelId);
    const fits = (one: FakeCommand) =>
      one.name === name && one.type === type && (one.guildId === undefined || one.guildId === guildId);
    return until(`the command ${name} is registered`, () => commands.all.find(fits), 5_000);
  }

  function assertMayUse(
    { name, sent }: FakeCommand,
    channelId: string,
    { memberPermissions = EVERYONE_PERMISSIONS }: Person,
  ): void {
    const context = world.channelOf(channelId).guildId === undefined ? 1 : 0;
    if (Array.isArray(sent.contexts) && !sent.contexts.includes(context))
      throw new Error(`${name} is not offered here`);
    const needed = BigInt(String(sent.default_member_permissions ?? 0));
    if ((BigInt(memberPermissions) & needed) !== needed) throw new Error(`${name} is not offered to this person`);
  }

  async function type(kind: number, channelId: string, typed: Typed & Person): Promise<Outcome> {
    const command = await commandOf(typed.name.split(' ')[0] ?? '', COMMAND_TYPE.chatInput, channelId);
    assertMayUse(command, channelId, typed);
    return await start(kind, channelId, commandData(command, typed, { world, show }), typed);
  }

  /** @throws Error when the person does not see it, or cannot press it */
  function findOn(
    messageId: string,
    customId: string,
    { user = DISCORD.anna }: Person,
  ): { message: FakeMessage; component: AnyComponent } {
    const all = [...world.messages, ...world.whispers].toSorted((a, b) => bySnowflake(b.id, a.id));
    const message = all.find(({ id }) => id === messageId);
    if (!message) throw new Error(`there is no message ${messageId}`);
    if (message.whisperedTo !== undefined && message.whisperedTo !== user)
      throw new Error('somebody else sees this message');
    const component = nested(message.components).find(one => one.custom_id === customId);
    if (!component || NOT_PRESSABLE.includes(component.type)) throw new Error(`the message has no ${customId}`);
    if (component.disabled) throw new Error(`${customId} is disabled`);
    return { message, component };
  }

  return {
    command: (channelId, typed) => type(INTERACTION.command, channelId, typed),
    autocomplete: (channelId, typed) => type(INTERACTION.autocomplete, channelId, typed),
    async messageCommand(channelId, name, messageId, by = {}) {
      const person = typeof by === 'string' ? { user: by } : by;
      const command = await commandOf(name, COMMAND_TYPE.message, channelId);
      assertMayUse(command, channelId, person);
      const target = world.messageOf(channelId, messageId);
      const data = {
        ...{ id: command.id, name, type: COMMAND_TYPE.message, target_id: messageId },
        resolved: { messages: { [messageId]: show.message(target, true) } },
      };
      return await start(INTERACTION.command, channelId, data, person);
    },
    async press(messageId, customId, person = {}) {
      const { message, component } = findOn(messageId, customId, person);
      if (component.type !== COMPONENT.button) throw new Error(`${customId} is no button`);
      const data = { custom_id: customId, component_type: component.type, id: component.id ?? 0 };
      return await start(INTERACTION.component, message.channelId, data, person, message);
    },
    async select(messageId, customId, values, person = {}) {
      const { message, component } = findOn(messageId, customId, person);
      const { type: kind, min_values: least, max_values: most } = component;
      const own = optionsOf(component);
      const foreign = own && values.find(value => !own.some(one => one.value === value));
      if (foreign) throw new Error(`${customId} has no option ${foreign}`);
      if (values.length < Number(least ?? 1) || values.length > Number(most ?? 1))
        throw new Error(`${customId} does not take ${values.length} values`);
      const { guildId } = world.channelOf(message.channelId);
      const users = Object.fromEntries(values.map(id => [id, kind === COMPONENT.userSelect && show.user(id)]));
      const members = Object.fromEntries(
        values.map(id => [id, guildId !== undefined && kind === COMPONENT.userSelect && partialMember(guildId, id)]),
      );
      const data = {
        ...{ custom_id: customId, component_type: kind, id: component.id ?? 0, values },
        ...(kind === COMPONENT.userSelect && { resolved: { users, ...(guildId !== undefined && { members }) } }),
      };
      return await start(INTERACTION.component, message.channelId, data, person, message);
    },
    forge: (channelId, { type: kind, data, source, changes }, person = {}) =>
      start(kind, channelId, data, person, source, changes),
    async submit(modal, filled, person = {}) {
      if (!modal) throw new Error('there is no modal');
      const data = { custom_id: modal.customId, ...fillModal(modal.components, filled, { world, show }) };
      const source = modal.source && isThere(modal.source) ? modal.source : undefined;
      return await start(INTERACTION.modal, modal.channelId, data, { user: modal.userId, ...person }, source);
    },
  };

  function isThere(message: FakeMessage): boolean {
    return (message.flags & FLAG.ephemeral) !== 0 || world.messages.includes(message);
  }
  function partialMember(guildId: string, id: string): Json {
    const { user, ...member } = show.member(guildId, id);
    return { ...member, permissions: String(EVERYONE_PERMISSIONS) };
  }
}
