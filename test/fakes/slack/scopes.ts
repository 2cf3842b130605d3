/** Which scope each method asks for, as its page on docs.slack.dev says; the kind of channel decides where there is a choice. */
import fs from 'node:fs';
import path from 'node:path';
import { Refusal } from './refusal.ts';
import type { Workspace } from './workspace.ts';

const manifest = path.join(import.meta.dirname, '..', '..', '..', 'manifests', 'slack.json');

/** What the full manifest asks for. */
export function fullScopes(): string[] {
  return JSON.parse(fs.readFileSync(manifest, 'utf8')).oauth_config.scopes.bot;
}

const NEEDED: Record<string, string> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'conversations.history': '*:history',
  'conversations.replies': '*:history',
  'conversations.info': '*:read',
  'conversations.members': '*:read',
  'conversations.open': 'im:write',
  'files.info': 'files:read',
  'files.list': 'files:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'files.delete': 'files:write',
  'users.info': 'users:read',
};

/** Of `users.conversations`, by what is asked for. */
const TYPES: Record<string, string> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

/** @throws Refusal `missing_scope` */
export function assertScopes(
  method: string,
  args: Record<string, unknown>,
  granted: ReadonlySet<string>,
  workspace: Workspace,
): void {
  for (const needed of scopesOf(method, args, workspace))
    if (!granted.has(needed)) throw new Refusal('missing_scope', { needed, provided: [...granted].join(',') });
}

function scopesOf(method: string, args: Record<string, unknown>, workspace: Workspace): string[] {
  if (method === 'users.conversations')
    return String(args.types ?? 'public_channel')
      .split(',')
      .map(type => TYPES[type.trim()] ?? 'invalid_types');
  const needed = NEEDED[method];
  return needed === undefined ? [] : [needed.replace('*', kindOf(String(args.channel), workspace))];
}

function kindOf(channel: string, { channels }: Workspace): string {
  if (channel.startsWith('D')) return 'im';
  return channel.startsWith('G') || channels.get(channel)?.isPrivate ? 'groups' : 'channels';
}
