/** Hears `/transcribe` and “Summarise recording”. */
import { HansardError } from '../../errors.ts';
import { DISCORD_PLATFORM } from '../../pipeline/platforms.ts';
import { answerCommand, meantMeetings, offerMeetings } from '../commands.ts';
import { parseLink } from '../fetch-from-link.ts';
import type { Piece } from '../message.ts';
import { SUMMARISE } from './command-definitions.ts';
import type { Attachment } from './discord-source.ts';
import type { Heard } from './handlers.ts';
import { ATTACHMENT_TOPIC, isMedia, LINK_TOPIC, type SeenAttachment } from './intake.ts';
import { type Caller, missingPermissions } from './interaction.ts';
import { LIMITS } from './limits.ts';
import type { MeetingActions } from './listen-meetings.ts';
import { buildModal, filesField, textField } from './modal.ts';
import type { DiscordParts } from './parts.ts';
import { NEEDED_IN_THREADS, NEEDED_PERMISSIONS, namesOf } from './permissions.ts';

const RECORDING_MODAL = 'recording';
const MOST_LINK_CHARACTERS = 2_000;
const GUILD_INSTALL = '0';

const HELP: Piece[][] = [
  [
    {
      text: 'Post a recording and mention me, or choose “Summarise recording” in the menu of any message with one (Apps).',
    },
  ],
  [{ text: 'Mention me in the thread of a meeting with a question: I answer with what was said.' }],
  [{ text: '/transcribe recording', style: 'code' }, { text: ' a file or a link; a ZIP of Craig names every speaker' }],
  [{ text: '/transcribe status', style: 'code' }, { text: ' what I am working on in this channel' }],
  [{ text: '/transcribe search', style: 'code' }, { text: ' who said that in this channel' }],
  [
    { text: '/transcribe cancel', style: 'code' },
    { text: ', retry, speakers or forget: the latest recording, or one by its name' },
  ],
  [{ text: '/transcribe voice', style: 'code' }, { text: ' be recognised by your voice, or no longer' }],
  [{ text: '/transcribe settings', style: 'code' }, { text: ' what this channel wants' }],
];

export function listenToCommands(parts: DiscordParts, actions: MeetingActions): void {
  const { handlers, store, queue, inbox, defaults } = parts;

  /** Where nothing could be posted nothing is begun, and the person hears why. */
  const canPost = async ({ interaction, caller, responder }: Heard): Promise<boolean> => {
    if (interaction.guild_id && interaction.authorizing_integration_owners[GUILD_INSTALL] === undefined)
      throw new HansardError('not_installed', `guild ${caller.guild}`);
    const needed = caller.threadId === undefined ? NEEDED_PERMISSIONS : NEEDED_IN_THREADS;
    const missing = namesOf(missingPermissions(interaction, needed));
    if (missing.length === 0) return true;
    await responder.say(`I lack a permission here: ${missing.join(', ')}. An administrator can give it to me.`);
    return false;
  };
  const note = (
    { caller, interaction }: Heard,
    attachments: readonly Attachment[],
    of: Pick<SeenAttachment, 'messageId' | 'uploader'> = {},
  ): void => {
    for (const attachment of attachments) {
      const seen: SeenAttachment = { ...seenBy(caller), attachment, ...of };
      inbox.put(ATTACHMENT_TOPIC, seen, `${interaction.id}:${attachment.id}`);
    }
  };
  const noteLink = ({ caller, interaction }: Heard, link: string): void => {
    if (!parts.links) throw new HansardError('links_off', 'HANSARD_LINKS is off');
    parseLink(link);
    inbox.put(LINK_TOPIC, { ...seenBy(caller), link }, interaction.id);
  };

  handlers.onCommand('recording', async heard => {
    if (!(await canPost(heard))) return;
    const file = heard.interaction.data?.resolved?.attachments?.[optionOf(heard, 'file')];
    const link = optionOf(heard, 'link');
    if (file) note(heard, [file]);
    if (link) noteLink(heard, link);
    if (!file && !link) return await heard.responder.open(buildRecordingModal(parts.links));
    await heard.responder.say(
      file ? `I have “${file.title ?? file.filename}”: its minutes appear here.` : 'I fetch it.',
    );
  });
  handlers.onAction(RECORDING_MODAL, async heard => {
    if (!(await canPost(heard))) return;
    const files = Object.values(heard.interaction.data?.resolved?.attachments ?? {});
    const link = heard.answers.get('link') ?? '';
    note(heard, files);
    if (link !== '') noteLink(heard, link);
    if (files.length === 0 && link === '') throw new HansardError('attachment_gone', 'nothing was chosen');
    await heard.responder.say('I have it: the minutes appear here.');
  });
  handlers.onCommand(SUMMARISE, async heard => {
    if (!(await canPost(heard))) return;
    const { data } = heard.interaction;
    const message = data?.resolved?.messages?.[data.target_id ?? ''];
    const attachments = message?.attachments.filter(attachment => isMedia(attachment, true)) ?? [];
    if (!message || attachments.length === 0) return await heard.responder.say('That message has no recording.');
    note(heard, attachments, { messageId: message.id, ...(message.author && { uploader: message.author.id }) });
    await heard.responder.say(
      attachments.length === 1 ? 'I have it: the minutes appear here.' : 'I have them: the minutes appear here.',
    );
  });

  const look = (word: 'status' | 'search' | 'help') =>
    handlers.onCommand(word, async heard => {
      const where = { platform: DISCORD_PLATFORM, channel: heard.caller.channel };
      const context = { store, queue, ...where, autoByDefault: defaults.auto, help: HELP };
      const command = { kind: 'words' as const, word, rest: optionOf(heard, 'words'), typed: word };
      await heard.responder.say(await answerCommand(command, context));
    });
  look('status');
  look('search');
  look('help');

  for (const word of ['cancel', 'retry', 'speakers', 'forget'] as const)
    handlers.onCommand(word, async heard => {
      const title = optionOf(heard, 'title');
      const meant = meantMeetings(store, { platform: DISCORD_PLATFORM, channel: heard.caller.channel }, word, title);
      const [only, ...others] = meant;
      // forgetting asks first; and where several are meant the person says which
      const isClear = only && word !== 'forget' && (others.length === 0 || word === 'speakers');
      if (isClear) await actions[word](only, heard);
      else await heard.responder.say(offerMeetings(word, meant, title));
    });
}

function seenBy({ guild, channel, threadId, user }: Caller) {
  return { guild, channel: threadId ?? channel, user, asked: true };
}

/** '' where it was not given. */
export function optionOf({ interaction }: Heard, name: string): string {
  const [first] = interaction.data?.options ?? [];
  return String(first?.options?.find(option => option.name === name)?.value ?? '');
}

/** Files, and a link where links are on. */
export function buildRecordingModal(links: boolean) {
  return buildModal('Minutes of a recording', RECORDING_MODAL, [
    filesField({ id: 'files', label: 'Audio or video', hint: 'Or a ZIP of Craig.', isOptional: links }, LIMITS.files),
    ...(links
      ? [
          textField(
            { id: 'link', label: 'Or its link', hint: 'https, to the file itself.', isOptional: true },
            { most: MOST_LINK_CHARACTERS },
          ),
        ]
      : []),
  ]);
}
