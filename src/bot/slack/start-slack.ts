/** Connects to Slack, listens, and works off what was heard; finds out what was missed. */
import fs from 'node:fs';
import type { SlackSettings } from '../../config.ts';
import type { Orchestrator } from '../../pipeline/orchestration/orchestrator.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import { throttle } from '../../pipeline/queue/worker-log.ts';
import { createMeetingChanges } from '../change-meeting.ts';
import { createFileGone } from '../file-gone.ts';
import { createInbox } from '../inbox.ts';
import { createConnection } from './connect.ts';
import { createIntake, FILE_TOPIC, GONE_TOPIC, type IntakeOptions, LINK_TOPIC, SAMPLE_TOPIC } from './intake.ts';
import { createEventKeeper, type EventKeeper } from './keep-events.ts';
import { listenToCommands } from './listen-commands.ts';
import { listenToMeetings } from './listen-meetings.ts';
import { listenToVoices } from './listen-voices.ts';
import { createMentions, MENTION_TOPIC } from './mentions.ts';
import type { SlackParts } from './parts.ts';
import { createRights } from './rights.ts';

export interface SlackAppOptions
  extends Omit<SlackParts, 'app' | 'intake' | 'inbox' | 'keeper' | 'rights' | 'changes'>,
    Omit<IntakeOptions, 'slack' | 'store' | 'logger' | 'teller'> {
  settings: SlackSettings;
  orchestrator: Orchestrator;
  /** Erases a meeting that is over. */
  forget(meetingId: string, who: string): Promise<void>;
  /** Its time of change says when we last heard Slack. */
  seenFile: string;
}

export interface SlackApp {
  /** What keeps it from hearing, one sentence each. */
  problems(): string[];
  stop(): Promise<void>;
}

const INTAKE_MS = 300;
const SEEN_MS = 15_000;
/** Clocks differ, and what is posted shows up a moment later. */
const OVERLAP_MS = 60_000;

/** @throws HansardError `token_refused`, `platform_unavailable` when Slack does not let us in; `address_in_use` over HTTP */
export async function startSlackApp(options: SlackAppOptions): Promise<SlackApp> {
  const { settings, slack, store, logger, teller, platform, minutes, orchestrator, team } = options;
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ err, suppressed }, what),
  );
  const intake = createIntake(options);
  let keeper: EventKeeper;
  const inbox = createInbox({
    ...{ store, logger, teller },
    handlers: {
      [FILE_TOPIC]: intake.takeFile,
      [LINK_TOPIC]: intake.takeLink,
      [SAMPLE_TOPIC]: intake.takeSample,
      [GONE_TOPIC]: createFileGone({ platform: SLACK_PLATFORM, store, orchestrator, forget: options.forget }),
      [MENTION_TOPIC]: createMentions({
        ...{ slack, store, platform, teller, readTranscript: minutes.transcript },
        noteFile: (fileId, { channel, user, ts, team: own }) =>
          keeper.noteFile({ team: own, channel, user, fileId, asked: true }, `${channel}:${ts}`),
      }),
    },
  });
  keeper = createEventKeeper({ inbox, intake, team, awaitsSample: options.voices.awaitsSample });
  const connection = createConnection(settings, logger, body => keeper.keep(body));
  const { app } = connection;
  app.error(async error => complain('a listener for Slack failed', error));
  const changes = createMeetingChanges({ ...options, platform: SLACK_PLATFORM });
  const parts: SlackParts = { ...options, app, intake, inbox, keeper, rights: createRights(slack), changes };
  listenToCommands(parts, listenToMeetings(parts));
  listenToVoices(parts);
  let isRevoked = false;
  for (const event of ['tokens_revoked', 'app_uninstalled'] as const)
    app.event(event, async () => {
      isRevoked = true;
      logger.fatal({ event }, 'Slack took our rights away: install the app again, and start Hansard anew');
    });

  await slack.call('apps.connections.open', () => connection.start());
  logger.info({ transport: settings.transport.kind }, 'connected to Slack');
  const catchUp = async () => {
    try {
      for (const seen of await intake.findMissed(lastSeenMs(options.seenFile)))
        keeper.noteFile(seen, `missed:${seen.channel}`);
    } catch (error) {
      complain('looking for what was missed did not work', error);
    }
  };
  let caughtUp = catchUp();
  connection.onConnected(() => {
    caughtUp = catchUp();
  });
  const seeing = setInterval(() => {
    // what was missed is looked for first: afterwards nobody knows since when
    if (connection.deafForMs() > 0) return;
    caughtUp
      .then(() => fs.writeFileSync(options.seenFile, ''))
      .catch(error => complain('writing down when Slack was heard did not work', error));
  }, SEEN_MS);
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    working ??= inbox
      .work()
      .catch(error => complain('working off what came from Slack did not work', error))
      .finally(() => {
        working = undefined;
      });
  }, INTAKE_MS);
  return {
    problems: () => [
      ...(connection.deafForMs() > 0 ? ['Slack is not connected at the moment.'] : []),
      ...(isRevoked ? ['Slack took our rights away. Install the app again, and start Hansard anew.'] : []),
    ],
    async stop() {
      clearInterval(timer);
      clearInterval(seeing);
      await working;
      await caughtUp;
      await connection.stop();
    },
  };
}

/** Now, when we never heard it. */
function lastSeenMs(file: string): number {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return (stats?.mtimeMs ?? Date.now()) - OVERLAP_MS;
}
