/** Moves meetings on: hears of their jobs, and of what people want. It runs in the bot alone, beside the database. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { changeOptions, type MeetingChange, meetingChange } from '../meeting-change.ts';
import { FINAL_MEETING_STATES, type MeetingState, STAGES } from '../moves.ts';
import { jobId } from '../queue/prepare-job.ts';
import { throttle } from '../queue/worker-log.ts';
import type { Meeting } from '../store/meetings.ts';
import { createMover, type MoverOptions } from './move-meeting.ts';
import { stageJobs } from './plan-stage.ts';
import { createTurns } from './turns.ts';

export interface Orchestrator {
  /** Starts what can start. Resolves when the meeting can go no further for now. */
  advance(meetingId: string): Promise<void>;
  /** @returns the state then: `cancelling` while a stage still runs. @throws HansardError `illegal_move` when it is over */
  cancel(meetingId: string, who: string): Promise<MeetingState>;
  /** What failed or was cancelled goes on where it stopped, also a stage that a meeting could do without. @throws HansardError `illegal_move` */
  retry(meetingId: string, who: string): Promise<void>;
  /** With other options; only what depends on them is computed. @throws HansardError `illegal_move` unless it is over */
  rerun(meetingId: string, changes: Meeting['options'], who: string): Promise<void>;
  /**
   * What people put right afterwards: kept at once, worked in as soon as the meeting is over. Returns before that.
   * @throws HansardError `unknown_meeting`
   */
  correct(meetingId: string, change: MeetingChange, who: string): void;
  /** Brings back what got lost on the way: each unfinished stage has a live job, or is ended. */
  reconcile(wish?: { dryRun?: boolean; only?: string }): Promise<Reconciliation>;
  /** Hears of jobs, takes what other processes accepted, reconciles now and then; until `stop`. */
  start(): void;
  stop(): Promise<void>;
}

export interface Reconciliation {
  meetings: number;
  /** Ids of jobs that were gone from the queue and were added again. */
  restored: string[];
}

export interface OrchestratorOptions extends MoverOptions {
  timing?: OrchestratorTiming;
}

export interface OrchestratorTiming {
  /** How often to look for meetings that other processes accepted, and for their commands. */
  intakeMs: number;
  reconcileMs: number;
}

const DEFAULT_TIMING: OrchestratorTiming = { intakeMs: 250, reconcileMs: 30_000 };
/** How long a command that was taken may be worked on before another process may take it. */
const COMMAND_HOLD_MS = 60_000;
const SYSTEM = 'system';
const CORRECT_AGAIN_MS = 1_000;

export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
  const { store, queue, logger, timing = DEFAULT_TIMING } = options;
  const { meetings, stages } = store;
  const { advance, settle, restore, isLost, cancelJobs, showProgress, startAgain } = createMover(options);
  /** Per meeting one thing happens at a time. */
  const inTurn = createTurns();
  const complain = throttle((what: string, err: unknown, suppressed: number) =>
    logger.error({ err, suppressed }, `${what}; it is tried again`),
  );

  const commands: Record<
    string,
    (meetingId: string, payload: Record<string, unknown>, who: string) => Promise<unknown>
  > = {
    cancel: (meetingId, _payload, who) => cancel(meetingId, who),
    retry: (meetingId, _payload, who) => retry(meetingId, who),
    rerun: (meetingId, { changes }, who) => rerun(meetingId, (changes ?? {}) as Meeting['options'], who),
    correct: (meetingId, { change }, who) =>
      workIn(meetingId, options => changeOptions(options, meetingChange.parse(change)), who),
  };

  async function takeCommands(): Promise<void> {
    for (const { id, topic, meetingId, payload } of store.outbox.take(Object.keys(commands), 20, COMMAND_HOLD_MS)) {
      const command = commands[topic];
      try {
        if (topic === 'correct' && meetingId && !isOver(meetingId)) {
          store.outbox.postpone(id, new Date(Date.now() + CORRECT_AGAIN_MS).toISOString());
          continue;
        }
        if (command && meetingId) await command(meetingId, payload, String(payload.who ?? SYSTEM));
      } catch (error) {
        if (!(error instanceof HansardError) || error.retryable) throw error;
        logger.warn({ meetingId, command: topic, code: error.code }, 'a command was refused');
      }
      store.outbox.done(id);
    }
  }

  const cancel: Orchestrator['cancel'] = (meetingId, who) =>
    inTurn(meetingId, async () => {
      meetings.move(meetingId, 'cancelling', who);
      await cancelJobs(meetingId, `cancelled by ${who}`);
      showProgress(meetingId);
      return meetings.get(meetingId).state;
    });
  const retry: Orchestrator['retry'] = (meetingId, who) =>
    inTurn(meetingId, async () => {
      const hasFailed = stages.of(meetingId).some(({ state }) => state === 'failed');
      if (meetings.get(meetingId).state === 'done' && !hasFailed)
        throw new HansardError('illegal_move', `meeting ${meetingId} is done: nothing failed`);
      startAgain(meetingId, who, () => {});
      await advance(meetingId);
    });
  const workIn = (meetingId: string, change: (options: Meeting['options']) => Meeting['options'], who: string) =>
    inTurn(meetingId, async () => {
      startAgain(meetingId, who, () => meetings.choose(meetingId, change(meetings.get(meetingId).options)));
      await advance(meetingId);
    });
  const rerun: Orchestrator['rerun'] = (meetingId, changes, who) =>
    workIn(meetingId, options => ({ ...options, identified: false, voicesFault: '', ...changes }), who);
  const isOver = (meetingId: string) => {
    const meeting = meetings.find(meetingId);
    return !meeting || FINAL_MEETING_STATES.some(final => final === meeting.state);
  };

  async function reconcile({
    dryRun = false,
    only,
  }: {
    dryRun?: boolean;
    only?: string;
  } = {}): Promise<Reconciliation> {
    const unfinished = meetings.unfinished().filter(({ id }) => only === undefined || id === only);
    const restored: string[] = [];
    for (const { id } of unfinished)
      await inTurn(id, async () => {
        if (dryRun) {
          for (const row of stages.of(id)) if (await isLost(row)) restored.push(jobId(stageJobs[row.name], id));
          return;
        }
        for (const { name, state } of stages.of(id)) {
          if (state !== 'queued' && state !== 'running') continue;
          const job = await restore(id, name);
          if (job !== undefined) restored.push(job);
        }
        await advance(id);
      });
    if (restored.length > 0 && !dryRun)
      logger.warn({ restored: restored.length }, 'jobs that the queue had lost were added again');
    return { meetings: unfinished.length, restored };
  }

  const pending = new Set<string>();
  const background = new Set<Promise<void>>();
  const inBackground = (what: string, work: () => Promise<unknown>) => {
    const done = work()
      .catch(error => complain(what, error))
      .then(() => void background.delete(done));
    background.add(done);
  };
  const hear = (id: string) => {
    const [type, meetingId = ''] = id.split('.', 2);
    const name = STAGES.find(stage => stage === type);
    if (!name || pending.has(id)) return;
    pending.add(id);
    inBackground('following a job did not work', () =>
      inTurn(meetingId, async () => {
        pending.delete(id);
        if (!meetings.find(meetingId)) return;
        await settle(meetingId, name);
        await advance(meetingId);
      }),
    );
  };
  const takeIntake = () => {
    for (const { id } of meetings.list({ states: ['accepted'], limit: 100 }))
      if (!pending.has(id)) {
        pending.add(id);
        inBackground('starting a meeting did not work', () =>
          inTurn(id, () => advance(id)).finally(() => void pending.delete(id)),
        );
      }
  };
  const once = (what: string, work: () => Promise<unknown>) => {
    let isBusy = false;
    return () => {
      if (isBusy) return;
      isBusy = true;
      inBackground(what, () => work().finally(() => (isBusy = false)));
    };
  };
  let timers: NodeJS.Timeout[] = [];
  let unwatch = () => {};

  return {
    advance: meetingId => inTurn(meetingId, () => advance(meetingId)),
    cancel,
    retry,
    rerun,
    correct(meetingId, change, who) {
      meetings.get(meetingId);
      store.outbox.put({ topic: 'correct', meetingId, payload: { change: z.json().parse(change), who } });
    },
    reconcile,
    start() {
      const look = once('reconciling did not work', () => reconcile());
      unwatch = queue.watch(id => (id === undefined ? look() : hear(id)));
      const take = once('taking what was accepted did not work', async () => {
        takeIntake();
        await takeCommands();
      });
      timers = [setInterval(take, timing.intakeMs), setInterval(look, timing.reconcileMs)];
      look();
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      unwatch();
      await Promise.all(background);
    },
  };
}
