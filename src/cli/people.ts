/** `hansard people list | show | enrol | rename | forget | export`: whom this workspace knows by voice, by their own consent. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { backupDir, renewBackups } from '../bot/maintenance/backup.ts';
import { createMinutesReader } from '../bot/read-minutes.ts';
import { HansardError } from '../errors.ts';
import { blobKeys } from '../pipeline/blobs/blob-store.ts';
import type { MeetingChange } from '../pipeline/meeting-change.ts';
import { MOST_NAME_CHARACTERS } from '../pipeline/recording-options.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import type { Person } from '../pipeline/store/people.ts';
import { CONSENT_DAYS, enrolPerson } from '../pipeline/voices/enrol-person.ts';
import { exportPerson } from '../pipeline/voices/export-person.ts';
import { forgetPerson } from '../pipeline/voices/forget-person.ts';
import { areVoicesOn, LOCAL_WORKSPACE, workspaceOf } from '../pipeline/voices/plan-voices.ts';
import { renamePerson } from '../pipeline/voices/rename-person.ts';
import { type Load, localUser, type Services, withServices } from './open-services.ts';
import { printable } from './report.ts';

interface EnrolFlags {
  consent?: string;
  workspace: string;
  account: string[];
  days: number;
  again?: true;
  earlier?: true;
}

export function peopleCommand(load: Load): Command {
  const command = new Command('people').description('whom this workspace knows by voice, by their own consent');
  command
    .command('list')
    .description('who is known, and until when their voice is')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) => withServices(load, async ({ store }) => list(store, json ?? false)));
  command
    .command('show <person>')
    .description('what is held of a person: name, account or id')
    .action((text: string) => withServices(load, async services => print(await exportOf(services, text, false))));
  command
    .command('enrol <name> <sample...>')
    .description('learn the voice of somebody who agreed to it, from recordings of them alone')
    .option('--consent <file>', 'the document that shows that they agreed; its hash goes into the audit')
    .option('--workspace <name>', 'whose meetings: local, slack or discord', LOCAL_WORKSPACE)
    .option('--account <platform:id>', 'whom the platform means; may be given again', collect, [])
    .option('--days <n>', 'how long the consent holds', parseDays, CONSENT_DAYS)
    .option('--again', 'they asked to be forgotten before, and changed their mind')
    .option('--earlier', 'look for them in earlier meetings as well, whose sound is still kept')
    .action((name: string, samples: string[], flags: EnrolFlags) =>
      withServices(load, services => enrol(name, samples, flags, services)),
    );
  command
    .command('forget <person>')
    .description('delete their voice, take their name out of past meetings, and do not know them again')
    .action((text: string) =>
      withServices(load, async services => {
        const { store, config } = services;
        const receipt = await forgetPerson(
          { ...services, correct: tellBot(store) },
          findPerson(store, text).id,
          localUser(),
        );
        await renewBackups(store, backupDir(config.dataDir));
        print(receipt);
      }),
    );
  command
    .command('rename <person> <name>')
    .description('another name, in past meetings as well')
    .action((text: string, name: string) =>
      withServices(load, async ({ store }) => {
        const wanted = name.trim();
        if (wanted === '' || wanted.length > MOST_NAME_CHARACTERS)
          throw new HansardError('invalid_usage', `a name has 1 to ${MOST_NAME_CHARACTERS} characters`);
        const { id } = findPerson(store, text);
        const meetings = renamePerson({ store, correct: tellBot(store) }, id, wanted, localUser());
        process.stdout.write(
          `${id} ${printable(wanted)}: ${meetings.length} meetings are made again when the bot runs\n`,
        );
      }),
    );
  command
    .command('export <person>')
    .description('everything that is held about a person, as JSON')
    .action((text: string) => withServices(load, async services => print(await exportOf(services, text, true))));
  return command;
}

function exportOf({ store, blobs }: Services, text: string, withVoice: boolean) {
  const minutes = createMinutesReader(store, blobs);
  return exportPerson({ store, minutes }, findPerson(store, text).id, { withVoice, byName: true });
}

/** Written down for the bot, which makes the files again, and posts them. */
function tellBot(store: Store) {
  return (meetingId: string, change: MeetingChange, who: string): void =>
    store.outbox.put({ topic: 'correct', meetingId, payload: { change: JSON.parse(JSON.stringify(change)), who } });
}

function list(store: Store, json: boolean): void {
  const people = store.people.list().map(person => ({ ...person, voiceprints: store.voiceprints.of(person.id) }));
  if (json) return void print(people);
  for (const { id, workspace, name, state, voiceprints } of people) {
    const until = voiceprints
      .map(({ expiresAt }) => expiresAt.slice(0, 10))
      .toSorted()
      .at(-1);
    const voice = until === undefined ? 'no voice' : `voice until ${until}`;
    process.stdout.write(`${id} ${printable(name)} (${workspace}, ${state}): ${voice}\n`);
  }
  if (people.length === 0) process.stdout.write('Nobody is known.\n');
  if (!areVoicesOn(store)) process.stdout.write(`${new HansardError('voices_off', '').userMessage}\n`);
}

async function enrol(name: string, samples: string[], flags: EnrolFlags, services: Services): Promise<void> {
  const { store } = services;
  if (!areVoicesOn(store)) throw new HansardError('voices_off', 'global voices is not true');
  if (flags.consent === undefined) throw new HansardError('voice_consent_missing', name);
  const proof = await hashOf(flags.consent);
  const { learnSamples } = await import('./learn-samples.ts');
  const learned = await learnSamples(samples, services);
  const expiresAt = new Date(Date.now() + flags.days * 86_400_000).toISOString();
  const person = enrolPerson(
    store,
    {
      ...{ name, workspace: flags.workspace, accounts: flags.account, again: flags.again ?? false },
      ...{ ...learned, expiresAt, consent: { kind: 'file', proof } },
    },
    localUser(),
  );
  process.stdout.write(`${person.id} ${printable(person.name)}: known by voice until ${expiresAt.slice(0, 10)}\n`);
  if (flags.earlier) await searchEarlier(services, flags.workspace);
}

/** The bot is told to run them again: only what depends on names is computed. */
async function searchEarlier({ store, blobs }: Services, workspace: string): Promise<void> {
  const over = store.meetings.over().filter(meeting => meeting.state === 'done' && workspaceOf(meeting) === workspace);
  let count = 0;
  for (const { id, audioHash } of over) {
    if (audioHash === null || !(await blobs.stat(blobKeys.audio(audioHash)))) continue;
    store.outbox.put({ topic: 'rerun', meetingId: id, payload: { changes: {}, who: localUser() } });
    count++;
  }
  process.stdout.write(`${count} earlier meetings are looked through when the bot runs\n`);
}

/** @throws HansardError `unknown_person`, also when several fit */
export function findPerson(store: Store, text: string): Person {
  const [person, other] = store.people.findAll(text);
  if (!person || other)
    throw new HansardError('unknown_person', `${other ? 'several people are' : 'nobody is'} ${text}`);
  return person;
}

/** @throws HansardError `file_missing`, `empty_file` */
async function hashOf(file: string): Promise<string> {
  const content = await fs.readFile(file).catch((cause: unknown) => {
    throw new HansardError('file_missing', file, { cause });
  });
  if (content.length === 0) throw new HansardError('empty_file', file);
  return createHash('sha256').update(content).digest('hex');
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650) throw new InvalidArgumentError('Expected days, 1 to 3650.');
  return days;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
