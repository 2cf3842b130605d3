import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type APIModalInteractionResponseCallbackData,
  type ApplicationCommandDataResolvable,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonStyle,
  ComponentType,
  type Interaction,
  MessageFlags,
  TextInputStyle,
} from 'discord.js';
import { until } from '../../builders/until.ts';
import { CHANNEL, connectBot } from './connect-bot.ts';
import { DISCORD, type FakeDiscord } from './start-fake-discord.ts';

const LIMIT_MS = 300;
const recording = { name: 'weekly.ogg', content: Buffer.from('0123456789'), contentType: 'audio/ogg' };

const COMMANDS: ApplicationCommandDataResolvable[] = [
  {
    name: 'transcribe',
    description: 'Minutes of recordings',
    options: [
      {
        ...{ type: ApplicationCommandOptionType.Subcommand, name: 'recording', description: 'Of a file' },
        options: [
          { type: ApplicationCommandOptionType.Attachment, name: 'file', description: 'The file', required: true },
          { type: ApplicationCommandOptionType.String, name: 'title', description: 'Its title', autocomplete: true },
        ],
      },
      { type: ApplicationCommandOptionType.Subcommand, name: 'status', description: 'What is going on' },
    ],
  },
  { name: 'Summarise recording', type: ApplicationCommandType.Message },
];

const MODAL: APIModalInteractionResponseCallbackData = {
  ...{ custom_id: 'upload', title: 'Recordings' },
  components: [
    {
      ...{ type: ComponentType.Label, label: 'Title' },
      component: { type: ComponentType.TextInput, custom_id: 'title', style: TextInputStyle.Short, max_length: 10 },
    },
    {
      ...{ type: ComponentType.Label, label: 'Kind' },
      component: {
        ...{ type: ComponentType.StringSelect, custom_id: 'kind' },
        options: [{ label: 'Talk', value: 'talk', default: true }],
      },
    },
    {
      ...{ type: ComponentType.Label, label: 'Files' },
      component: { type: ComponentType.FileUpload, custom_id: 'files', max_values: 2 },
    },
  ],
};

const button = (customId: string, disabled = false) => ({
  ...{ type: ComponentType.Button, customId, label: customId, disabled },
  style: ButtonStyle.Primary,
});
const row = (...components: object[]) => ({ type: ComponentType.ActionRow, components });

/** A bot that answers, with its commands registered. */
async function start(
  t: Parameters<typeof connectBot>[0],
  onInteraction: (interaction: Interaction) => unknown,
  options = {},
) {
  const bot = await connectBot(t, { onInteraction, ...options });
  await bot.client.application.commands.set(COMMANDS);
  return bot;
}

async function postRow(discord: FakeDiscord, post: (message: object) => Promise<unknown>, ...components: object[]) {
  await post({ content: 'choose', components: [row(...components)] });
  return discord.messages.at(-1)?.id ?? '';
}

describe('what people do', { concurrency: true }, () => {
  test('a command comes with its options and its file, and is answered', async t => {
    const got: unknown[] = [];
    const { discord } = await start(t, async interaction => {
      if (!interaction.isChatInputCommand()) return;
      const file = interaction.options.getAttachment('file');
      got.push(interaction.options.getSubcommand(), file?.name, file && (await (await fetch(file.url)).text()));
      got.push(interaction.appPermissions.bitfield, interaction.guildId, interaction.attachmentSizeLimit);
      await interaction.reply({ content: 'on it', flags: MessageFlags.Ephemeral });
      await interaction.followUp('for all');
    });
    const outcome = await discord.command(CHANNEL, { name: 'transcribe recording', attachments: { file: recording } });
    assert.deepEqual(got, ['recording', 'weekly.ogg', '0123456789', 309_237_763_136n, DISCORD.guildId, 10_485_760]);
    assert.equal(outcome.original?.content, 'on it');
    assert.deepEqual(
      discord.whispers.map(({ whisperedTo }) => whisperedTo),
      [DISCORD.anna],
    );
    await until('the follow-up is there', () => outcome.followups.length > 0);
    assert.deepEqual(
      outcome.followups.map(({ content }) => content),
      ['for all'],
    );
    assert.deepEqual(
      discord.messages.map(({ content }) => content),
      ['for all'],
    );
  });

  test('a command is sent only as the client lets a person send it', async t => {
    const { discord, client } = await start(t, () => {});
    const type = (name: string, more = {}) => discord.command(CHANNEL, { name, ...more });
    await assert.rejects(type('transcribe'), /no \/transcribe/);
    await assert.rejects(type('transcribe recording'), /file has to be filled in/);
    await assert.rejects(type('transcribe status', { options: { when: 'now' } }), /no option when/);
    await client.application.commands.set([{ name: 'admin', description: 'x', defaultMemberPermissions: 32n }]);
    await assert.rejects(type('admin'), /not offered to this person/);
    assert.equal(discord.commands.puts, 2);
  });

  test('an answer that comes too late, or twice, is refused', async t => {
    const refused: unknown[] = [];
    const { discord } = await start(
      t,
      async interaction => {
        if (!interaction.isChatInputCommand()) return;
        if (refused.length === 0) await delay(LIMIT_MS * 2);
        await interaction.deferReply().catch(error => refused.push(error.code));
        interaction.deferred = false;
        await interaction.reply('again').catch(error => refused.push(error.code));
      },
      { responseLimitMs: LIMIT_MS },
    );
    const late = await discord.command(CHANNEL, { name: 'transcribe status' });
    assert.ok(late.expired);
    await until('it is refused', () => refused.length === 2);
    const answered = await discord.command(CHANNEL, { name: 'transcribe status' });
    assert.ok(answered.isDeferred && !answered.expired);
    await until('it is refused', () => refused.length === 3);
    assert.deepEqual(refused, [10062, 10062, 40060]);
  });

  test('the token of an interaction ends', async t => {
    const refused: unknown[] = [];
    const [edited, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { discord } = await start(t, async interaction => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply('soon');
      edited.resolve();
      await ended.promise;
      await interaction.editReply('too late').catch(error => refused.push(error.code));
    });
    const outcome = await discord.command(CHANNEL, { name: 'transcribe status' });
    await edited.promise;
    discord.expireTokens();
    ended.resolve();
    await until('it is refused', () => refused.length > 0);
    assert.deepEqual(refused, [50027]);
    assert.deepEqual([outcome.original?.content, outcome.original?.edits], ['soon', 0]);
    assert.deepEqual([discord.messages.length, discord.whispers.length], [0, 1]);
  });

  test('a message command carries the message, whatever the intents', async t => {
    const got: unknown[] = [];
    const { discord } = await start(t, async interaction => {
      if (!interaction.isMessageContextMenuCommand()) return;
      got.push(interaction.targetMessage.content, interaction.targetMessage.attachments.first()?.name);
      await interaction.deferReply();
    });
    const { id } = discord.post(CHANNEL, { author: DISCORD.ben, content: 'listen', attachments: [recording] });
    const outcome = await discord.messageCommand(CHANNEL, 'Summarise recording', id, DISCORD.ben);
    assert.deepEqual(got, ['listen', 'weekly.ogg']);
    assert.ok(outcome.isDeferred);
  });

  test('choices are offered while a person types', async t => {
    const { discord } = await start(t, async interaction => {
      if (interaction.isAutocomplete())
        await interaction.respond([{ name: interaction.options.getFocused(), value: 'x' }]);
    });
    const typed = { name: 'transcribe recording', options: { title: 'week' }, focused: 'title' };
    const { response } = await discord.autocomplete(CHANNEL, typed);
    assert.deepEqual(response?.data.choices, [{ name: 'week', value: 'x' }]);
  });

  test('buttons and selects of a message are used, those that are there', async t => {
    const { discord, client } = await start(t, async interaction => {
      if (interaction.isButton()) await interaction.update({ content: 'pressed', components: [] });
      if (interaction.isUserSelectMenu()) await interaction.reply(`${interaction.users.first()?.displayName}`);
    });
    const channel = await client.channels.fetch(CHANNEL);
    assert.ok(channel?.isSendable());
    const buttons = await postRow(discord, message => channel.send(message), button('go'), button('off', true));
    await assert.rejects(discord.press(buttons, 'off'), /off is disabled/);
    await assert.rejects(discord.press(buttons, 'gone'), /has no gone/);
    const pressed = await discord.press(buttons, 'go');
    assert.deepEqual([pressed.original?.id, pressed.original?.content], [buttons, 'pressed']);
    await assert.rejects(discord.press(buttons, 'go'), /has no go/);
    const select = await postRow(discord, message => channel.send(message), {
      type: ComponentType.UserSelect,
      customId: 'who',
    });
    await assert.rejects(discord.select(select, 'who', [DISCORD.ben, DISCORD.anna]), /does not take 2/);
    assert.equal((await discord.select(select, 'who', [DISCORD.ben])).original?.content, 'Ben');
  });

  test('a modal is filled in with text, choices and files', async t => {
    const got: unknown[] = [];
    const { discord } = await start(t, async interaction => {
      if (interaction.isModalSubmit()) {
        got.push(interaction.fields.getTextInputValue('title'), interaction.fields.getStringSelectValues('kind'));
        got.push(interaction.fields.getUploadedFiles('files')?.map(({ name }) => name));
        await interaction.reply('thanks');
      }
      if (interaction.isChatInputCommand()) await interaction.showModal(MODAL);
    });
    const { modal } = await discord.command(CHANNEL, { name: 'transcribe status' });
    assert.equal(modal?.title, 'Recordings');
    await assert.rejects(discord.submit(modal, { title: 'x'.repeat(11), files: [recording] }), /0 to 10 characters/);
    await assert.rejects(discord.submit(modal, { title: 'x' }), /files takes 1 to 2/);
    await assert.rejects(discord.submit(modal, { title: 'x', kind: ['other'], files: [recording] }), /no option other/);
    const sent = await discord.submit(modal, { title: 'Weekly', files: [recording] });
    assert.deepEqual(got, ['Weekly', ['talk'], ['weekly.ogg']]);
    assert.equal(sent.original?.content, 'thanks');
  });

  test('in a direct message the person comes without a guild', async t => {
    const got: unknown[] = [];
    const { discord } = await start(t, async interaction => {
      if (!interaction.isChatInputCommand()) return;
      got.push(interaction.guildId, interaction.member, interaction.user.id, interaction.channelId);
      await interaction.reply('hello');
    });
    const id = '1200000000000000999';
    discord.addChannel(id, { type: 'dm', recipientId: DISCORD.ben });
    await discord.command(id, { name: 'transcribe status', user: DISCORD.ben });
    assert.deepEqual(got, [null, null, DISCORD.ben, id]);
  });
});
