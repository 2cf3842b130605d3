/** What `hansard doctor` says of Discord: who we are there, whether we would hear it, what we may do where, whether we can post. */
import { ApplicationFlags, ComponentType, type RawFile, REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Config, DiscordSettings } from '../../config.ts';
import { HansardError } from '../../errors.ts';
import { createLogger } from '../../logger.ts';
import type { Finding } from '../finding.ts';
import { sentence } from '../message.ts';
import { createDiscord, DISCORD_ERRORS, type Discord, isDiscordError, restOptions } from './call-discord.ts';
import { asDiscord } from './components.ts';
import { examineGuilds } from './examine-guilds.ts';
import { inviteUrl } from './permissions.ts';

const PORTAL = 'https://discord.com/developers/applications';
const NEW_TOKEN = `On ${PORTAL}: your application → Bot → Reset Token, and copy it into DISCORD_TOKEN.`;
const NO_ANSWER = 'Discord does not answer: check the network, the proxy and the firewall.';

const userSchema = z.looseObject({ id: z.string(), username: z.string() });
const applicationSchema = z.looseObject({ id: z.string(), flags: z.number().catch(0) });
const gatewaySchema = z.looseObject({
  url: z.url(),
  session_start_limit: z.looseObject({ total: z.number(), remaining: z.number() }),
});

/** @param channel gets test messages, one with a file, which are taken away again; undefined: nothing is posted */
export async function examineDiscord(
  settings: DiscordSettings,
  { autoProcess, channel }: { autoProcess: Config['autoProcess']; channel: string | undefined },
): Promise<Finding[]> {
  const rest = new REST(restOptions(settings.apiUrl)).setToken(settings.token);
  const discord = createDiscord(rest, createLogger('silent'));
  try {
    const user = userSchema.parse(await discord.call('who am I', client => client.get(Routes.user())));
    const application = applicationSchema.parse(
      await discord.call('which application', client => client.get(Routes.currentApplication())),
    );
    const [gateway, guilds, posting] = await Promise.all([
      examineGateway(discord),
      examineGuilds(discord, { userId: user.id, applicationId: application.id }).catch(error => [
        notWorking('Discord servers', error),
      ]),
      channel === undefined ? [] : examinePosting(discord, channel),
    ]);
    return [
      presentIdentity(user.username, application.id, settings),
      gateway,
      presentIntent(application.flags, autoProcess),
      ok('Discord invitation', inviteUrl(application.id)),
      ...guilds,
      ...posting,
    ];
  } catch (error) {
    return [notWorking('Discord', error)];
  } finally {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
}

function presentIdentity(name: string, id: string, { applicationId }: DiscordSettings): Finding {
  if (applicationId === undefined || applicationId === id) return ok('Discord', `${name}, application ${id}`);
  const detail = `the token is of application ${id}, and DISCORD_APPLICATION_ID says ${applicationId}`;
  return { name: 'Discord', state: 'broken', detail, advice: 'Leave DISCORD_APPLICATION_ID away: it is asked for.' };
}

const HELLO_MS = 10_000;
const OP_HELLO = 10;
const helloSchema = z.looseObject({ op: z.literal(OP_HELLO) });

/** Waits for its greeting and leaves: a session, of which there are 1,000 a day, is not begun. */
async function examineGateway(discord: Discord): Promise<Finding> {
  const name = 'Discord gateway';
  try {
    const answer = await discord.call('find the gateway', client => client.get(Routes.gatewayBot()));
    const { url, session_start_limit: starts } = gatewaySchema.parse(answer);
    await hearHello(new URL('?v=10&encoding=json', url));
    const left = `${starts.remaining} of ${starts.total} starts are left today`;
    if (starts.remaining > 0) return ok(name, `answers; ${left}`);
    return { name, state: 'broken', detail: left, advice: 'Find out why the bot starts so often, and wait a day.' };
  } catch (error) {
    return notWorking(name, error);
  }
}

async function hearHello(url: URL): Promise<void> {
  const socket = new WebSocket(url);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (what: string) => reject(new HansardError('platform_unavailable', `${url.host}: ${what}`));
  const timer = setTimeout(() => fail('no greeting'), HELLO_MS);
  socket.onmessage = ({ data }) =>
    helloSchema.safeParse(parseJson(String(data))).success ? resolve() : fail('not the gateway of Discord');
  socket.onerror = () => fail('no connection');
  socket.onclose = ({ code }) => fail(`closed with ${code}`);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MESSAGE_CONTENT = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

/** Without it Discord shows us messages that mention us, and direct ones; that is all that people need to ask for minutes. */
function presentIntent(flags: number, autoProcess: Config['autoProcess']): Finding {
  const name = 'Discord Message Content';
  const setting = `HANSARD_AUTO_PROCESS=${autoProcess}`;
  const isOn = (flags & MESSAGE_CONTENT) !== 0;
  if (autoProcess === 'off') return ok(name, `${isOn ? 'on' : 'off'}, and not used (${setting})`);
  if (isOn) return ok(name, `on: recordings are taken by themselves ${WHERE[autoProcess]} (${setting})`);
  const where = `${PORTAL} → your application → Bot → Message Content Intent`;
  if (autoProcess === 'opt-in')
    return ok(
      name,
      `off, so recordings are taken where somebody asks, which needs no more. To take others as well: ${where}`,
    );
  const advice = `Switch it on, ${where}; or set HANSARD_AUTO_PROCESS=opt-in.`;
  return { name, state: 'broken', detail: `off, and ${setting} needs it: Discord would refuse us (4014)`, advice };
}

const WHERE = { 'opt-in': 'in channels that said so', all: 'everywhere' } as const;

const TEST_TEXT = 'A test of hansard doctor; it is taken away at once.';
const TEST_FILE: RawFile = { name: 'hansard-doctor.txt', data: Buffer.from(`${TEST_TEXT}\n`) };

/** No thread is opened: to take one away again needs a permission that we do not ask for. */
async function examinePosting(discord: Discord, channel: string): Promise<Finding[]> {
  const message = await tryIn(channel, 'Discord message', () => postAndDelete(discord, channel, []));
  return [message, await tryIn(channel, 'Discord file', () => postAndDelete(discord, channel, [TEST_FILE]))];
}

async function tryIn(channel: string, name: string, work: () => Promise<void>): Promise<Finding> {
  try {
    await work();
    return ok(name, `posted in ${channel} and taken away again`);
  } catch (error) {
    return notWorking(name, error);
  }
}

async function postAndDelete(discord: Discord, channel: string, files: RawFile[]): Promise<void> {
  const { components, ...rest } = asDiscord(sentence(TEST_TEXT));
  const shown = files.map(({ name }) => ({ type: ComponentType.File, file: { url: `attachment://${name}` } }));
  const body = { ...rest, components: [...components, ...shown] };
  const answer = await discord.call('post', client => client.post(Routes.channelMessages(channel), { body, files }));
  const { id } = z.looseObject({ id: z.string() }).parse(answer);
  await discord.call('delete', client => client.delete(Routes.channelMessage(channel, id)));
}

function notWorking(name: string, error: unknown): Finding {
  if (!(error instanceof HansardError)) throw error;
  return { name, state: 'broken', detail: error.detail, advice: adviceOn(error) };
}

const NO_TEXT_CHANNEL = 50_008;

function adviceOn(error: HansardError): string {
  if (isDiscordError(error, DISCORD_ERRORS.unknownChannel))
    return 'Compare the id: Developer Mode (User Settings → Advanced), then Copy Channel ID in the menu of the channel.';
  if (isDiscordError(error, NO_TEXT_CHANNEL))
    return 'Nobody posts there; give the id of a text channel or of a thread.';
  if (error.code === 'permission_missing' || error.code === 'channel_closed')
    return 'Edit Channel → Permissions → add the role of the bot, and allow what the lines above name.';
  if (error.code === 'platform_unavailable') return NO_ANSWER;
  if (error.code === 'token_refused') return NEW_TOKEN;
  return error.userMessage;
}

function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail, advice: '' };
}
