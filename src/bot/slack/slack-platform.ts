/** What Slack shows of a meeting: one placeholder, which becomes the summary; notes and files in its thread. */
import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import type { Platform } from '../../pipeline/deliver-handler.ts';
import { metaFileSchema, transcriptFileSchema } from '../../pipeline/files.ts';
import { FINAL_MEETING_STATES } from '../../pipeline/moves.ts';
import { describeMeeting } from '../../pipeline/orchestration/describe-meeting.ts';
import { createTurns } from '../../pipeline/orchestration/turns.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import type { Delivery } from '../../pipeline/store/deliveries.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { summarySchema } from '../../pipeline/summary.ts';
import { DEFAULT_CONSENT, readChannelSettings } from '../channel-settings.ts';
import type { VoiceClip } from '../cut-voice-clips.ts';
import { postOnce } from '../post-once.ts';
import { batchOf } from './batch.ts';
import type { SlackMessage } from './blocks.ts';
import { persist, type Slack } from './call-slack.ts';
import { EDIT_INTERVAL_MS } from './limits.ts';
import { createMessenger, type Place } from './messenger.ts';
import { createSlackFiles, type SharedFile } from './post-files.ts';
import { presentCard } from './present-card.ts';
import { type PostedMinutes, presentSummary } from './present-minutes.ts';
import { presentNotes } from './present-notes.ts';
import { presentProgress } from './present-progress.ts';
import { slackPlace } from './slack-source.ts';
import type { Teller } from './tell.ts';
import { createWatch, endOf } from './watch-meetings.ts';

export interface SlackPlatform extends Platform {
  /** Posts placeholders and keeps them up to date, until `stop`. */
  start(): void;
  stop(): Promise<void>;
  /** Where the notes, the files and the answers about a meeting are. */
  threadOf(meeting: Meeting): Place;
  /** Ids of the files that are there now, in order. */
  filesOf(meetingId: string): string[];
  /** Posts clips of voices; they go with the next files. */
  showClips(meeting: Meeting, clips: readonly VoiceClip[]): Promise<void>;
  /** Answers once per question. */
  answer(meeting: Meeting, questionId: string, message: SlackMessage): Promise<void>;
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

export function createSlackPlatform({
  slack,
  store,
  queue,
  logger,
  teller,
}: {
  slack: Slack;
  store: Store;
  queue: JobQueue;
  logger: Logger;
  teller: Teller;
}): SlackPlatform {
  const messenger = createMessenger(slack, store);
  const slackFiles = createSlackFiles(slack, store, messenger.posts);
  /** An edit of the progress must not overtake the summary. */
  const inTurn = createTurns();
  const shown = new Map<string, { content: string; atMs: number }>();
  /** Channels of which a placeholder waits for its turn among summaries and files. */
  const inLine = new Set<string>();

  const delivered = (meetingId: string, kind: string): string | undefined =>
    store.deliveries.of(meetingId).find(one => one.kind === kind && one.state === 'delivered')?.externalId ?? undefined;
  const consentOf = ({ channel }: Meeting) =>
    readChannelSettings(store.settings, `${SLACK_PLATFORM}:${channel}`).consent ?? DEFAULT_CONSENT;
  const describe = (meeting: Meeting) => describeMeeting(meeting, store, queue);
  const presentStanding = async (leader: Meeting, members: readonly Meeting[]): Promise<SlackMessage> =>
    members.length > 1
      ? presentCard(await Promise.all(members.map(describe)), consentOf(leader))
      : presentProgress(await describe(leader), consentOf(leader));

  /** Where the placeholder goes. */
  const placeOf = (meeting: Meeting): Place => {
    const { channel, threadTs } = slackPlace.parse(meeting.source);
    return { channel, threadTs };
  };
  const threadOf = (meeting: Meeting): Place => {
    const { channel, threadTs } = placeOf(meeting);
    if (threadTs !== undefined) return { channel, threadTs };
    const root = delivered(meeting.id, 'placeholder') ?? delivered(batchOf(store, meeting).leader.id, 'placeholder');
    return { channel, threadTs: root };
  };

  /** Whoever of a batch comes first posts it: one at a time. */
  const postPlaceholder = (
    leader: Meeting,
    members: readonly Meeting[],
    mayPost: (channel: string) => Promise<boolean>,
  ) =>
    inTurn(`placeholder:${leader.id}`, async () => {
      const known = delivered(leader.id, 'placeholder');
      if (known) return known;
      const place = placeOf(leader);
      if (!(await mayPost(place.channel))) return undefined;
      const message = await presentStanding(leader, members);
      const ts = await messenger.post(leader, 'placeholder', place, message);
      const key = members.length > 1 ? `card:${leader.id}` : leader.id;
      shown.set(key, { content: JSON.stringify(message), atMs: Date.now() });
      return ts;
    });
  /** The placeholder, or the card of the batch, of which one member's is the placeholder. */
  const placeholderOf = async (meeting: Meeting): Promise<string> => {
    const ts = await postPlaceholder(meeting, [meeting], async channel => {
      await messenger.posts.take(channel);
      return true;
    });
    return z.string().parse(ts);
  };

  const update = async (meeting: Meeting, ts: string, message: SlackMessage) => {
    await messenger.edits.take(meeting.platform);
    await messenger.update(meeting.channel, ts, message);
  };
  /** One message of the thread; after a re-run it is edited in place. */
  const show = async (meeting: Meeting, kind: string, message: SlackMessage): Promise<void> => {
    const before = delivered(meeting.id, kind);
    if (before) return await update(meeting, before, message);
    const place = threadOf(meeting);
    await messenger.posts.take(place.channel);
    await messenger.post(meeting, kind, place, message);
  };

  /** The placeholder becomes the summary; in a batch it is a message of its own, beside the card. */
  const showSummary = async (meeting: Meeting, message: SlackMessage): Promise<void> => {
    const { leader, members } = batchOf(store, meeting);
    if (members.length > 1 || delivered(meeting.id, 'summary')) {
      await placeholderOf(leader);
      return await show(meeting, 'summary', message);
    }
    const placeholder = await placeholderOf(meeting);
    const { channel, threadTs } = placeOf(meeting);
    const send = async () => {
      await update(meeting, placeholder, message);
      return placeholder;
    };
    // an edit may be done twice
    await postOnce(store, meeting, `${channel}:${threadTs ?? ''}`, {
      kind: 'summary',
      send,
      find: async () => undefined,
    });
  };

  const announce: Platform['announce'] = (meeting, files, context) =>
    inTurn(meeting.id, async () => {
      const posted = readPosted(meeting.id, files, consentOf(meeting));
      const { signal } = context;
      await persist(signal, () => showSummary(meeting, presentSummary(posted)));
      const notes = presentNotes(posted);
      for (const [i, one] of notes.entries()) {
        await context.confirm();
        await persist(signal, () => show(meeting, `notes:${i}`, one));
      }
      await persist(signal, () => removeNotesFrom(meeting, notes.length));
      // files that were made again are other files
      const round = posted.meta.processedAt;
      const shared: SharedFile[] = [];
      for (const title of POSTED_FILES) {
        const content = files.get(title);
        if (content === undefined) continue;
        await context.confirm();
        const file = { name: title, content: Buffer.from(content) };
        const id = await persist(signal, () =>
          slackFiles.upload(meeting, `upload:${round}:${title}`, threadOf(meeting), file),
        );
        shared.push({ id, title });
      }
      await context.confirm();
      await persist(signal, () => share(meeting, `files:${round}`, shared));
      await persist(signal, () => removeOlderFiles(meeting, round));
      await persist(signal, () => showCardOf(meeting));
      shown.delete(meeting.id);
    });

  const share = async (meeting: Meeting, kind: string, files: readonly SharedFile[]): Promise<void> => {
    const place = threadOf(meeting);
    if (!delivered(meeting.id, kind)) await messenger.posts.take(place.channel);
    await slackFiles.share(meeting, kind, place, files);
  };

  /** After a re-run there may be fewer. */
  const removeNotesFrom = async (meeting: Meeting, count: number) => {
    for (const { id, kind, externalId } of store.deliveries.of(meeting.id)) {
      const [, index] = /^notes:(\d+)$/.exec(kind) ?? [];
      if (index === undefined || Number(index) < count) continue;
      if (externalId) await messenger.delete(meeting.channel, externalId);
      store.deliveries.drop(id);
    }
  };

  /** After a re-run: the files of the run before. Clips of voices go with them. */
  const removeOlderFiles = async (meeting: Meeting, round: string) => {
    for (const { id, kind, externalId } of store.deliveries.of(meeting.id)) {
      if (!/^(files|upload|clips|clip):/.test(kind) || kind.includes(round)) continue;
      if (/^(files|clips):/.test(kind)) for (const file of namesIn(externalId)) await slackFiles.delete(file);
      store.deliveries.drop(id);
    }
  };

  const retract: Platform['retract'] = meeting =>
    inTurn(meeting.id, async () => {
      if (meeting.platform !== SLACK_PLATFORM) return;
      const { leader, members } = batchOf(store, meeting);
      const others = members.filter(({ id }) => id !== meeting.id);
      const isCard = leader.id === meeting.id && others.length > 0;
      for (const { kind, externalId } of store.deliveries.of(meeting.id)) {
        if (!externalId) continue;
        if (/^(files|clips):/.test(kind)) for (const file of namesIn(externalId)) await slackFiles.delete(file);
        else if (/^(summary$|notes:|answer:)/.test(kind) || (kind === 'placeholder' && !isCard))
          await messenger.delete(meeting.channel, externalId);
      }
      const card = delivered(leader.id, 'placeholder');
      if (card && others.length > 0) await handOver(card, isCard, others);
    });

  /** The card stays for the others, and no longer names the one that goes. */
  const handOver = async (card: string, isLeaderGone: boolean, others: readonly Meeting[]) => {
    const [heir] = others;
    if (!heir) return;
    const { channel, threadTs } = placeOf(heir);
    const target = `${channel}:${threadTs ?? ''}`;
    const given = { kind: 'placeholder', send: async () => card, find: async () => undefined };
    if (isLeaderGone) await inTurn(`placeholder:${heir.id}`, () => postOnce(store, heir, target, given));
    await update(heir, card, presentCard(await Promise.all(others.map(describe)), consentOf(heir)));
  };

  /** Brings a message up to date unless it says so already, or was edited a moment ago. */
  const refresh = async (key: string, ts: string, message: SlackMessage, channel: string): Promise<void> => {
    const last = shown.get(key);
    if (last && Date.now() - last.atMs < EDIT_INTERVAL_MS) return;
    const content = JSON.stringify(message);
    if (last?.content === content) return;
    if (last && !messenger.edits.tryTake(SLACK_PLATFORM)) return; // states in between may be left out
    shown.set(key, { content, atMs: Date.now() });
    await messenger.update(channel, ts, message);
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
      if (placeholder) await refresh(id, placeholder, await presentStanding(meeting, [meeting]), meeting.channel);
    });

  /** Where a channel has to wait, one placeholder stands in line, the others come with later looks. */
  const postIfAllowed = (leader: Meeting, members: readonly Meeting[]): Promise<string | undefined> =>
    postPlaceholder(leader, members, async channel => {
      if (messenger.posts.tryTake(channel)) return true;
      if (inLine.has(channel)) return false;
      inLine.add(channel);
      await messenger.posts.take(channel).finally(() => inLine.delete(channel));
      return true;
    });

  const showCard = (leader: Meeting, members: readonly Meeting[]) =>
    inTurn(`card:${leader.id}`, async () => {
      const key = `card:${leader.id}`;
      const card = delivered(leader.id, 'placeholder') ?? (await postIfAllowed(leader, members));
      if (card) await refresh(key, card, await presentStanding(leader, members), leader.channel);
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
      await update(leader, card, presentCard(await Promise.all(states.map(describe)), consentOf(leader)));
      shown.delete(`card:${leader.id}`);
    });
  };

  /** That it failed or was cancelled is told once, also after a restart. */
  const showEnd = (meeting: Meeting) =>
    inTurn(meeting.id, async () => {
      const { channel, threadTs } = placeOf(meeting);
      const send = async () => {
        const { leader, members } = batchOf(store, meeting);
        const placeholder = await placeholderOf(leader);
        if (members.length > 1) await showCardOf(meeting);
        else await update(meeting, placeholder, await presentStanding(meeting, [meeting]));
        return placeholder;
      };
      const target = `${channel}:${threadTs ?? ''}`;
      await postOnce(store, meeting, target, { kind: endOf(meeting), send, find: async () => undefined });
      shown.delete(meeting.id);
    });

  const watch = createWatch({ store, logger, teller, showProgress, showEnd });
  return {
    announce,
    retract,
    threadOf,
    filesOf: meetingId =>
      store.deliveries
        .of(meetingId)
        .filter(({ kind, state }) => kind.startsWith('files:') && state === 'delivered')
        .flatMap(({ externalId }) => namesIn(externalId)),
    showClips: (meeting, clips) =>
      inTurn(meeting.id, async () => {
        const place = threadOf(meeting);
        const round = Date.now();
        const shared: SharedFile[] = [];
        for (const { name, content } of clips)
          shared.push({
            id: await slackFiles.upload(meeting, `clip:${round}:${name}`, place, { name, content }),
            title: name,
          });
        await share(meeting, `clips:${round}`, shared);
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
