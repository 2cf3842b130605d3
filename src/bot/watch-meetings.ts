/** Looks again and again at what a chat platform should show: progress of what is worked on, the end of what failed or was cancelled. */
import { HansardError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { throttle } from '../pipeline/queue/worker-log.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';

export interface Watch {
  start(): void;
  /** Waits for the look that is under way. */
  stop(): Promise<void>;
}

const LOOK_MS = 500;
/** How many that ended badly are looked at; they are told once each. */
const RECENT = 50;
const MUTE_MS = 60_000;

export function createWatch({
  store,
  logger,
  platform,
  write,
  showProgress,
  showEnd,
}: {
  store: Store;
  logger: Logger;
  platform: string;
  /** To one person. */
  write(user: string, sentence: string): Promise<void>;
  showProgress(meetingId: string): Promise<void>;
  /** Leaves a delivery of the kind `endOf`. */
  showEnd(meeting: Meeting): Promise<void>;
}): Watch {
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.warn({ err, suppressed }, `${what}; it is tried again`),
  );
  /** Until when nothing is tried for a meeting that the platform refused to show. */
  const mute = new Map<string, number>();

  const isTold = (meeting: Meeting) =>
    store.deliveries
      .of(meeting.id)
      .some(({ kind, state }) => kind === endOf(meeting) && (state === 'delivered' || state === 'failed'));

  async function look(): Promise<void> {
    const isOurs = (meeting: Meeting) => meeting.platform === platform;
    const tried = (meeting: Meeting, work: Promise<void>) =>
      work.catch(async error => {
        complain(`${platform} could not be told`, error);
        if (error instanceof HansardError && !error.retryable) await tellOwner(meeting, error);
      });
    const unfinished = store.meetings.unfinished().filter(isOurs);
    await Promise.all(
      unfinished
        .filter(({ id }) => (mute.get(id) ?? 0) < Date.now())
        .map(meeting => tried(meeting, showProgress(meeting.id))),
    );
    const ended = store.meetings.list({ states: ['failed', 'cancelled'], limit: RECENT }).filter(isOurs);
    await Promise.all(ended.filter(meeting => !isTold(meeting)).map(meeting => tried(meeting, showEnd(meeting))));
  }

  /** Where its message cannot be: the person hears of it once, in a direct message. */
  const tellOwner = async (meeting: Meeting, error: HansardError): Promise<void> => {
    const isFirst = !mute.has(meeting.id);
    mute.set(meeting.id, Date.now() + MUTE_MS);
    const [ownPlatform, user = ''] = meeting.owner.split(':');
    if (!isFirst || ownPlatform !== platform || user === '') return;
    await write(user, `${meeting.title}: ${error.userMessage}`).catch(err =>
      logger.warn({ err, meetingId: meeting.id }, 'nobody could be told'),
    );
  };

  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  return {
    start() {
      timer = setInterval(() => {
        looking ??= look()
          .catch(error => complain(`looking for what ${platform} should show did not work`, error))
          .finally(() => {
            looking = undefined;
          });
      }, LOOK_MS);
    },
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** The delivery that tells of an end. */
export function endOf({ finishedAt }: Meeting): string {
  return `end:${finishedAt}`;
}
