import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { backUp, renewBackups } from '../../../src/bot/maintenance/backup.ts';
import { openStore } from '../../../src/pipeline/store/open-store.ts';
import { acceptMeeting, temporaryFolder, temporaryStore, turn } from '../../builders/meeting-store.ts';

test('a backup holds the meetings, and the newest seven are kept', async t => {
  const { store } = temporaryStore(t);
  const dir = path.join(temporaryFolder(t), 'backups');
  const { id } = acceptMeeting(store);
  for (let day = 10; day < 20; day++)
    await backUp(store, dir, { dryRun: false, now: new Date(`2026-11-${day}T02:45:00Z`) });
  const names = fs.readdirSync(dir).sort();
  assert.equal(names.length, 7);
  assert.equal(names[0], 'hansard-2026-11-13T024500Z.db');
  const file = path.join(dir, names[6] ?? '');
  assert.equal(fs.statSync(file).mode & 0o077, 0);
  const copy = openStore(file);
  t.after(() => copy.close());
  assert.equal(copy.meetings.get(id).title, 'Weekly');
});

test('what was erased goes from the backups as well', async t => {
  const { store } = temporaryStore(t);
  const dir = path.join(temporaryFolder(t), 'backups');
  await renewBackups(store, dir);
  assert.ok(!fs.existsSync(dir), 'where there is none, none is made');
  const { id } = acceptMeeting(store);
  store.search.replaceTurns(id, [turn(1, 'nobody may know about the heliotrope')], speaker => speaker);
  await backUp(store, dir, { dryRun: false, now: new Date('2026-11-10T02:45:00Z') });
  store.forgetMeeting(id, 'terminal:0');
  await renewBackups(store, dir);
  const names = fs.readdirSync(dir);
  assert.equal(names.length, 1);
  assert.ok(!fs.readFileSync(path.join(dir, names[0] ?? '')).includes('heliotrope'));
});

test('a dry run makes none, and a folder that cannot be made says so', async t => {
  const { store, file } = temporaryStore(t);
  const dir = path.join(temporaryFolder(t), 'backups');
  await backUp(store, dir, { dryRun: true });
  assert.deepEqual(fs.readdirSync(dir), []);
  await assert.rejects(backUp(store, path.join(file, 'backups'), { dryRun: false }), { code: 'data_unwritable' });
});
