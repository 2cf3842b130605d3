/** What `hansard doctor` says of Slack: who we are there, what we may do, whether we would hear it, whether we can post. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { SlackSettings } from '../../config.ts';
import { HansardError } from '../../errors.ts';
import type { Finding } from '../finding.ts';
import { CLIENT_OPTIONS, createSlack, isSlackError, type Slack } from './call-slack.ts';
import { SLACK_ENDPOINT } from './receive-http.ts';
import { compareScopes, FULL_SCOPES } from './scopes.ts';

const APPS = 'https://api.slack.com/apps';
const REINSTALL = `On ${APPS}: your app → App Manifest → paste manifests/slack.json, then Install App → Reinstall.`;
const NEW_TOKEN = `On ${APPS}: your app → Install App → copy the Bot User OAuth Token into SLACK_BOT_TOKEN.`;
const NEW_APP_TOKEN =
  `On ${APPS}: your app → Basic Information → App-Level Tokens → generate one with connections:write, and ` +
  'copy it into SLACK_APP_TOKEN. Socket Mode has to be on.';
const NO_ANSWER = 'Slack does not answer: check the network, the proxy and the firewall.';

const identitySchema = z.looseObject({
  user: z.string().default('the bot'),
  team: z.string().default('a workspace'),
  response_metadata: z.looseObject({ scopes: z.array(z.string()).optional() }).optional(),
});

/** @param channel gets a test message and a test file, which are taken away again; undefined: nothing is posted */
export async function examineSlack(settings: SlackSettings, channel: string | undefined): Promise<Finding[]> {
  const slack = connect(settings, settings.botToken);
  const [ours, transport, posting] = await Promise.all([
    examineToken(slack),
    settings.transport.kind === 'socket'
      ? examineAppToken(connect(settings, settings.transport.appToken))
      : examinePort(settings.transport),
    channel === undefined ? [] : examinePosting(slack, channel),
  ]);
  return [...ours, transport, eventsToCheck(settings.transport.kind), ...posting];
}

function connect({ apiUrl }: SlackSettings, token: string): Slack {
  return createSlack(new WebClient(token, { ...CLIENT_OPTIONS, ...(apiUrl && { slackApiUrl: apiUrl }) }));
}

async function examineToken(slack: Slack): Promise<Finding[]> {
  try {
    const answer = await slack.call('auth.test', client => client.auth.test());
    const { user, team, response_metadata: metadata } = identitySchema.parse(answer);
    return [ok('Slack', `${user} in ${team}`), presentScopes(metadata?.scopes)];
  } catch (error) {
    return [notWorking('Slack', error, NEW_TOKEN)];
  }
}

function presentScopes(granted: readonly string[] | undefined): Finding {
  const name = 'Slack scopes';
  if (!granted) {
    const advice = `On ${APPS}: your app → OAuth & Permissions should list ${FULL_SCOPES.join(', ')}.`;
    return { name, state: 'limited', detail: 'Slack does not say what we may do', advice };
  }
  const { missing, missingOptional, losses } = compareScopes(granted);
  if (missing.length > 0) {
    const detail = `without ${[...missing, ...missingOptional].join(', ')}`;
    return { name, state: 'broken', detail, advice: REINSTALL };
  }
  if (missingOptional.length === 0) return ok(name, `all ${FULL_SCOPES.length} that are needed`);
  const detail = `without ${missingOptional.join(', ')}; not possible: ${losses.join('; ')}`;
  return { name, state: 'limited', detail, advice: `Where that is wanted: ${REINSTALL}` };
}

/** Asks for an address to connect to, and leaves it at that. */
async function examineAppToken(slack: Slack): Promise<Finding> {
  const name = 'Slack app token';
  try {
    await slack.call('apps.connections.open', client => client.apps.connections.open({}));
    return ok(name, 'opens Socket Mode');
  } catch (error) {
    return notWorking(name, error, NEW_APP_TOKEN);
  }
}

async function examinePort({ port, signingSecret }: { port: number; signingSecret: string }): Promise<Finding> {
  const name = 'Slack port';
  const trouble = await tryToListen(port);
  if (!trouble) return ok(name, `${port} is free`);
  if (await isServedByUs(port, signingSecret)) return ok(name, `${port} is served by a bot with this signing secret`);
  const advice = 'Stop the other program, or set SLACK_PORT to another port.';
  return { name, state: 'broken', detail: trouble, advice };
}

/** @returns what the system says against it */
function tryToListen(port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(error.message));
    server.listen(port, () => server.close(() => resolve(undefined)));
  });
}

const VISIT_MS = 2_000;
const challengeSchema = z.looseObject({ challenge: z.string() });

/** Slack's own question to a new address; whoever has the secret answers it. */
async function isServedByUs(port: number, signingSecret: string): Promise<boolean> {
  const challenge = crypto.randomUUID();
  const body = JSON.stringify({ type: 'url_verification', challenge });
  const timestamp = Math.floor(Date.now() / 1000);
  const hash = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  try {
    const response = await fetch(`http://127.0.0.1:${port}${SLACK_ENDPOINT}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': `v0=${hash}`,
      },
      body,
      signal: AbortSignal.timeout(VISIT_MS),
      redirect: 'error',
    });
    return challengeSchema.parse(await response.json()).challenge === challenge;
  } catch {
    return false; // whatever it is, it is not us
  }
}

/** Which events Slack sends can be asked with the tokens of whoever made the app, not with ours. */
function eventsToCheck(kind: SlackSettings['transport']['kind']): Finding {
  const url = kind === 'http' ? `, with the Request URL https://YOUR-HOST${SLACK_ENDPOINT}` : '';
  const where = `${APPS}: your app → Event Subscriptions is on and lists file_shared and app_mention${url}`;
  return ok('Slack events', `cannot be asked for with our tokens; when nothing is heard, check that on ${where}`);
}

async function examinePosting(slack: Slack, channel: string): Promise<Finding[]> {
  const message = await tryIn(channel, 'Slack message', () => postAndDelete(slack, channel));
  return [message, await tryIn(channel, 'Slack file', () => shareAndDelete(slack, channel))];
}

async function tryIn(channel: string, name: string, work: () => Promise<void>): Promise<Finding> {
  try {
    await work();
    return ok(name, `posted in ${channel} and taken away again`);
  } catch (error) {
    return notWorking(name, error, REINSTALL);
  }
}

const TEST_TEXT = 'A test of hansard doctor; it is taken away at once.';

async function postAndDelete(slack: Slack, channel: string): Promise<void> {
  const { ts } = await slack.call('chat.postMessage', client =>
    client.chat.postMessage({ channel, text: TEST_TEXT, parse: 'none', link_names: false }),
  );
  await slack.call('chat.delete', client => client.chat.delete({ channel, ts: z.string().parse(ts) }));
}

const ticketSchema = z.looseObject({ upload_url: z.url(), file_id: z.string() });

async function shareAndDelete(slack: Slack, channel: string): Promise<void> {
  const content = Buffer.from(`${TEST_TEXT}\n`);
  const answer = await slack.call('files.getUploadURLExternal', client =>
    client.files.getUploadURLExternal({ filename: 'hansard-doctor.txt', length: content.length }),
  );
  const { upload_url: url, file_id: file } = ticketSchema.parse(answer);
  await upload(url, content);
  try {
    await slack.call('files.completeUploadExternal', client =>
      client.files.completeUploadExternal({ files: [{ id: file, title: 'hansard doctor' }], channel_id: channel }),
    );
  } catch (error) {
    // it may have been shared all the same; what was wrong first is what is told
    await slack.call('files.delete', client => client.files.delete({ file })).catch(() => {});
    throw error;
  }
  await slack.call('files.delete', client => client.files.delete({ file }));
}

/** The address is a secret by itself: the token stays here. */
async function upload(url: string, content: Buffer<ArrayBuffer>): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body: content,
    headers: { 'content-type': 'application/octet-stream' },
    signal: AbortSignal.timeout(CLIENT_OPTIONS.timeout),
    redirect: 'error',
  }).catch(cause => {
    throw new HansardError('platform_unavailable', `upload: ${String(cause)}`, { cause });
  });
  if (!response.ok) throw new HansardError('platform_unavailable', `upload: HTTP ${response.status}`);
}

/** @param refused what to do when Slack refuses the token or what it may do */
function notWorking(name: string, error: unknown, refused: string): Finding {
  if (!(error instanceof HansardError)) throw error;
  return { name, state: 'broken', detail: error.detail, advice: adviceOn(error, refused) };
}

function adviceOn(error: HansardError, refused: string): string {
  if (isSlackError(error, 'not_in_channel')) return 'Type in that channel: /invite @hansard';
  if (isSlackError(error, 'channel_not_found'))
    return 'Compare the id (at the end of "Copy link" of the channel). A private channel needs /invite @hansard first.';
  if (error.code === 'platform_unavailable') return NO_ANSWER;
  if (error.code === 'token_refused' || error.code === 'scope_missing') return refused;
  return error.userMessage;
}

function ok(name: string, detail: string): Finding {
  return { name, state: 'ok', detail, advice: '' };
}
