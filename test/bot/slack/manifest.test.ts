import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { FULL_SCOPES, METHOD_SCOPES, MINIMAL_SCOPES, methodsWithout } from '../../../src/bot/slack/scopes.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const SLACK_FOLDER = path.join(ROOT, 'src', 'bot', 'slack');

/** The limits of what we use in https://github.com/slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json. */
const text = (most: number, least = 1) => z.string().min(least).max(most);
const names = (most: number) => z.array(text(50)).max(most).refine(isUnique, 'named twice');
const manifestSchema = z.strictObject({
  display_information: z.strictObject({
    name: text(35),
    description: text(140),
    long_description: text(4_000, 175).optional(),
    background_color: z.string().regex(/^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: text(80), always_online: z.boolean() }),
    shortcuts: z
      .array(
        z.strictObject({
          name: text(24),
          type: z.enum(['message', 'global']),
          callback_id: text(255),
          description: text(150),
        }),
      )
      .min(1)
      .max(10),
    slash_commands: z
      .array(
        z.strictObject({
          command: text(32, 2).startsWith('/'),
          description: text(2_000),
          usage_hint: text(1_000),
          should_escape: z.boolean(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: names(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: names(100) }),
    interactivity: z.strictObject({ is_enabled: z.boolean() }),
    socket_mode_enabled: z.boolean(),
    org_deploy_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

function isUnique(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}

/** Event → the scope that its page names (https://docs.slack.dev/reference/events/EVENT). */
const EVENT_SCOPES: Record<string, string | undefined> = {
  app_home_opened: undefined,
  app_mention: 'app_mentions:read',
  app_uninstalled: undefined,
  file_deleted: 'files:read',
  file_shared: 'files:read',
  file_unshared: 'files:read',
  tokens_revoked: undefined,
};

function readManifest(name: string) {
  return manifestSchema.parse(JSON.parse(fs.readFileSync(path.join(ROOT, 'manifests', name), 'utf8')));
}

/** Where a method is called → its name. */
function findCalls(): [where: string, method: string][] {
  return fs.globSync('**/*.ts', { cwd: SLACK_FOLDER }).flatMap(file => {
    const code = fs.readFileSync(path.join(SLACK_FOLDER, file), 'utf8');
    const named = [...code.matchAll(/\.call\(\s*'([^']+)'/g)];
    const called = [...code.matchAll(/\bclient\s*\.((?:\w+\.)+\w+)\(/g)];
    return [...named, ...called].map(([, method = '']): [string, string] => [file, method]);
  });
}

describe('the manifests for Slack', () => {
  for (const [name, scopes] of [
    ['slack.json', FULL_SCOPES],
    ['slack-minimal.json', MINIMAL_SCOPES],
  ] as const)
    test(`${name} keeps the limits of Slack and asks for what the table of scopes says`, () => {
      const manifest = readManifest(name);
      const granted = manifest.oauth_config.scopes.bot;
      assert.deepEqual(granted.toSorted(), [...scopes].sort());
      for (const event of manifest.settings.event_subscriptions.bot_events) {
        assert.ok(event in EVENT_SCOPES, event);
        const scope = EVENT_SCOPES[event];
        if (scope) assert.ok(granted.includes(scope), event);
      }
      if (manifest.features.slash_commands.length > 0) assert.ok(granted.includes('commands'));
    });

  test('differ in scopes only', () => {
    const [full, minimal] = [readManifest('slack.json'), readManifest('slack-minimal.json')];
    assert.deepEqual({ ...minimal, oauth_config: full.oauth_config }, full);
  });

  test('have the shortcuts', () => {
    const shortcuts = readManifest('slack.json').features.shortcuts.map(({ type, callback_id: id }) => [type, id]);
    assert.deepEqual(shortcuts, [
      ['message', 'hansard_process_message'],
      ['global', 'hansard_new'],
    ]);
  });
});

describe('the table of scopes', () => {
  test('has every method that is called, and the full manifest covers it', () => {
    const calls = findCalls();
    assert.ok(calls.length > 20, 'the search finds calls');
    const unknown = calls.filter(([, method]) => !(method in METHOD_SCOPES));
    assert.deepEqual(unknown, []);
    assert.deepEqual(methodsWithout(FULL_SCOPES), []);
  });

  test('says what the minimal manifest goes without', () => {
    assert.deepEqual(methodsWithout(MINIMAL_SCOPES), [
      'conversations.history',
      'conversations.info',
      'conversations.open',
      'conversations.replies',
      'users.conversations',
    ]);
  });

  test('asks for nothing that no method, event or command needs', () => {
    const used = new Set<string | undefined>([...Object.values(METHOD_SCOPES).flat(), ...Object.values(EVENT_SCOPES)]);
    assert.deepEqual(
      FULL_SCOPES.filter(scope => !used.has(scope)),
      ['commands'],
    );
  });
});
