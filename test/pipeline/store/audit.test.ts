import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openStore, type Store } from '../../../src/pipeline/store/open-store.ts';
import { temporaryStore } from '../../builders/meeting-store.ts';

/** A store with five audit rows, after somebody with access to the file has been at them. */
function tampered(t: TestContext, sql: string): Store {
  const { store, file } = temporaryStore(t);
  for (let i = 1; i <= 5; i++) store.audit.write({ who: 'slack:U1', what: 'settings.changed', detail: { i } });
  store.close();
  const raw = new DatabaseSync(file);
  raw.exec(`DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks; ${sql}`);
  raw.close();
  const again = openStore(file);
  t.after(() => again.close());
  return again;
}

test('an untouched chain is intact', t => {
  assert.deepEqual(tampered(t, '').audit.verify(), { intact: true, rows: 5 });
});

test('an empty chain is intact', t => {
  assert.deepEqual(temporaryStore(t).store.audit.verify(), { intact: true, rows: 0 });
});

for (const [what, sql, seq] of [
  ['a changed person', "UPDATE audit SET who = 'slack:U2' WHERE seq = 3", 3],
  ['a changed time', "UPDATE audit SET at = '2000-01-01T00:00:00.000Z' WHERE seq = 1", 1],
  ['a changed detail', 'UPDATE audit SET detail = \'{"i":9}\' WHERE seq = 4', 4],
  ['a row taken out of the middle', 'DELETE FROM audit WHERE seq = 2', 2],
  ['the first row taken out', 'DELETE FROM audit WHERE seq = 1', 1],
  ['the last row cut off', 'DELETE FROM audit WHERE seq = 5', 5],
  ['all rows cut off', 'DELETE FROM audit', 1],
  ['a row put in', "INSERT INTO audit VALUES (6, '2026-01-01T00:00:00.000Z', 'a', 'b', NULL, '{}', 'x', 'y')", 6],
  [
    'two rows exchanged',
    'UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99',
    2,
  ],
] as const)
  test(`${what} is found`, t => {
    const verdict = tampered(t, sql).audit.verify();
    assert.equal(verdict.intact, false);
    assert.equal(!verdict.intact && verdict.seq, seq);
  });

test('a row can neither be changed nor deleted through the database', t => {
  const { store, file } = temporaryStore(t);
  store.audit.write({ who: 'slack:U1', what: 'settings.changed' });
  const raw = new DatabaseSync(file);
  t.after(() => raw.close());
  assert.throws(() => raw.exec("UPDATE audit SET who = 'x'"), /never changed/);
  assert.throws(() => raw.exec('DELETE FROM audit'), /never deleted/);
});
