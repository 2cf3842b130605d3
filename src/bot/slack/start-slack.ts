/** Connects to Slack over Socket Mode and listens: files, mentions, the shortcut, buttons, `/transcribe`. */
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { App, LogLevel } from '@slack/bolt';
import { z } from 'zod';
import type { SlackSettings } from '../../config.ts';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Transcript } from '../../pipeline/meeting.ts';
import type { Orchestrator } from '../../pipeline/orchestration/orchestrator.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import { throttle } from '../../pipeline/queue/worker-log.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { CLIENT_OPTIONS, type Slack } from './call-slack.ts';
import { answerCommand } from './commands.ts';
import type { DialogMeeting } from './dialog.ts';
import type { Intake, Sighting } from './intake.ts';
import { ACTIONS } from './present-progress.ts';
import { offerRecordings } from './recent-recordings.ts';
import { buildRerunDialog, RERUN_DIALOG, readRerunDialog } from './rerun-dialog.ts';
import { buildSpeakersDialog, readSpeakersDialog, SPEAKERS_DIALOG } from './speakers-dialog.ts';
import { escapeFallback } from './text.ts';

export const SHORTCUT = 'hansard_process_message';

const files = z.array(z.looseObject({ id: z.string() })).catch([]);
const fileShared = z.looseObject({ file_id: z.string(), channel_id: z.string(), user_id: z.string() });
const mention = z.looseObject({
  channel: z.string(),
  user: z.string().optional(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  files: files.optional(),
});
const shortcutBody = z.looseObject({
  team: z.looseObject({ id: z.string() }).nullish(),
  channel: z.looseObject({ id: z.string() }),
  user: z.looseObject({ id: z.string() }),
  message: z.looseObject({ files: files.optional() }),
});
const buttonBody = z.looseObject({
  team: z.looseObject({ id: z.string() }).nullish(),
  user: z.looseObject({ id: z.string() }),
  channel: z.looseObject({ id: z.string() }),
  actions: z.tuple([z.looseObject({ value: z.string() })]),
  trigger_id: z.string().optional(),
});

export interface SlackAppOptions {
  settings: SlackSettings;
  slack: Slack;
  store: Store;
  queue: JobQueue;
  orchestrator: Orchestrator;
  intake: Intake;
  logger: Logger;
  autoByDefault: boolean;
  /** What was said, by whom. @throws HansardError `blob_missing` */
  readTranscript(meetingId: string): Promise<Transcript>;
  /** Its time of change says when we last heard Slack. */
  seenFile: string;
  /** Erases a meeting that is over. */
  forget(meetingId: string, who: string): Promise<void>;
}

export interface SlackApp {
  /** What keeps it from hearing, one sentence each. */
  problems(): string[];
  stop(): Promise<void>;
}

const INTAKE_MS = 300;
const GOODBYE_MS = 3_000;
const SEEN_MS = 15_000;
/** Clocks differ, and what is posted shows up a moment later. */
const OVERLAP_MS = 60_000;
/** Not connected for so long: something is wrong that does not heal by itself. */
const DEAF_MS = 60_000;
const EXIT_DEAF = 1;

/** @throws HansardError `token_refused`, `platform_unavailable` when Slack does not let us in */
export async function startSlackApp(options: SlackAppOptions): Promise<SlackApp> {
  const { settings, slack, store, queue, orchestrator, intake, logger, autoByDefault } = options;
  const app = new App({
    token: settings.botToken,
    appToken: settings.appToken,
    socketMode: true,
    // theirs at level debug prints whole payloads
    logLevel: LogLevel.ERROR,
    logger: quietLogger(logger),
    clientOptions: { ...CLIENT_OPTIONS, ...(settings.apiUrl && { slackApiUrl: settings.apiUrl }) },
  });
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ err, suppressed }, what),
  );
  app.error(async error => complain('a listener for Slack failed', error));

  const whisper = async (channel: string, user: string, sentence: string) => {
    await slack.call('chat.postEphemeral', client =>
      client.chat.postEphemeral({ channel, user, text: escapeFallback(sentence), link_names: false, parse: 'none' }),
    );
  };
  const noteAll = (fileIds: readonly string[], seen: Omit<Sighting, 'fileId'>) => {
    for (const fileId of fileIds) intake.note({ ...seen, fileId });
  };

  app.event('file_shared', async ({ event, body }) => {
    const { file_id: fileId, channel_id: channel, user_id: user } = fileShared.parse(event);
    intake.note({ team: body.team_id, channel, user, fileId, asked: false });
  });

  app.event('app_mention', async ({ event, body }) => {
    const { channel, user = '', ts, thread_ts: threadTs, files: own = [] } = mention.parse(event);
    const seen = { team: body.team_id, channel, user, asked: true };
    if (own.length > 0)
      return noteAll(
        own.map(({ id }) => id),
        seen,
      );
    const answer = await slack.call('conversations.replies', client =>
      client.conversations.replies({ channel, ts: threadTs ?? ts, limit: 1 }),
    );
    const [parent] = z.array(z.looseObject({ files: files.optional() })).parse(answer.messages ?? []);
    const ids = (parent?.files ?? []).map(({ id }) => id);
    if (ids.length > 0) return noteAll(ids, seen);
    await whisper(
      channel,
      user,
      'I see no recording here. Mention me in the message with the recording, or in its thread.',
    );
  });

  app.shortcut(SHORTCUT, async ({ ack, body }) => {
    const { team, channel, user, message } = shortcutBody.parse(body);
    const ids = (message.files ?? []).map(({ id }) => id);
    noteAll(ids, { team: team?.id ?? '', channel: channel.id, user: user.id, asked: true });
    await ack();
    if (ids.length === 0) await whisper(channel.id, user.id, 'That message has no recording.');
  });

  /** What goes wrong is told to the one who did it. */
  const answering = async (channel: string, user: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof HansardError)) throw error;
      await whisper(channel, user, error.userMessage);
    }
  };
  app.command(/^\/transcribe/, async ({ ack, command }) => {
    const { channel_id: channel, user_id: user, text = '' } = command;
    if (text.trim() === '') {
      await ack(); // Slack is asked for its files only then
      await answering(channel, user, async () => {
        const { text: fallback, blocks } = await offerRecordings(slack, channel);
        await slack.call('chat.postEphemeral', client =>
          client.chat.postEphemeral({ channel, user, text: fallback, blocks, parse: 'none' }),
        );
      });
      return;
    }
    const { text: fallback, blocks } = await answerCommand(text, { store, queue, channel, user, autoByDefault });
    await ack({ response_type: 'ephemeral', text: fallback, blocks });
  });

  app.action(ACTIONS.take, async ({ ack, body }) => {
    const { user, channel, actions, team } = buttonBody.parse(body);
    intake.note({ team: team?.id ?? '', channel: channel.id, user: user.id, fileId: actions[0].value, asked: true });
    await ack();
  });
  const onButton = (action: string, work: (meeting: Meeting, who: string, triggerId: string) => Promise<unknown>) =>
    app.action(action, async ({ ack, body }) => {
      await ack();
      const { user, channel, actions, trigger_id: triggerId = '' } = buttonBody.parse(body);
      const meeting = store.meetings.find(actions[0].value);
      await answering(channel.id, user.id, async () => {
        // what a button names must belong to the channel in which it was pressed
        if (!meeting || meeting.platform !== SLACK_PLATFORM || meeting.channel !== channel.id)
          throw new HansardError('unknown_meeting', actions[0].value);
        await work(meeting, `${SLACK_PLATFORM}:${user.id}`, triggerId);
      });
    });
  const assertOwner = ({ id, owner }: Meeting, who: string) => {
    if (owner !== who) throw new HansardError('not_yours', id);
  };
  onButton(ACTIONS.cancel, async (meeting, who) => {
    assertOwner(meeting, who);
    await orchestrator.cancel(meeting.id, who);
  });
  /** What a dialog wants, of whoever may want it. */
  const rerun = (
    { id, channel }: DialogMeeting,
    user: string,
    changesOf: (before: Meeting['options']) => Meeting['options'],
  ) =>
    answering(channel, user, async () => {
      const meeting = store.meetings.get(id);
      const who = `${SLACK_PLATFORM}:${user}`;
      assertOwner(meeting, who);
      await orchestrator.rerun(id, changesOf(meeting.options), who);
    });
  onButton(ACTIONS.rerun, async (meeting, who, triggerId) => {
    assertOwner(meeting, who);
    await slack.call('views.open', client =>
      client.views.open({ trigger_id: triggerId, view: buildRerunDialog(meeting) }),
    );
  });
  app.view(RERUN_DIALOG, async ({ ack, body, view }) => {
    const wish = readRerunDialog(view);
    if ('errors' in wish) return await ack({ response_action: 'errors', errors: wish.errors });
    await ack();
    const { meeting, changes } = wish;
    await rerun(meeting, body.user.id, before => {
      const isSameRange = before.minSpeakers === changes.minSpeakers && before.maxSpeakers === changes.maxSpeakers;
      // other speakers may come out: names of the ones before would be given to the wrong people
      return isSameRange ? { ...changes } : { ...changes, speakerNames: {} };
    });
  });
  onButton(ACTIONS.speakers, async (meeting, who, triggerId) => {
    assertOwner(meeting, who);
    const view = buildSpeakersDialog(meeting, await options.readTranscript(meeting.id));
    await slack.call('views.open', client => client.views.open({ trigger_id: triggerId, view }));
  });
  app.view(SPEAKERS_DIALOG, async ({ ack, body, view }) => {
    await ack();
    const { meeting, names } = readSpeakersDialog(view);
    await rerun(meeting, body.user.id, () => ({ speakerNames: names }));
  });
  onButton(ACTIONS.retry, ({ id }, who) => orchestrator.retry(id, who));
  onButton(ACTIONS.forget, async (meeting, who) => {
    assertOwner(meeting, who);
    await options.forget(meeting.id, who);
  });

  await slack.call('apps.connections.open', () => app.start());
  logger.info('connected to Slack');
  const socket = socketOf(app);
  const hearing = watchConnection(socket);
  const catchUp = () =>
    intake
      .catchUp(lastSeenMs(options.seenFile))
      .catch(error => complain('looking for what was missed did not work', error));
  let caughtUp = catchUp();
  socket.on('connected', () => {
    caughtUp = catchUp();
  });
  const seeing = setInterval(() => {
    // what was missed is looked for first: afterwards nobody knows since when
    if (hearing.deafForMs() > 0) return;
    caughtUp
      .then(() => fs.writeFileSync(options.seenFile, ''))
      .catch(error => complain('writing down when Slack was heard did not work', error));
  }, SEEN_MS);
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    // its own reconnecting has failures from which it does not recover: whoever supervises us starts us again
    if (hearing.deafForMs() > DEAF_MS) {
      logger.fatal('Slack has not been connected for a minute');
      process.exit(EXIT_DEAF);
    }
    working ??= intake
      .work()
      .catch(error => complain('taking recordings from Slack did not work', error))
      .finally(() => {
        working = undefined;
      });
  }, INTAKE_MS);
  return {
    problems: () => (hearing.deafForMs() > 0 ? ['Slack is not connected at the moment.'] : []),
    async stop() {
      clearInterval(timer);
      clearInterval(seeing);
      await working;
      await caughtUp;
      // app.stop() does not wait for the goodbye, and this waits for half a minute where Slack is away
      await Promise.race([socket.disconnect(), delay(GOODBYE_MS, undefined, { ref: false })]);
    },
  };
}

/** Now, when we never heard it. */
function lastSeenMs(file: string): number {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return (stats?.mtimeMs ?? Date.now()) - OVERLAP_MS;
}

interface Socket {
  on(event: string, listener: () => void): void;
  disconnect(): Promise<void>;
}

/** Bolt keeps it to itself. */
function socketOf(app: App): Socket {
  return z.looseObject({ client: z.custom<Socket>() }).parse(Reflect.get(app, 'receiver')).client;
}

function watchConnection(socket: Socket): { deafForMs(): number } {
  let deafSinceMs: number | undefined;
  socket.on('connected', () => {
    deafSinceMs = undefined;
  });
  for (const event of ['disconnected', 'reconnecting'])
    socket.on(event, () => {
      deafSinceMs ??= Date.now();
    });
  return { deafForMs: () => (deafSinceMs === undefined ? 0 : Date.now() - deafSinceMs) };
}

/** Bolt's words go into our log, without the payloads that some of them carry. */
function quietLogger(logger: Logger) {
  const tell = (level: 'debug' | 'info' | 'warn' | 'error') => (first: unknown) =>
    logger[level]({ bolt: String(first instanceof Error ? first.message : first).slice(0, 200) }, 'Bolt');
  return {
    debug: () => {},
    info: () => {},
    warn: tell('warn'),
    error: tell('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.ERROR,
    setName: () => {},
  };
}
