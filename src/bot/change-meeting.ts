/** What people may change about a meeting, whatever they press for it. Who may is for the platform to say. */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { addCorrections } from '../pipeline/meeting-change.ts';
import type { SummaryEdit } from '../pipeline/minutes/edit-summary.ts';
import type { Orchestrator } from '../pipeline/orchestration/orchestrator.ts';
import {
  type Correction,
  glossarySchema,
  type RecordingOptions,
  type SpeakerRange,
} from '../pipeline/recording-options.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import type { ActionItem, SummaryItem } from '../pipeline/summary.ts';
import { addToGlossary, readChannelSettings } from './channel-settings.ts';
import { findItem, formatItemRef, parseItemRef } from './item-ref.ts';
import { tasksOf } from './present/present-minutes.ts';
import type { MinutesReader } from './read-minutes.ts';

export type RerunChanges = SpeakerRange &
  Partial<
    Pick<RecordingOptions, 'language' | 'model' | 'summarizer' | 'summaryStyle' | 'summaryTemplate' | 'summaryLanguage'>
  >;

/** What is different about an item. */
export type ItemChanges = Omit<SummaryEdit, 'item' | 'was'>;

/** `user`: as the platform calls people. All throw HansardError `unknown_meeting`, and what the orchestrator throws. */
export interface MeetingChanges {
  cancel(meeting: Meeting, user: string): Promise<void>;
  retry(meeting: Meeting, user: string): Promise<void>;
  forget(meeting: Meeting, user: string): Promise<void>;
  rerun(meeting: Meeting, changes: RerunChanges, user: string): Promise<void>;
  nameSpeakers(
    meeting: Meeting,
    wish: { names: Record<string, string>; merges: Record<string, string> },
    user: string,
  ): void;
  /** A word that was heard wrong. */
  correct(meeting: Meeting, correction: Correction, isForGlossary: boolean, user: string): void;
  /** @throws HansardError `item_changed` */
  itemOf(ref: string): Promise<SummaryItem>;
  edit(meeting: Meeting, item: SummaryItem, changes: ItemChanges, user: string): Promise<void>;
  /** @param ticked refs of what is done, of all that were `offered` */
  tick(meeting: Meeting, offered: readonly string[], ticked: readonly string[], user: string): Promise<void>;
}

export function createMeetingChanges({
  platform,
  store,
  orchestrator,
  minutes,
  forget,
}: {
  platform: string;
  store: Store;
  orchestrator: Orchestrator;
  minutes: MinutesReader;
  forget(meetingId: string, who: string): Promise<void>;
}): MeetingChanges {
  const whoIs = (user: string) => `${platform}:${user}`;

  const edit: MeetingChanges['edit'] = async ({ id }, item, changes, user) => {
    if (Object.keys(changes).length === 0) return;
    const was = await minutes.originalText(id, item);
    orchestrator.correct(id, { edits: [{ item: item.id, was, ...changes }] }, whoIs(user));
  };

  return {
    edit,
    async cancel({ id }, user) {
      await orchestrator.cancel(id, whoIs(user));
    },
    async retry({ id }, user) {
      await orchestrator.retry(id, whoIs(user));
    },
    forget: ({ id }, user) => forget(id, whoIs(user)),
    async rerun({ id, channel, options }, changes, user) {
      const isSameRange = options.minSpeakers === changes.minSpeakers && options.maxSpeakers === changes.maxSpeakers;
      // other speakers may come out: names of the ones before would be given to the wrong people
      const unnamed = isSameRange ? {} : { speakerNames: {}, speakerMerges: {} };
      // with the terms that the channel knows by now
      const { glossary: now = [] } = readChannelSettings(store.settings, `${platform}:${channel}`);
      const glossary = addCorrections(glossarySchema.catch([]).parse(options.glossary), now);
      const known = glossary.length > 0 ? { glossary } : {};
      const wanted = z
        .record(z.string(), z.json())
        .parse(JSON.parse(JSON.stringify({ ...changes, ...unnamed, ...known })));
      await orchestrator.rerun(id, wanted, whoIs(user));
    },
    nameSpeakers({ id, options }, { names, merges }, user) {
      const before = z.record(z.string(), z.string()).catch({}).parse(options.speakerMerges);
      orchestrator.correct(id, { speakerNames: names, speakerMerges: { ...before, ...merges } }, whoIs(user));
    },
    correct({ id, channel }, correction, isForGlossary, user) {
      orchestrator.correct(id, { corrections: [correction] }, whoIs(user));
      if (isForGlossary) addToGlossary(store.settings, `${platform}:${channel}`, [correction], whoIs(user));
    },
    async itemOf(ref) {
      const parsed = parseItemRef(ref);
      const item = parsed && findItem((await minutes.minutes(parsed.meetingId)).summary, parsed);
      if (!item) throw new HansardError('item_changed', ref);
      return item;
    },
    async tick(meeting, offered, ticked, user) {
      for (const task of tasksOf((await minutes.minutes(meeting.id)).summary)) {
        const ref = formatItemRef(meeting.id, task);
        const isTicked = ticked.includes(ref);
        if (offered.includes(ref) && isTicked !== (task.status === 'done'))
          await edit(meeting, task, { status: isTicked ? 'done' : 'open' }, user);
      }
    },
  };
}

/** What somebody wrote into the fields of an item; undefined where there was no such field. */
export interface ItemAnswers {
  text: string;
  /** '': nobody. */
  owner?: string | undefined;
  /** `2026-12-04`; '': none. */
  due?: string | undefined;
  status?: ActionItem['status'] | undefined;
  isRemoved: boolean;
}

export function changesOfItem(item: SummaryItem, { text, owner, due, status, isRemoved }: ItemAnswers): ItemChanges {
  const action = isAction(item) ? item : undefined;
  const hasOtherOwner = owner !== undefined && owner !== (action?.owner ?? '');
  const hasOtherDue = due !== undefined && due !== (action?.due?.date ?? '');
  return {
    ...(text !== item.text && { text }),
    ...(hasOtherOwner && { owner: owner === '' ? null : owner }),
    ...(hasOtherDue && { due: due === '' ? null : { text: due, date: due } }),
    ...(status !== undefined && status !== action?.status && { status }),
    ...(isRemoved && { removed: true }),
  };
}

export function isAction(item: SummaryItem): item is ActionItem {
  return 'status' in item;
}
