/**
 * What the app has to be allowed to do in Slack. The scopes of a method are those that its page names for bot tokens,
 * https://docs.slack.dev/reference/methods/METHOD (read in the copy of these pages in smstoslack/slack_kit, 2026).
 */

/** `manifests/slack-minimal.json`: without these recordings become no minutes. */
export const MINIMAL_SCOPES = [
  'commands',
  'chat:write',
  'files:read',
  'files:write',
  'app_mentions:read',
  'users:read',
] as const;

/** What only `manifests/slack.json` asks for, and what does not work without it. */
const LOST_WITHOUT = {
  'channels:history': 'reading threads and looking for lost messages in public channels',
  'groups:history': 'reading threads and looking for lost messages in private channels',
  'im:history': 'reading threads and looking for lost messages in direct messages',
  'mpim:history': 'reading threads and looking for lost messages in group messages',
  'channels:read': 'asking about public channels',
  'groups:read': 'asking about private channels',
  'im:write': 'writing to people directly',
} as const;

export type OptionalScope = keyof typeof LOST_WITHOUT;
export type Scope = (typeof MINIMAL_SCOPES)[number] | OptionalScope;

const OPTIONAL_SCOPES = Object.keys(LOST_WITHOUT) as OptionalScope[];

/** `manifests/slack.json` */
export const FULL_SCOPES: readonly Scope[] = [...MINIMAL_SCOPES, ...OPTIONAL_SCOPES];

/** Which of them is needed depends on the kind of channel. */
const HISTORY: readonly Scope[] = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];
/** Slack has `im:read` and `mpim:read` too; we have nothing to ask about direct messages. */
const CHANNELS: readonly Scope[] = ['channels:read', 'groups:read'];

/** Every method that we call → scopes of which any is enough; an empty list: it needs none. */
export const METHOD_SCOPES: Record<string, readonly Scope[]> = {
  // by an app-level token with `connections:write`, which is no scope of the bot
  'apps.connections.open': [],
  'auth.test': [],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': HISTORY,
  'conversations.info': CHANNELS,
  // one person, so a direct message: groups of people would take `mpim:write`
  'conversations.open': ['im:write'],
  // the text of its page says that bots may not read the threads of channels, its table of scopes that they may
  'conversations.replies': HISTORY,
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'files.list': ['files:read'],
  'users.conversations': CHANNELS,
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

/** The methods that cannot be called with these scopes in any channel. */
export function methodsWithout(granted: readonly string[]): string[] {
  const isCovered = (scopes: readonly Scope[]) => scopes.length === 0 || scopes.some(scope => granted.includes(scope));
  return Object.keys(METHOD_SCOPES).filter(method => !isCovered(METHOD_SCOPES[method] ?? []));
}

export interface ScopeReport {
  /** Without one of these nothing works. */
  missing: Scope[];
  /** Of the full manifest only. */
  missingOptional: OptionalScope[];
  /** What these would be for. */
  losses: string[];
}

export function compareScopes(granted: readonly string[]): ScopeReport {
  const missingOptional = OPTIONAL_SCOPES.filter(scope => !granted.includes(scope));
  return {
    missing: MINIMAL_SCOPES.filter(scope => !granted.includes(scope)),
    missingOptional,
    losses: missingOptional.map(scope => LOST_WITHOUT[scope]),
  };
}
