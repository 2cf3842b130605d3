/** What a chat platform shows of a meeting: one placeholder, which becomes the summary; notes and files in its thread. */
import { z } from 'zod';
import type { Logger } from '../logger.ts';
import type { Platform } from '../pipeline/deliver-handler.ts';
import { metaFileSchema, transcriptFileSchema } from '../pipeline/files.ts';
import { FINAL_MEETING_STATES } from '../pipeline/moves.ts';
import { describeMeeting } from '../pipeline/orchestration/describe-meeting.ts';
import { createTurns } from '../pipeline/orchestration/turns.ts';
import type { JobQueue } from '../pipeline/queue/job-queue.ts';
import type { Delivery } from '../pipeline/store/deliveries.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { summarySchema } from '../pipeline/summary.ts';
import { batchOf } from './batch.ts';
import { DEFAULT_CONSENT, readChannelSettings } from './channel-settings.ts';
import type { Chat, PostedFile } from './chat.ts';
import { type Place, parseTarget, placeOf, targetOf } from './chat-place.ts';
import type { VoiceClip } from './cut-voice-clips.ts';
import type { ChatMessage } from './message.ts';
import { persist } from './persist.ts';
import { postOnce } from './post-once.ts';
import { presentCard } from './present/present-card.ts';
import { type PostedMinutes, presentSummary } from './present/present-minutes.ts';
import { presentNotes } from './present/present-notes.ts';
import { presentProgress } from './present/present-progress.ts';
import { createWatch, endOf } from './watch-meetings.ts';

export interface ChatPlatform extends Platform {
  /** Posts placeholders and keeps them up to date, until `stop`. */
  start(): void;
  stop(): Promise<void>;
  /** What the platform calls the files that are there now, in order, and where they are. */
  filesOf(meetingId: string): { id: string; place: Place }[];
  /** Posts clips of voices; they go with the next files. */
  showClips(meeting: Meeting, clips: readonly VoiceClip[]): Promise<void>;
  /** Answers once per question. */
  answer(meeting: Meeting, questionId: string, message: ChatMessage): Promise<void>;
}

/** Read first, and useful elsewhere; the JSON files come last. */
const POSTED_FILES = [
  'minutes.html',
  'summary.md',
  'transcript.md',
  'transcript.vtt',
  'transcript.srt',
  'actions.csv',
  'actions.ics',
  'summary.json',
  'transcript.json',
];
/** A correction is worked in within this time, and the summary stays what people see. */
const QUIET_MS = 8_000;
const FILE_KINDS = /^(files|upload|clips|clip):/;

export function createChatPlatform({
  chat,
  store,
  queue,
  logger,
}: {
  chat: Chat;
  store: Store;
  queue: JobQueue;
  logger: Logger;
}): ChatPlatform {
  const { messenger, room } = chat;
  /** An edit of the progress must not overtake the summary. */
  const inTurn = createTurns();
  const shown = new Map<string, { content: string; atMs: number }>();
  /** Channels of which a placeholder waits for its turn among summaries and files. */
  const inLine = new Set<string>();

  const deliveryOf = (meetingId: string, kind: string): Delivery | undefined =>
    store.deliveries.of(meetingId).find(one => one.kind === kind && one.state === 'delivered');
  const delivered = (meetingId: string, kind: string): string | undefined =>
    deliveryOf(meetingId, kind)?.externalId ?? undefined;
  const consentOf = ({ channel }: Meeting) =>
    readChannelSettings(store.settings, `${chat.name}:${channel}`).consent ?? DEFAULT_CONSENT;
  const describe = (meeting: Meeting) => describeMeeting(meeting, store, queue);
  const presentStanding = async (leader: Meeting, members: readonly Meeting[]): Promise<ChatMessage> =>
    members.length > 1
      ? presentCard(await Promise.all(members.map(describe)), consentOf(leader), room)
      : presentProgress(await describe(leader), consentOf(leader));

  /** Where notes, files and answers go. */
  const threadOf = async (meeting: Meeting): Promise<Place> => {
    const place = placeOf(meeting);
    if (place.threadId !== undefined) return place;
    const { leader } = batchOf(store, meeting);
    const owner = delivered(meeting.id, 'placeholder') ? meeting : leader;
    return await chat.openThread(owner, place, await placeholderOf(owner));
  };

  /** Whoever of a batch comes first posts it: one at a time. */
  const postPlaceholder = (
    leader: Meeting,
    members: readonly Meeting[],
    mayPost: (paceKey: string) => Promise<boolean>,
  ) =>
    inTurn(`placeholder:${leader.id}`, async () => {
      const known = delivered(leader.id, 'placeholder');
      if (known) return known;
      const place = placeOf(leader);
      if (!(await mayPost(chat.paceKey(place)))) return undefined;
      const message = await presentStanding(leader, members);
      const id = await messenger.post(leader, 'placeholder', place, message);
      const key = members.length > 1 ? `card:${leader.id}` : leader.id;
      shown.set(key, { content: JSON.stringify(message), atMs: Date.now() });
      return id;
    });
  /** The placeholder, or the card of the batch, of which one member's is the placeholder. */
  const placeholderOf = async (meeting: Meeting): Promise<string> => {
    const id = await postPlaceholder(meeting, [meeting], async key => {
      await messenger.posts.take(key);
      return true;
    });
    return z.string().parse(id);
  };

  const update = async (place: Place, id: string, message: ChatMessage) => {
    await messenger.edits.take(chat.name);
    await messenger.update(place, id, message);
  };
  /** One message of the thread; after a re-run it is edited where it is. */
  const show = async (meeting: Meeting, kind: string, message: ChatMessage): Promise<void> => {
    // a summary that was a placeholder is not in the thread
    const { externalId, target } = deliveryOf(meeting.id, kind) ?? {};
    if (externalId && target !== undefined) return await update(parseTarget(target), externalId, message);
    const place = await threadOf(meeting);
    await messenger.posts.take(chat.paceKey(place));
    await messenger.post(meeting, kind, place, message);
  };

  /** The placeholder becomes the summary; in a batch it is a message of its own, beside the card. */
  const showSummary = async (meeting: Meeting, message: ChatMessage): Promise<void> => {
    const { leader, members } = batchOf(store, meeting);
    if (members.length > 1 || delivered(meeting.id, 'summary')) {
      await placeholderOf(leader);
      return await show(meeting, 'summary', message);
    }
    const placeholder = await placeholderOf(meeting);
    const place = placeOf(meeting);
    const send = async () => {
      await update(place, placeholder, message);
      return placeholder;
    };
    // an edit may be done twice
    await postOnce(store, meeting, targetOf(place), {
      kind: 'summary',
      send,
      find: async () => undefined,
    });
  };

  const announce: Platform['announce'] = (meeting, files, context) =>
    inTurn(meeting.id, async () => {
      const posted = readPosted(meeting.id, files, consentOf(meeting));
      const { signal } = context;
      await persist(signal, () => showSummary(meeting, presentSummary(posted, room)));
      const notes = presentNotes(posted, room);
      for (const [i, one] of notes.entries()) {
        await context.confirm();
        await persist(signal, () => show(meeting, `notes:${i}`, one));
      }
      await persist(signal, () => removeNotesFrom(meeting, notes.length));
      // files that were made again are other files
      const round = posted.meta.processedAt;
      const own = POSTED_FILES.flatMap((name): PostedFile[] => {
        const content = files.get(name);
        return content === undefined ? [] : [{ name, content: Buffer.from(content) }];
      });
      await chat.files.post(meeting, 'files', round, await threadOf(meeting), own, context);
      await persist(signal, () => removeOlderFiles(meeting, round));
      await persist(signal, () => showCardOf(meeting));
      shown.delete(meeting.id);
    });

  /** After a re-run there may be fewer. */
  const removeNotesFrom = async (meeting: Meeting, count: number) => {
    for (const { id, kind, externalId, target } of store.deliveries.of(meeting.id)) {
      const [, index] = /^notes:(\d+)$/.exec(kind) ?? [];
      if (index === undefined || Number(index) < count) continue;
      if (externalId) await messenger.delete(parseTarget(target), externalId);
      store.deliveries.drop(id);
    }
  };

  /** After a re-run: the files of the run before. Clips of voices go with them. */
  const removeOlderFiles = async (meeting: Meeting, round: string) => {
    for (const delivery of store.deliveries.of(meeting.id)) {
      if (!FILE_KINDS.test(delivery.kind) || delivery.kind.includes(round)) continue;
      await chat.files.delete(delivery);
      store.deliveries.drop(delivery.id);
    }
  };

  const retract: Platform['retract'] = meeting =>
    inTurn(meeting.id, async () => {
      if (meeting.platform !== chat.name) return;
      const { leader, members } = batchOf(store, meeting);
      const others = members.filter(({ id }) => id !== meeting.id);
      const isCard = leader.id === meeting.id && others.length > 0;
      for (const delivery of store.deliveries.of(meeting.id)) {
        const { kind, externalId, target } = delivery;
        if (!externalId) continue;
        if (FILE_KINDS.test(kind)) await chat.files.delete(delivery);
        else if (/^(summary$|notes:|answer:)/.test(kind) || (kind === 'placeholder' && !isCard))
          await messenger.delete(parseTarget(target), externalId);
      }
      const card = delivered(leader.id, 'placeholder');
      if (card && others.length > 0) await handOver(card, isCard, others);
    });

  /** The card stays for the others, and no longer names the one that goes. */
  const handOver = async (card: string, isLeaderGone: boolean, others: readonly Meeting[]) => {
    const [heir] = others;
    if (!heir) return;
    const place = placeOf(heir);
    const given = { kind: 'placeholder', send: async () => card, find: async () => undefined };
    if (isLeaderGone) await inTurn(`placeholder:${heir.id}`, () => postOnce(store, heir, targetOf(place), given));
    await update(place, card, presentCard(await Promise.all(others.map(describe)), consentOf(heir), room));
  };

  /** Brings a message up to date unless it says so already, or was edited a moment ago. */
  const refresh = async (key: string, id: string, message: ChatMessage, place: Place): Promise<void> => {
    const last = shown.get(key);
    if (last && Date.now() - last.atMs < chat.editIntervalMs) return;
    const content = JSON.stringify(message);
    if (last?.content === content) return;
    if (last && !messenger.edits.tryTake(chat.name)) return; // states in between may be left out
    shown.set(key, { content, atMs: Date.now() });
    await messenger.update(place, id, message);
  };

  /** Placeholder and progress of what is worked on. */
  const showProgress = (id: string) =>
    inTurn(id, async () => {
      const meeting = store.meetings.find(id);
      if (!meeting || isOver(meeting) || meeting.state === 'delivering') return;
      const { leader, members } = batchOf(store, meeting);
      if (members.length > 1) return await showCard(leader, members);
      const isCorrected = delivered(id, 'summary') && Date.now() - Date.parse(meeting.updatedAt) < QUIET_MS;
      if (isCorrected) return;
      const placeholder = delivered(id, 'placeholder') ?? (await postIfAllowed(meeting, [meeting]));
      if (placeholder) await refresh(id, placeholder, await presentStanding(meeting, [meeting]), placeOf(meeting));
    });

  /** Where a channel has to wait, one placeholder stands in line, the others come with later looks. */
  const postIfAllowed = (leader: Meeting, members: readonly Meeting[]): Promise<string | undefined> =>
    postPlaceholder(leader, members, async key => {
      if (messenger.posts.tryTake(key)) return true;
      if (inLine.has(key)) return false;
      inLine.add(key);
      await messenger.posts.take(key).finally(() => inLine.delete(key));
      return true;
    });

  const showCard = (leader: Meeting, members: readonly Meeting[]) =>
    inTurn(`card:${leader.id}`, async () => {
      const key = `card:${leader.id}`;
      const card = delivered(leader.id, 'placeholder') ?? (await postIfAllowed(leader, members));
      if (card) await refresh(key, card, await presentStanding(leader, members), placeOf(leader));
    });

  /** What a member's end changes is shown at once: nobody may look at this batch again. */
  const showCardOf = async (meeting: Meeting): Promise<void> => {
    const { leader, members } = batchOf(store, meeting);
    // the last one of a batch still has its card
    const isItsSummary = delivered(leader.id, 'placeholder') === delivered(leader.id, 'summary');
    if (members.length < 2 && isItsSummary) return;
    await inTurn(`card:${leader.id}`, async () => {
      const card = await placeholderOf(leader);
      // the last stage ends only after this
      const states = members.map(one =>
        one.id === meeting.id && !isOver(one) ? { ...one, state: 'done' as const } : one,
      );
      await update(
        placeOf(leader),
        card,
        presentCard(await Promise.all(states.map(describe)), consentOf(leader), room),
      );
      shown.delete(`card:${leader.id}`);
    });
  };

  /** That it failed or was cancelled is told once, also after a restart. */
  const showEnd = (meeting: Meeting) =>
    inTurn(meeting.id, async () => {
      const place = placeOf(meeting);
      const send = async () => {
        const { leader, members } = batchOf(store, meeting);
        const placeholder = await placeholderOf(leader);
        if (members.length > 1) await showCardOf(meeting);
        else await update(place, placeholder, await presentStanding(meeting, [meeting]));
        return placeholder;
      };
      await postOnce(store, meeting, targetOf(place), { kind: endOf(meeting), send, find: async () => undefined });
      shown.delete(meeting.id);
    });

  const watch = createWatch({ store, logger, platform: chat.name, write: chat.write, showProgress, showEnd });
  return {
    announce,
    retract,
    filesOf: meetingId =>
      store.deliveries
        .of(meetingId)
        .filter(({ kind, state }) => kind.startsWith('files:') && state === 'delivered')
        .flatMap(({ externalId, target }) => namesIn(externalId).map(id => ({ id, place: parseTarget(target) }))),
    showClips: (meeting, clips) =>
      inTurn(meeting.id, async () => {
        const context = { signal: AbortSignal.any([]), confirm: async () => {} };
        await chat.files.post(meeting, 'clips', String(Date.now()), await threadOf(meeting), clips, context);
      }),
    answer: (meeting, questionId, message) => inTurn(meeting.id, () => show(meeting, `answer:${questionId}`, message)),
    start: watch.start,
    stop: watch.stop,
  };
}

function readPosted(meetingId: string, files: ReadonlyMap<string, string>, consent: string): PostedMinutes {
  const read = <T>(name: string, schema: z.ZodType<T>): T => schema.parse(JSON.parse(files.get(name) ?? 'null'));
  return {
    meetingId,
    summary: read('summary.json', summarySchema),
    transcript: read('transcript.json', transcriptFileSchema),
    meta: read('meta.json', metaFileSchema),
    consent,
  };
}

function isOver({ state }: Meeting): boolean {
  return FINAL_MEETING_STATES.some(final => final === state);
}

function namesIn(externalId: Delivery['externalId']): string[] {
  return externalId?.split(',').filter(Boolean) ?? [];
}
