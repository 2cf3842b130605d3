import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { HansardError } from '../../../src/errors.ts';
import { openDatabase } from '../../../src/pipeline/store/open-database.ts';
import { openStore } from '../../../src/pipeline/store/open-store.ts';
import { acceptMeeting, temporaryFolder, temporaryStore } from '../../builders/meeting-store.ts';

function migrationsIn(folder: string, files: Record<string, string>): string {
  const dir = path.join(folder, 'migrations');
  mkdirSync(dir, { recursive: true });
  for (const [name, sql] of Object.entries(files)) writeFileSync(path.join(dir, name), sql);
  return dir;
}

test('a database is opened with a log, full sync, foreign keys and overwriting deletes', t => {
  const folder = temporaryFolder(t);
  const db = openDatabase(path.join(folder, 'a.db'), migrationsIn(folder, { '001-a.sql': 'CREATE TABLE a (x);' }));
  t.after(() => db.close());
  assert.deepEqual({ ...(db.get('PRAGMA journal_mode') as object) }, { journal_mode: 'wal' });
  assert.deepEqual({ ...(db.get('PRAGMA synchronous') as object) }, { synchronous: 2 });
  assert.deepEqual({ ...(db.get('PRAGMA foreign_keys') as object) }, { foreign_keys: 1 });
  assert.deepEqual({ ...(db.get('PRAGMA secure_delete') as object) }, { secure_delete: 1 });
  assert.deepEqual({ ...(db.get('PRAGMA busy_timeout') as object) }, { timeout: 5_000 });
});

test('migrations run once, in order, and a new one is added to an old database', t => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'a.db');
  const first = { '001-a.sql': 'CREATE TABLE a (x); INSERT INTO a VALUES (1);' };
  openDatabase(file, migrationsIn(folder, first)).close();
  openDatabase(file, migrationsIn(folder, first)).close();
  const db = openDatabase(
    file,
    migrationsIn(folder, { ...first, '002-b.sql': 'ALTER TABLE a ADD COLUMN y DEFAULT 2;' }),
  );
  t.after(() => db.close());
  assert.deepEqual(
    db.all('SELECT x, y FROM a').map(row => ({ ...(row as object) })),
    [{ x: 1, y: 2 }],
  );
});

test('a migration that breaks leaves nothing of itself', t => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'a.db');
  const dir = migrationsIn(folder, { '001-a.sql': 'CREATE TABLE a (x); CREATE TABLE a (x);' });
  assert.throws(() => openDatabase(file, dir), /already exists/);
  const raw = new DatabaseSync(file);
  t.after(() => raw.close());
  assert.deepEqual(raw.prepare('SELECT name FROM sqlite_schema').all(), []);
  assert.equal(raw.prepare('PRAGMA user_version').get()?.user_version, 0);
});

test('a database that a newer program wrote is refused and not changed', t => {
  const { store, file } = temporaryStore(t);
  store.close();
  const raw = new DatabaseSync(file);
  raw.exec('PRAGMA user_version = 900');
  raw.close();
  assert.throws(() => openStore(file), { code: 'database_newer', detail: /version 900/ });
});

test('a file that is no database is refused in one sentence', t => {
  const file = path.join(temporaryFolder(t), 'hansard.db');
  writeFileSync(file, 'this is not a database, only text that is long enough to be looked at'.repeat(50));
  assert.throws(
    () => openStore(file),
    (error: unknown) => {
      assert.ok(error instanceof HansardError);
      assert.equal(error.code, 'database_corrupt');
      assert.match(error.userMessage, /damaged/);
      return true;
    },
  );
});

test('damage in the middle of the file is found', t => {
  const { store, file } = temporaryStore(t);
  for (let i = 0; i < 200; i++) acceptMeeting(store);
  assert.deepEqual(store.problems(), []);
  store.close();
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 4096 * 5, 4096 * 12);
  writeFileSync(file, bytes);
  const found = () => {
    const damaged = openStore(file);
    t.after(() => damaged.close());
    const problems = damaged.problems();
    if (problems.length > 0) throw new HansardError('database_corrupt', problems[0]!);
  };
  assert.throws(found, { code: 'database_corrupt' });
});

test('a folder that may not be written is refused in one sentence', t => {
  const folder = temporaryFolder(t);
  writeFileSync(path.join(folder, 'file'), '');
  assert.throws(() => openStore(path.join(folder, 'file', 'hansard.db')), { code: 'data_unwritable' });
});

test('a read-only folder is refused in one sentence', {
  skip: process.getuid?.() === 0 && 'root may write everywhere',
}, t => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o500);
  assert.throws(() => openStore(path.join(folder, 'hansard.db')), { code: 'data_unwritable' });
});

test('a full disk is named, and what was written before is still there', t => {
  const { store, file } = temporaryStore(t);
  acceptMeeting(store);
  store.close();
  const folder = temporaryFolder(t);
  const db = openDatabase(file, new URL('../../../src/pipeline/store/migrations', import.meta.url).pathname);
  t.after(() => db.close());
  // a limit on pages is how SQLite itself tests a full disk
  db.get('PRAGMA max_page_count = 1');
  const fill = () => {
    for (let i = 0; i < 500; i++)
      db.run("INSERT INTO settings VALUES ('s', ?, ?, 'now', 'me')", String(i), folder.repeat(20));
  };
  assert.throws(() => db.transaction(fill), { code: 'disk_full' });
  assert.equal(db.all('SELECT * FROM settings').length, 0);
  assert.equal(db.all('SELECT * FROM meetings').length, 1);
});

test('a transaction that throws changes nothing, the one around it included', t => {
  const { store } = temporaryStore(t);
  assert.throws(
    () =>
      store.transaction(() => {
        acceptMeeting(store);
        store.transaction(() => {
          acceptMeeting(store);
          throw new Error('no');
        });
      }),
    /no/,
  );
  assert.equal(store.meetings.list({ limit: 10 }).length, 0);
  assert.equal(store.audit.list({ limit: 10 }).length, 0);
});

test('what was committed survives the sudden death of its process', t => {
  const { store, file } = temporaryStore(t);
  const child = spawnSync(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `import { openStore } from ${JSON.stringify(new URL('../../../src/pipeline/store/open-store.ts', import.meta.url).href)};
       const store = openStore(${JSON.stringify(file)});
       for (let i = 0; ; i++) {
         store.settings.set('global', 'n', i, 'child');
         if (i === 50) process.kill(process.pid, 'SIGKILL');
       }`,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(child.signal, 'SIGKILL', child.stderr);
  assert.equal(store.audit.list({ limit: 1_000 }).length, 51);
  assert.deepEqual(store.audit.verify(), { intact: true, rows: 51 });
});
