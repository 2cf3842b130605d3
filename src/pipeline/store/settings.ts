/** Settings that people change while Hansard runs, per scope: `global`, or `platform:channel`. */
import type { z } from 'zod';
import type { Audit } from './audit.ts';
import type { Database } from './open-database.ts';

export interface Settings {
  /** The stored value, parsed; undefined when it was never set. @throws ZodError when the schema no longer accepts it */
  find<T>(scope: string, name: string, schema: z.ZodType<T>): T | undefined;
  /** All that are set, by scope and name. */
  list(): { scope: string; name: string; value: unknown }[];
  /** Where it is set to that value. */
  scopesWith(name: string, value: unknown): string[];
  /** The value goes into the database, into the audit only its name. */
  set(scope: string, name: string, value: unknown, who: string): void;
  /** @returns whether there was one */
  unset(scope: string, name: string, who: string): boolean;
}

export function createSettings(db: Database, audit: Audit): Settings {
  return {
    find(scope, name, schema) {
      const row = db.get('SELECT value FROM settings WHERE scope = ? AND name = ?', scope, name) as
        | { value: string }
        | undefined;
      return row && schema.parse(JSON.parse(row.value));
    },
    list() {
      const rows = db.all('SELECT scope, name, value FROM settings ORDER BY scope, name');
      return (rows as { scope: string; name: string; value: string }[]).map(({ value, ...row }) => ({
        ...row,
        value: JSON.parse(value) as unknown,
      }));
    },
    scopesWith(name, value) {
      const rows = db.all(
        'SELECT scope FROM settings WHERE name = ? AND value = ? ORDER BY scope',
        name,
        JSON.stringify(value),
      );
      return (rows as { scope: string }[]).map(({ scope }) => scope);
    },
    set: (scope, name, value, who) =>
      db.transaction(() => {
        db.run(
          `INSERT INTO settings (scope, name, value, updated_at, updated_by) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (scope, name) DO UPDATE
           SET value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
          scope,
          name,
          JSON.stringify(value),
          new Date().toISOString(),
          who,
        );
        audit.write({ who, what: 'settings.changed', detail: { scope, name } });
      }),
    unset: (scope, name, who) =>
      db.transaction(() => {
        const changed = db.run('DELETE FROM settings WHERE scope = ? AND name = ?', scope, name);
        if (changed === 1) audit.write({ who, what: 'settings.unset', detail: { scope, name } });
        return changed === 1;
      }),
  };
}
