/** What `hansard doctor` says of the servers that the bot is in: in which channels it lacks which permission. */
import { ChannelType, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Finding } from '../finding.ts';
import type { Discord } from './call-discord.ts';
import { channelPermissions, guildPermissions, overwritesSchema, rolesSchema } from './channel-permissions.ts';
import { INVITED_PERMISSIONS, inviteUrl, NEEDED, NEEDED_PERMISSIONS, namesOf, WANTED } from './permissions.ts';

/** Three calls each; a doctor should not keep Discord busy. */
const MOST_GUILDS = 20;
const MOST_NAMED = 3;

const named = z.looseObject({ id: z.string(), name: z.string() });
const memberSchema = z.looseObject({ roles: z.array(z.string()) });
const channelsSchema = z.array(
  named.extend({ type: z.number(), permission_overwrites: overwritesSchema.nullish().transform(given => given ?? []) }),
);

const WRITABLE: number[] = [
  ...[ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.GuildForum, ChannelType.GuildMedia],
  ...[ChannelType.GuildVoice, ChannelType.GuildStageVoice],
];
/** In the others threads come from people, or there are none. */
const THREADABLE: number[] = [ChannelType.GuildText, ChannelType.GuildAnnouncement];

export interface Us {
  userId: string;
  applicationId: string;
}

/** One finding for all servers in which nothing is missing, and one for each other. */
export async function examineGuilds(discord: Discord, us: Us): Promise<Finding[]> {
  const guilds = z.array(named).parse(await discord.call('list servers', rest => rest.get(Routes.userGuilds())));
  if (guilds.length === 0) return [invited('Discord servers', 'broken', 'the bot is in none', us)];
  const findings: Finding[] = [];
  const well: string[] = [];
  for (const guild of guilds.slice(0, MOST_GUILDS)) {
    const finding = await examineGuild(discord, guild, us);
    if (finding.state === 'ok') well.push(`“${guild.name}” (${finding.detail})`);
    else findings.push(finding);
  }
  const others = guilds.length - MOST_GUILDS;
  const rest = others > 0 ? [`${others} more that were not looked at`] : [];
  const detail = `all that is needed in ${[...well, ...rest].join(', ')}`;
  return well.length > 0 ? [{ name: 'Discord servers', state: 'ok', detail, advice: '' }, ...findings] : findings;
}

async function examineGuild(discord: Discord, { id, name }: z.infer<typeof named>, us: Us): Promise<Finding> {
  const title = `Discord server “${name}”`;
  const get = (route: `/${string}`) => discord.call(`look at ${title}`, (rest: REST) => rest.get(route));
  try {
    const { roles } = memberSchema.parse(await get(Routes.guildMember(id, us.userId)));
    const member = { guildId: id, userId: us.userId, roles };
    const granted = guildPermissions(member, rolesSchema.parse(await get(Routes.guildRoles(id))));
    const channels = channelsSchema
      .parse(await get(Routes.guildChannels(id)))
      .filter(({ type }) => WRITABLE.includes(type))
      .map(channel => ({
        ...channel,
        missing: wantedIn(channel.type) & ~channelPermissions(member, granted, channel.permission_overwrites),
      }));
    return presentChannels(title, { channels, lacking: INVITED_PERMISSIONS & ~granted, us });
  } catch (error) {
    if (!(error instanceof HansardError)) throw error;
    return { name: title, state: 'broken', detail: error.detail, advice: error.userMessage };
  }
}

function wantedIn(type: number): bigint {
  return THREADABLE.includes(type) ? INVITED_PERMISSIONS : INVITED_PERMISSIONS & ~WANTED['Create Public Threads'];
}

interface Seen {
  name: string;
  missing: bigint;
}

/** @param lacking what we may not do in the server as a whole */
function presentChannels(
  title: string,
  { channels, lacking, us }: { channels: readonly Seen[]; lacking: bigint; us: Us },
): Finding {
  const seen = channels.filter(({ missing }) => (missing & NEEDED['View Channel']) === 0n);
  // that somebody keeps channels to themselves is no fault
  const hidden = channels.length - seen.length;
  const unseen = hidden > 0 ? [`${countOf(hidden)} cannot be seen`] : [];
  if (seen.length === 0) return invited(title, 'broken', unseen.join('') || 'there is no channel', us);
  const lacks = [...Object.keys(NEEDED), ...Object.keys(WANTED)].flatMap(permission => {
    const without = seen.filter(({ missing }) => namesOf(missing).includes(permission));
    return without.length === 0 ? [] : [`without ${permission} in ${presentNames(without, seen.length)}`];
  });
  const detail = [...(lacks.length > 0 ? lacks : [countOf(seen.length)]), ...unseen].join('; ');
  if (lacks.length === 0) return { name: title, state: 'ok', detail, advice: '' };
  const canPost = seen.some(({ missing }) => (missing & NEEDED_PERMISSIONS) === 0n);
  const state = canPost ? 'limited' : 'broken';
  if (lacking !== 0n) return invited(title, state, detail, us);
  const advice = 'Where minutes are wanted: Edit Channel → Permissions → add the role of the bot, and allow these.';
  return { name: title, state, detail, advice };
}

function presentNames(channels: readonly Seen[], all: number): string {
  if (channels.length === all && all > MOST_NAMED) return `all ${countOf(all)}`;
  const names = channels.slice(0, MOST_NAMED).map(({ name }) => `#${name}`);
  const more = channels.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function countOf(channels: number): string {
  return channels === 1 ? '1 channel' : `${channels} channels`;
}

function invited(name: string, state: Finding['state'], detail: string, { applicationId }: Us): Finding {
  const advice = `An administrator of the server opens ${inviteUrl(applicationId)} (again, where it is in there).`;
  return { name, state, detail, advice };
}
