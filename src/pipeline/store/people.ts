/** People: whom a workspace knows. Somebody is added by hand or by their own consent, never by a guess. */
import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { foldWords } from '../minutes/words.ts';
import type { Audit } from './audit.ts';
import type { Database } from './open-database.ts';
import { uuidV7 } from './uuid-v7.ts';

/** `confirmed`: they said it themselves, or somebody who knows them did. */
export const PERSON_STATES = ['unknown', 'suggested', 'confirmed'] as const;
export type PersonState = (typeof PERSON_STATES)[number];

const personRow = z.object({
  id: z.uuid(),
  workspace: z.string(),
  name: z.string(),
  state: z.enum(PERSON_STATES),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export interface Person extends z.infer<typeof personRow> {
  /** Whom the platforms mean, `slack:U1`. */
  accounts: string[];
}

export interface NewPerson {
  workspace: string;
  name: string;
  state: PersonState;
  accounts?: readonly string[];
}

export interface People {
  /** @throws HansardError `person_forgotten` when they asked to be forgotten; `invalid_usage` when an account is taken */
  add(person: NewPerson, who: string): Person;
  find(id: string): Person | undefined;
  /** @throws HansardError `unknown_person` */
  get(id: string): Person;
  /** Whom a platform means, `slack:U1`; never by a name. */
  findByAccount(account: string, workspace: string): Person | undefined;
  /** By id, the beginning or end of one, account, or name in any case. */
  findAll(text: string, workspace?: string): Person[];
  /** By name. */
  list(workspace?: string): Person[];
  /** `accounts` are added. @throws HansardError `unknown_person`; `invalid_usage` when an account is somebody else's */
  change(id: string, change: { name?: string; state?: PersonState; accounts?: readonly string[] }, who: string): Person;
  /** The person, with voiceprints and links. A salted hash stays, so that they are not added again. */
  forget(id: string, who: string, counts: Record<string, number>): void;
  /** They come back of their own will: the hashes go. @returns whether there were any */
  welcome(person: Pick<NewPerson, 'workspace' | 'name' | 'accounts'>, who: string): boolean;
  isForgotten(person: Pick<NewPerson, 'workspace' | 'name' | 'accounts'>): boolean;
}

const columns = 'id, workspace, name, state, created_at AS createdAt, updated_at AS updatedAt';
const SALT_BYTES = 32;

export function createPeople(db: Database, audit: Audit): People {
  const select = (where: string, ...values: string[]): Person[] =>
    db.all(`SELECT ${columns} FROM people ${where}`, ...values).map(row => {
      const person = personRow.parse(row);
      const accounts = db.all('SELECT account FROM person_accounts WHERE person_id = ? ORDER BY account', person.id);
      return { ...person, accounts: (accounts as { account: string }[]).map(({ account }) => account) };
    });
  const find = (id: string) => select('WHERE id = ?', id)[0];
  const get = (id: string): Person => {
    const person = find(id);
    if (!person) throw new HansardError('unknown_person', `no person has the id ${id}`);
    return person;
  };
  const digests = ({ workspace, name, accounts = [] }: Pick<NewPerson, 'workspace' | 'name' | 'accounts'>) =>
    [`name:${foldWords(name).join(' ')}`, ...accounts.map(account => `account:${account}`)].map(label =>
      createHmac('sha256', saltOf(db))
        .update(JSON.stringify([workspace, label]))
        .digest('hex'),
    );
  const isForgotten: People['isForgotten'] = person =>
    digests(person).some(
      digest =>
        db.get('SELECT 1 FROM voice_tombstones WHERE workspace = ? AND digest = ?', person.workspace, digest) !==
        undefined,
    );
  const addAccounts = (id: string, workspace: string, accounts: readonly string[]) => {
    for (const account of accounts) {
      const taken = db.get('SELECT 1 FROM person_accounts WHERE workspace = ? AND account = ?', workspace, account);
      if (taken) throw new HansardError('invalid_usage', `${account} is somebody already`);
      db.run(
        'INSERT INTO person_accounts (workspace, account, person_id) VALUES (?, ?, ?)',
        ...[workspace, account, id],
      );
    }
  };
  return {
    find,
    get,
    isForgotten,
    add: (person, who) =>
      db.transaction(() => {
        const { workspace, name, state, accounts = [] } = person;
        if (isForgotten(person)) throw new HansardError('person_forgotten', `in the workspace ${workspace}`);
        const id = uuidV7();
        const now = new Date().toISOString();
        db.run(
          'INSERT INTO people (id, workspace, name, state, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
          ...[id, workspace, name, state, now, now],
        );
        addAccounts(id, workspace, accounts);
        audit.write({ who, what: 'person.added', detail: { person: id, state } });
        return get(id);
      }),
    findByAccount: (account, workspace) =>
      select('WHERE id IN (SELECT person_id FROM person_accounts WHERE account = ?) ORDER BY id', account).find(
        person => person.workspace === workspace,
      ),
    findAll: (text, workspace) =>
      select(
        `WHERE id = ?1 OR (length(?1) >= 4 AND (substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1))
           OR id IN (SELECT person_id FROM person_accounts WHERE account = ?1) OR name = ?1 COLLATE NOCASE ORDER BY id`,
        text,
      ).filter(person => workspace === undefined || person.workspace === workspace),
    list: workspace =>
      workspace === undefined
        ? select('ORDER BY workspace, name, id')
        : select('WHERE workspace = ? ORDER BY name, id', workspace),
    change: (id, { name, state, accounts = [] }, who) =>
      db.transaction(() => {
        const before = get(id);
        const isNew = (account: string) => !before.accounts.includes(account);
        addAccounts(id, before.workspace, accounts.filter(isNew));
        const now = new Date().toISOString();
        const values = [name ?? before.name, state ?? before.state, now, id];
        db.run('UPDATE people SET name = ?, state = ?, updated_at = ? WHERE id = ?', ...values);
        const detail = {
          person: id,
          renamed: name !== undefined && name !== before.name,
          state: state ?? before.state,
        };
        audit.write({ who, what: 'person.changed', detail });
        return get(id);
      }),
    forget: (id, who, counts) =>
      db.transaction(() => {
        const person = get(id);
        const now = new Date().toISOString();
        for (const digest of digests(person))
          db.run(
            'INSERT OR IGNORE INTO voice_tombstones (workspace, digest, forgotten_at) VALUES (?, ?, ?)',
            ...[person.workspace, digest, now],
          );
        db.run('DELETE FROM people WHERE id = ?', id);
        audit.write({ who, what: 'person.forgotten', detail: { person: id, ...counts } });
      }),
    welcome: (person, who) =>
      db.transaction(() => {
        const lifted = digests(person).reduce(
          (sum, digest) =>
            sum + db.run('DELETE FROM voice_tombstones WHERE workspace = ? AND digest = ?', person.workspace, digest),
          0,
        );
        if (lifted > 0) audit.write({ who, what: 'person.welcomed', detail: { workspace: person.workspace } });
        return lifted > 0;
      }),
  };
}

/** Without it somebody could try names against the hashes of another database. */
function saltOf(db: Database): Buffer {
  const row = db.get('SELECT salt FROM voice_salt') as { salt: string } | undefined;
  if (row) return Buffer.from(row.salt, 'base64');
  const salt = randomBytes(SALT_BYTES);
  db.run('INSERT INTO voice_salt (salt) VALUES (?)', salt.toString('base64'));
  return salt;
}
