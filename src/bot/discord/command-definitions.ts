/** `/transcribe` and its subcommands, and the entry in the menu of a message, as they are registered with Discord. */
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
} from 'discord.js';

import { MOST_NAME_CHARACTERS } from '../../pipeline/recording-options.ts';

export const TRANSCRIBE = 'transcribe';
export const SUMMARISE = 'Summarise recording';

const MOST_TITLE = 100;
/** Also in direct messages with the bot, not where only the person installed it. */
const everywhere = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
};
const title = (description: string) => ({
  type: ApplicationCommandOptionType.String,
  name: 'title',
  description,
  description_localizations: {
    de: 'Teil ihres Namens; ohne: die neueste',
    fr: 'une partie de son nom',
    'es-ES': 'parte de su nombre',
  },
  max_length: MOST_TITLE,
});

/** @see manifests/discord-commands.json, which has the same */
export const COMMANDS = [
  {
    type: ApplicationCommandType.ChatInput,
    name: TRANSCRIBE,
    description: 'Minutes of recordings: who said what, decisions, action items',
    description_localizations: {
      de: 'Protokolle von Aufnahmen: wer was sagte, Beschlüsse, Aufgaben',
      fr: 'Comptes rendus : qui a dit quoi, décisions, tâches',
      'es-ES': 'Actas de grabaciones: quién dijo qué, decisiones, tareas',
      'zh-CN': '录音纪要：谁说了什么、决定、待办事项',
      ja: '録音の議事録：発言、決定事項、タスク',
    },
    ...everywhere,
    options: [
      {
        ...subcommand('recording', 'Write the minutes of a recording'),
        description_localizations: {
          de: 'Das Protokoll einer Aufnahme schreiben',
          fr: 'Rédiger le compte rendu',
          'es-ES': 'Escribir el acta',
        },
        options: [
          {
            type: ApplicationCommandOptionType.Attachment,
            name: 'file',
            description: 'Audio or video; also a ZIP of Craig',
            description_localizations: {
              de: 'Ton oder Video; auch ein ZIP von Craig',
              fr: 'Audio ou vidéo',
              'es-ES': 'Audio o vídeo',
            },
          },
          {
            type: ApplicationCommandOptionType.String,
            name: 'link',
            description: 'Or its address, where links are allowed',
            description_localizations: {
              de: 'Oder ihre Adresse, wo Links erlaubt sind',
              fr: 'Ou son adresse',
              'es-ES': 'O su dirección',
            },
            max_length: 2_000,
          },
        ],
      },
      {
        ...subcommand('status', 'What I am working on in this channel'),
        description_localizations: {
          de: 'Woran ich in diesem Kanal arbeite',
          fr: 'Ce que je fais dans ce salon',
          'es-ES': 'En qué trabajo en este canal',
        },
      },
      {
        ...subcommand('cancel', 'Stop working on a recording'),
        options: [title('Part of its name; without: the latest')],
      },
      {
        ...subcommand('retry', 'Try one again that failed or was cancelled'),
        options: [title('Part of its name; without: the latest')],
      },
      {
        ...subcommand('speakers', 'Say who is who in the latest minutes'),
        options: [title('Part of the name; without: the latest')],
      },
      {
        ...subcommand('search', 'Who said that in this channel'),
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'words',
            description: 'What to look for',
            required: true,
            max_length: 200,
          },
        ],
      },
      subcommand('settings', 'What this channel wants'),
      {
        ...subcommand('voice', 'Be recognised by your voice, or no longer'),
        description_localizations: {
          de: 'An der Stimme erkannt werden, oder nicht mehr',
          fr: 'Être reconnu à la voix, ou ne plus l’être',
          'es-ES': 'Ser reconocido por la voz, o ya no',
        },
        options: [
          {
            type: ApplicationCommandOptionType.String,
            name: 'name',
            description: 'Another name, once I know your voice',
            description_localizations: {
              de: 'Ein anderer Name, wenn ich die Stimme kenne',
              fr: 'un autre nom',
              'es-ES': 'otro nombre',
            },
            max_length: MOST_NAME_CHARACTERS,
          },
        ],
      },
      {
        ...subcommand('forget', 'Erase a meeting, its minutes and its recording'),
        options: [title('Part of its name; without: the latest')],
      },
      subcommand('help', 'What I can do'),
    ],
  },
  {
    type: ApplicationCommandType.Message,
    name: SUMMARISE,
    name_localizations: {
      de: 'Aufnahme zusammenfassen',
      fr: 'Résumer l’enregistrement',
      'es-ES': 'Resumir la grabación',
      'zh-CN': '总结录音',
      ja: '録音を要約',
    },
    ...everywhere,
  },
];

function subcommand(name: string, description: string) {
  return { type: ApplicationCommandOptionType.Subcommand, name, description };
}
