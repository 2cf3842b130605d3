import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { openDatabase } from '../../../src/pipeline/store/open-database.ts';
import { makeTemporaryFolder } from '../../builders/temporary-folder.ts';

const MIGRATIONS = path.join(import.meta.dirname, '../../../src/pipeline/store/migrations');

test('006: recordings of Slack that were noted before keep their thread and their message', async t => {
  const folder = await makeTemporaryFolder(t);
  const [before, after] = [path.join(folder, 'before'), path.join(folder, 'after')];
  await fs.mkdir(before);
  await fs.mkdir(after);
  for (const name of await fs.readdir(MIGRATIONS)) {
    if (name < '006') await fs.copyFile(path.join(MIGRATIONS, name), path.join(before, name));
    if (name < '007') await fs.copyFile(path.join(MIGRATIONS, name), path.join(after, name));
  }
  const file = path.join(folder, 'hansard.db');
  const old = openDatabase(file, before);
  const source = (more: object) => JSON.stringify({ kind: 'slack', fileId: 'F1', channel: 'C1', ...more });
  const add = (id: string, value: string) =>
    old.run(
      `INSERT INTO meetings (id, state, origin, title, platform, channel, owner, source, options, created_at, updated_at)
       VALUES (?, 'done', ?, 't', 'slack', 'C1', 'slack:U1', ?, '{}', '2026', '2026')`,
      id,
      id,
      value,
    );
  add('a', source({ threadTs: '1.1', messageTs: '1.2' }));
  add('b', source({ messageTs: '2.2' }));
  old.run(
    `INSERT INTO outbox (id, topic, payload, created_at, due_at) VALUES ('a', 'slack.mention', ?, '2026', '2026')`,
    JSON.stringify({ channel: 'C1', threadTs: '1.1' }),
  );
  old.close();

  const db = openDatabase(file, after);
  t.after(() => db.close());
  const json = z.object({ json: z.string().transform((text): unknown => JSON.parse(text)) });
  const read = (sql: string) => db.all(sql).map(row => json.parse(row).json);
  const sources = read('SELECT source AS json FROM meetings ORDER BY id');
  assert.deepEqual(sources, [
    { kind: 'slack', fileId: 'F1', channel: 'C1', messageId: '1.2', threadId: '1.1' },
    { kind: 'slack', fileId: 'F1', channel: 'C1', messageId: '2.2' },
  ]);
  assert.deepEqual(read('SELECT payload AS json FROM outbox'), [{ channel: 'C1', threadId: '1.1' }]);
});
