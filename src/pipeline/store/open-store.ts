/** The store: the only truth about meetings. One SQLite file, opened only by processes on the bot's host. */
import { rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Audit, createAudit } from './audit.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { type Erasure, forgetMeeting } from './forget-meeting.ts';
import { createLessons, type Lessons } from './lessons.ts';
import { createMeetings, type Meetings } from './meetings.ts';
import { openDatabase } from './open-database.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createPeople, type People } from './people.ts';
import { createSearch, type Search } from './search.ts';
import { createSettings, type Settings } from './settings.ts';
import { createSpeakers, type Speakers } from './speakers.ts';
import { createStages, type Stages } from './stages.ts';
import { createVoiceprints, type Voiceprints } from './voiceprints.ts';

export interface Store {
  meetings: Meetings;
  stages: Stages;
  deliveries: Deliveries;
  outbox: Outbox;
  search: Search;
  settings: Settings;
  audit: Audit;
  people: People;
  voiceprints: Voiceprints;
  lessons: Lessons;
  speakers: Speakers;
  /** All or nothing; synchronous on purpose: no await inside. */
  transaction<T>(work: () => T): T;
  forgetMeeting(meetingId: string, who: string): Erasure;
  /** So that what was deleted is not in the write-ahead log either. @throws HansardError `database_busy` */
  emptyLog(): void;
  /** What is wrong with the file, in SQLite's words; [] when it is sound. Reads all of it. */
  problems(): string[];
  /** A consistent copy, whole or not at all, while others go on writing. */
  backupTo(file: string): Promise<void>;
  close(): void;
}

/** Beside the database, where no setting says otherwise. */
export const VOICE_KEY_NAME = 'voice.key';

/**
 * Opens the store and brings it to the newest migration.
 * @param file path, or `:memory:` in tests
 * @param voiceKeyFile the key of the voiceprints; looked for, or made, when one is needed
 * @throws HansardError `database_corrupt`, `database_newer`, `database_busy`, `data_unwritable`, `disk_full`
 */
export function openStore(file: string, voiceKeyFile = path.join(path.dirname(file), VOICE_KEY_NAME)): Store {
  const db = openDatabase(file, fileURLToPath(new URL('./migrations', import.meta.url)));
  const audit = createAudit(db);
  return {
    meetings: createMeetings(db, audit),
    stages: createStages(db, audit),
    deliveries: createDeliveries(db, audit),
    outbox: createOutbox(db),
    search: createSearch(db),
    settings: createSettings(db, audit),
    audit,
    people: createPeople(db, audit),
    voiceprints: createVoiceprints(db, audit, voiceKeyFile),
    lessons: createLessons(db),
    speakers: createSpeakers(db),
    transaction: db.transaction,
    forgetMeeting: (meetingId, who) => forgetMeeting(db, audit, meetingId, who),
    emptyLog: db.checkpoint,
    problems() {
      const rows = db.all('PRAGMA integrity_check') as { integrity_check: string }[];
      return rows.map(row => row.integrity_check).filter(line => line !== 'ok');
    },
    async backupTo(target) {
      const partial = `${target}.${process.pid}.partial`;
      try {
        await db.backupTo(partial);
        await rename(partial, target);
      } finally {
        rmSync(partial, { force: true });
      }
    },
    close: db.close,
  };
}
