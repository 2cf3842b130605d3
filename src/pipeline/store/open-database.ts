/** Opens an SQLite file the way every file of ours is opened, and brings it to the newest migration. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { HansardError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';

export type SqlValue = SQLInputValue;

/** A thin layer over `node:sqlite`: prepared statements kept, errors in our words. Rows are `unknown`: parse them. */
export interface Database {
  readonly file: string;
  all(sql: string, ...values: SqlValue[]): unknown[];
  get(sql: string, ...values: SqlValue[]): unknown;
  /** @returns how many rows changed */
  run(sql: string, ...values: SqlValue[]): number;
  /** All or nothing, under the write lock. Synchronous on purpose; inside another transaction it joins that one. */
  transaction<T>(work: () => T): T;
  /** Empties the write-ahead log into the file. @throws HansardError `database_busy` while somebody still reads it */
  checkpoint(): void;
  /** A consistent copy, also while others write. */
  backupTo(file: string): Promise<void>;
  close(): void;
}

/** How long a writer waits for another process; the wait blocks this process, so transactions stay short. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * @param file path, or `:memory:`
 * @param migrationsDir numbered .sql files, `001-name.sql` …, applied in order, each in one transaction
 * @param durability `full`: what was committed survives a power cut; `normal`: it survives the death of the process, and
 *   a power cut may take the last moments, never the soundness (sqlite.org/pragma.html#pragma_synchronous)
 * @throws HansardError `database_corrupt`, `database_newer`, `database_busy`, `data_unwritable`, `disk_full`
 */
export function openDatabase(file: string, migrationsDir: string, durability: 'full' | 'normal' = 'full'): Database {
  let raw: DatabaseSync | undefined;
  try {
    if (file !== ':memory:') makeFolder(path.dirname(file), 0o700);
    raw = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    // secure_delete overwrites what is deleted; measured: without it erased text stays in the file
    raw.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability}; PRAGMA secure_delete = ON;`);
    migrate(raw, file, migrationsDir);
    return wrap(raw, file);
  } catch (error) {
    raw?.close();
    throw inOurWords(error, file);
  }
}

function wrap(raw: DatabaseSync, file: string): Database {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = raw.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const translated = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw inOurWords(error, file);
    }
  };
  const all = (sql: string, ...values: SqlValue[]) => translated(() => prepared(sql).all(...values));
  return {
    file,
    all,
    get: (sql, ...values) => translated(() => prepared(sql).get(...values)),
    run: (sql, ...values) => translated(() => Number(prepared(sql).run(...values).changes)),
    transaction: work => (raw.isTransaction ? work() : translated(() => inTransaction(raw, work))),
    checkpoint() {
      const [row] = all('PRAGMA wal_checkpoint(TRUNCATE)') as { busy: number }[];
      if (row?.busy) throw new HansardError('database_busy', `${file}: another process is reading the log`);
    },
    backupTo: async target => {
      try {
        await backup(raw, target);
      } catch (error) {
        throw inOurWords(error, target);
      }
    },
    close: () => {
      if (raw.isOpen) raw.close();
    },
  };
}

function inTransaction<T>(raw: DatabaseSync, work: () => T): T {
  raw.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    raw.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back after some errors, a full disk among them
    if (raw.isTransaction) raw.exec('ROLLBACK');
    throw error;
  }
}

function migrate(raw: DatabaseSync, file: string, migrationsDir: string): void {
  const migrations = readMigrations(migrationsDir);
  const newest = migrations.at(-1)?.number ?? 0;
  if (versionOf(raw) > newest)
    throw new HansardError('database_newer', `${file} has version ${versionOf(raw)}, this program knows ${newest}`);
  for (const { number, sql } of migrations) {
    if (number <= versionOf(raw)) continue;
    inTransaction(raw, () => {
      // another process may have been faster while this one waited for the lock
      if (number > versionOf(raw)) raw.exec(`${sql}\nPRAGMA user_version = ${number};`);
    });
  }
}

function readMigrations(dir: string): { number: number; sql: string }[] {
  const names = readdirSync(dir).filter(name => /^\d{3}-.+\.sql$/.test(name));
  return names
    .sort()
    .map(name => ({ number: Number(name.slice(0, 3)), sql: readFileSync(path.join(dir, name), 'utf8') }));
}

function versionOf(raw: DatabaseSync): number {
  return Number(raw.prepare('PRAGMA user_version').get()?.user_version);
}

/** Primary result codes, sqlite.org/rescode.html; the extended ones carry them in their low byte. */
const faultByResultCode = {
  5: 'database_busy',
  6: 'database_busy',
  8: 'data_unwritable',
  10: 'data_unwritable',
  11: 'database_corrupt',
  13: 'disk_full',
  14: 'data_unwritable',
  26: 'database_corrupt',
} as const;

function inOurWords(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof HansardError) return error;
  if ('errcode' in error && typeof error.errcode === 'number') {
    const code = faultByResultCode[(error.errcode & 0xff) as keyof typeof faultByResultCode];
    return code ? new HansardError(code, `${file}: ${error.message}`, { cause: error }) : error;
  }
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') return new HansardError('disk_full', `${file}: ${error.message}`, { cause: error });
  if (typeof code === 'string' && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code))
    return new HansardError('data_unwritable', `${file}: ${error.message}`, { cause: error });
  return error;
}
