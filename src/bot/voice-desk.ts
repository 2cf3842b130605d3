/** Where people of a chat platform agree to be recognised by their voice, and withdraw: each for themselves alone. */
import { randomUUID } from 'node:crypto';
import { HansardError } from '../errors.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { unlessMissing } from '../pipeline/blobs/unless-missing.ts';
import type { Fetcher } from '../pipeline/fetch-handler.ts';
import type { MeetingChange } from '../pipeline/meeting-change.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import { MOST_NAME_CHARACTERS } from '../pipeline/recording-options.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import type { Person } from '../pipeline/store/people.ts';
import { confirmSpeakers, findSound, type SaidSpeaker } from '../pipeline/voices/confirm-speakers.ts';
import { endLesson } from '../pipeline/voices/end-lesson.ts';
import { CONSENT_DAYS } from '../pipeline/voices/enrol-person.ts';
import { exportPerson } from '../pipeline/voices/export-person.ts';
import { type ForgetReceipt, forgetPerson } from '../pipeline/voices/forget-person.ts';
import { areVoicesOn, workspaceOf } from '../pipeline/voices/plan-voices.ts';
import { isOfOthers, renamePerson } from '../pipeline/voices/rename-person.ts';
import type { PostedFile } from './chat.ts';
import { SAMPLE_MS } from './learn-voices.ts';
import { type ChatMessage, sentence } from './message.ts';
import { presentReceipts, presentVoice, presentVoiceOffer } from './present/present-voice.ts';
import { quoteOf } from './present/speaker-quotes.ts';
import type { MinutesReader } from './read-minutes.ts';
import { cut, plain } from './text.ts';

/** Whoever presses, as the platform calls them, and as they are called there. */
export interface Asker {
  user: string;
  name: string;
}

export interface VoiceDesk {
  /** `/transcribe voice`: what is kept, for how long, and how to withdraw. */
  show(user: string): ChatMessage;
  /**
   * They agreed, and a sample is to come in a direct message.
   * @param press the platform's id of it: it proves that they agreed
   * @throws HansardError `voices_off`
   */
  remember(asker: Asker, press: string): Promise<string>;
  /** Whether a recording that they post in a direct message now is a sample, and no meeting. */
  awaitsSample(user: string): boolean;
  /** @throws HansardError `voice_sample_unasked`, and what fetching throws */
  takeSample(user: string, source: Parameters<Fetcher>[0], fetch: Fetcher): Promise<void>;
  /**
   * Names of speakers as people are known, with links to them; see `confirmSpeakers`.
   * @param accounts as the platform calls people, by speaker
   */
  confirm(
    meeting: Meeting,
    names: Readonly<Record<string, string>>,
    accounts: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>>;
  /** Asks whoever says that a speaker is themselves; undefined where nothing can be learned, or they are known. */
  offer(meeting: Meeting, speaker: string, asker: Asker): Promise<ChatMessage | undefined>;
  /** They agreed that the offer is about themselves. @throws HansardError `voices_off`, `voice_not_yours` */
  claim(offer: string, user: string, press: string): string;
  forget(user: string): Promise<ChatMessage>;
  /** What is kept of them, as JSON; undefined when they are nobody here. @throws HansardError what reading the key throws */
  export(user: string): Promise<PostedFile | undefined>;
  /** @throws HansardError `name_taken` */
  rename(user: string, name: string): string;
}

export interface VoiceDeskOptions {
  platform: string;
  store: Store;
  queue: JobQueue;
  blobs: BlobStore;
  minutes: MinutesReader;
  /** As `Orchestrator.correct`. */
  correct(meetingId: string, change: MeetingChange, who: string): void;
  /** Older copies of the database hold what was forgotten. */
  renewBackups(): Promise<void>;
  /** Says a sentence to one person in a direct message. */
  write(user: string, sentence: string): Promise<void>;
}

/** To whom nobody is known. */
export const NOTHING_KEPT = 'I keep nothing of your voice.';
const DAY_MS = 86_400_000;
/** An offer that nobody took up is none any more. */
const OFFER_MS = 60 * 60_000;
/** Of a sample. */
export const MOST_SAMPLE_BYTES = 50_000_000;
/** A sample is small: whoever posts it waits for the answer. */
const MOST_FETCH_MS = 60_000;

export function createVoiceDesk(options: VoiceDeskOptions): VoiceDesk {
  const { platform, store, queue, blobs, minutes, correct, write } = options;
  const accountOf = (user: string) => `${platform}:${user}`;
  /** Of each workspace: an administrator may have enrolled them in another one than the platform's. */
  const findAll = (user: string): Person[] =>
    store.people.findAll(accountOf(user)).filter(({ accounts }) => accounts.includes(accountOf(user)));
  const after = (ms: number) => new Date(Date.now() + ms).toISOString();
  const until = () => after(CONSENT_DAYS * DAY_MS).slice(0, 10);
  const validPrints = (people: readonly Person[]) => {
    const now = new Date().toISOString();
    return people.flatMap(({ id }) => store.voiceprints.of(id)).filter(({ expiresAt }) => expiresAt > now);
  };
  const assertOn = () => {
    if (!areVoicesOn(store)) throw new HansardError('voices_off', 'global voices is not true');
  };

  return {
    show(user) {
      const people = findAll(user);
      const [person] = people;
      const prints = validPrints(people);
      const last = prints
        .map(({ expiresAt }) => expiresAt.slice(0, 10))
        .toSorted()
        .at(-1);
      const known = person && last ? { name: person.name, samples: prints.length, until: last } : undefined;
      const isWaiting = store.lessons.waiting(accountOf(user)) !== undefined;
      const off = new HansardError('voices_off', '').userMessage;
      return presentVoice({ isOn: areVoicesOn(store), known, isWaiting, until: until() }, off);
    },

    async remember({ user, name }, press) {
      assertOn();
      await write(
        user,
        'Post a recording of about 20 seconds here, within ten minutes, in which nobody but you talks. I learn your voice from it and keep no copy of it.',
      );
      // what is said in private belongs to no channel: the workspace is the platform
      store.lessons.add({
        ...{ state: 'waiting', workspace: platform, account: accountOf(user), name: nameOf(name), proof: press },
        expiresAt: after(SAMPLE_MS),
      });
      return 'Now your sample: I wrote to you in a direct message. Post it there within ten minutes.';
    },

    awaitsSample: user => store.lessons.waiting(accountOf(user)) !== undefined,

    async takeSample(user, source, fetch) {
      const account = accountOf(user);
      if (!store.lessons.waiting(account)) throw new HansardError('voice_sample_unasked', account);
      const signal = AbortSignal.timeout(MOST_FETCH_MS);
      const { fileHash } = await fetch(source, {
        ...{ jobId: randomUUID(), attempt: 1, signal, onProgress: () => {}, confirm: async () => {} },
      }).catch(cause => {
        // nobody stopped it: it is fetched again for as long as it is awaited
        if (signal.aborted)
          throw new HansardError('platform_unavailable', `a sample took ${MOST_FETCH_MS} ms`, { cause });
        throw cause;
      });
      const lesson = store.lessons.waiting(account);
      // withdrawn meanwhile: whatever no meeting names is swept
      if (lesson?.state !== 'waiting') return;
      const { workspace, name, proof } = lesson;
      store.lessons.add({
        ...{ state: 'learning', workspace, account, name, proof },
        ...{ meetingId: null, fileHash, spans: null, expiresAt: null },
      });
      await write(user, 'I have your sample and listen to it now.');
    },

    async confirm(meeting, names, accounts) {
      const ids = [...new Set([...Object.keys(names), ...Object.keys(accounts)])];
      const said = ids.map((id): [string, SaidSpeaker] => {
        const account = accounts[id] === undefined ? undefined : accountOf(accounts[id]);
        return [id, { name: names[id] ?? id, account }];
      });
      // while a meeting is made again: names are then set when it is over, as people said them
      const known = await unlessMissing(async () => {
        const heard = await minutes.heard(meeting.id);
        return await confirmSpeakers({ store, blobs }, meeting, heard, Object.fromEntries(said));
      });
      return known ?? { ...names };
    },

    async offer(meeting, speaker, { user, name }) {
      if (!areVoicesOn(store) || validPrints(findAll(user)).length > 0) return undefined;
      return await unlessMissing(async () => {
        const sound = await findSound(blobs, meeting, speaker, await minutes.heard(meeting.id));
        if (!sound) return undefined;
        const { turns } = await minutes.transcript(meeting.id);
        const id = store.lessons.add({
          ...{ state: 'offered', workspace: workspaceOf(meeting), account: accountOf(user), name: nameOf(name) },
          ...{ meetingId: meeting.id, ...sound, expiresAt: after(OFFER_MS) },
        });
        return presentVoiceOffer(id, quoteOf(turns.filter(turn => turn.speaker === speaker)), until());
      });
    },

    claim(offer, user, press) {
      assertOn();
      const lesson = store.lessons.find(offer);
      if (lesson?.state !== 'offered' || lesson.account !== accountOf(user))
        throw new HansardError('voice_not_yours', offer);
      const { id, expiresAt: _, ...offered } = lesson;
      store.lessons.add({ ...offered, state: 'learning', proof: press, expiresAt: null });
      return 'I listen to that meeting now, and write to you when I know your voice.';
    },

    async forget(user) {
      const account = accountOf(user);
      for (const lesson of store.lessons.learning())
        if ('account' in lesson && lesson.account === account) await endLesson({ store, queue, blobs }, lesson);
      store.lessons.removeOf(account);
      const receipts: ForgetReceipt[] = [];
      for (const { id } of findAll(user))
        receipts.push(await forgetPerson({ store, queue, blobs, correct }, id, account));
      if (receipts.length === 0) return sentence(NOTHING_KEPT);
      await options.renewBackups();
      return presentReceipts(receipts);
    },

    async export(user) {
      const held = [];
      for (const { id } of findAll(user))
        held.push(await exportPerson({ store, minutes }, id, { withVoice: true, byName: false }));
      if (held.length === 0) return undefined;
      return { name: 'kept-about-me.json', content: Buffer.from(`${JSON.stringify(held, null, 2)}\n`) };
    },

    rename(user, name) {
      const people = findAll(user);
      if (people.length === 0) return 'I do not know you by your voice: type /transcribe voice first.';
      const wanted = nameOf(name);
      if (wanted === '') return 'Say how you are called: /transcribe voice name Maya Lindqvist';
      // what carries a name is renamed and forgotten with it: nobody takes over the name of others by themselves
      if (people.some(person => isOfOthers(store, person, wanted))) throw new HansardError('name_taken', '');
      const meetings = people.flatMap(({ id }) => renamePerson({ store, correct }, id, wanted, accountOf(user)));
      return `You are “${wanted}” from now on. Meetings that are made again with that name: ${meetings.length}.`;
    },
  };
}

function nameOf(name: string): string {
  return cut(plain(name), MOST_NAME_CHARACTERS);
}
