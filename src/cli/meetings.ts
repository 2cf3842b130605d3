/** `hansard submit | status | cancel | retry | search`: meetings of a server on this machine. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { HansardError } from '../errors.ts';
import { chooseModel } from '../gpu-worker/models/choose-model.ts';
import { FINAL_MEETING_STATES } from '../pipeline/moves.ts';
import { describeMeeting, type MeetingReport } from '../pipeline/orchestration/describe-meeting.ts';
import { FOLDER_PLATFORM } from '../pipeline/platforms.ts';
import { PRIORITIES } from '../pipeline/queue/job-type.ts';
import { formatClock, formatLength } from '../pipeline/render/format-time.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { submitRecording } from '../pipeline/submit-recording.ts';
import { type Load, localUser, type Services, withServices } from './open-services.ts';
import { printable } from './report.ts';
import { listenForStop } from './stop-signal.ts';
import { addRecordingOptions, type RecordingFlags, toRecordingOptions } from './transcribe-options.ts';

/** The meeting that was waited for has failed. */
const EXIT_FAILED = 3;
const LOOK_MS = 500;
/** How many meetings `hansard status` shows. */
const LISTED = 20;

interface SubmitFlags extends RecordingFlags {
  wait?: true;
  json?: true;
}

export function submitCommand(load: Load): Command {
  const command = new Command('submit')
    .description('hand recordings to the server on this machine')
    .argument('<file...>', 'audio or video that ffmpeg reads');
  return addRecordingOptions(command)
    .option('--wait', 'wait until they are done')
    .option('--json', 'print one JSON object per recording')
    .action((files: string[], flags: SubmitFlags) =>
      withServices(load, async services => {
        for (const file of files) await submit(file, flags, services);
      }),
    );
}

async function submit(file: string, flags: SubmitFlags, services: Services): Promise<void> {
  const { store, blobs } = services;
  const who = localUser();
  const options = toRecordingOptions(flags, {
    ...services.config,
    model: await chooseModel(services.config),
  });
  const submission = { file, options, who, platform: FOLDER_PLATFORM, priority: PRIORITIES.interactive };
  const { meeting, created } = await submitRecording(submission, { store, blobs }, new AbortController().signal);
  // asked for once more: what failed before is tried again
  if (!created && (meeting.state === 'failed' || meeting.state === 'cancelled')) command(store, 'retry', meeting.id);
  if (flags.wait) await watch(meeting.id, services, flags.json ?? false);
  else if (flags.json) print(await describeMeeting(store.meetings.get(meeting.id), store, services.queue));
  else process.stdout.write(`${meeting.id} ${printable(path.basename(file))}\n`);
}

export function statusCommand(load: Load): Command {
  return new Command('status')
    .description('where meetings are, how far, and when they will be done')
    .argument('[id]', "a meeting's id, or how it begins or ends")
    .option('--watch', 'go on until it is over')
    .option('--json', 'print JSON')
    .action((id: string | undefined, flags: { watch?: true; json?: true }) =>
      withServices(load, async services => {
        const { store, queue } = services;
        if (id === undefined) return await listMeetings(services, flags.json ?? false);
        const meeting = findMeeting(store, id);
        if (flags.watch) return await watch(meeting.id, services, flags.json ?? false);
        const report = await describeMeeting(meeting, store, queue);
        if (flags.json) print(report);
        else process.stdout.write(presentMeeting(report));
      }),
    );
}

export function cancelCommand(load: Load): Command {
  return commandFor(load, 'cancel', 'stop the work on a meeting');
}

export function retryCommand(load: Load): Command {
  return commandFor(load, 'retry', 'go on with a meeting that failed or was cancelled');
}

/** Commands are written down for the bot, which may be away: it obeys them when it is there. */
function commandFor(load: Load, name: 'cancel' | 'retry', description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', "a meeting's id, or how it begins or ends")
    .action((id: string) =>
      withServices(load, async ({ store }) => {
        const meeting = findMeeting(store, id);
        const isOver = FINAL_MEETING_STATES.some(state => state === meeting.state);
        const hasFailed =
          meeting.state !== 'done' || store.stages.of(meeting.id).some(({ state }) => state === 'failed');
        if (name === 'cancel' ? isOver : !isOver || !hasFailed)
          throw new HansardError('illegal_move', `meeting ${meeting.id} is ${meeting.state}`);
        command(store, name, meeting.id);
        process.stdout.write(`${meeting.id}: the bot was told to ${name}\n`);
      }),
    );
}

function command(store: Store, topic: 'cancel' | 'retry', meetingId: string): void {
  store.outbox.put({ topic, meetingId, payload: { who: localUser() } });
}

export function searchCommand(load: Load): Command {
  return new Command('search')
    .description('find words in all meetings; a phrase goes into double quotes')
    .argument('<words...>')
    .option('--limit <n>', 'how many', Number, LISTED)
    .option('--json', 'print JSON')
    .action((words: string[], { limit, json }: { limit: number; json?: true }) =>
      withServices(load, async ({ store }) => {
        const hits = store.search.find({ words: words.join(' '), limit });
        if (json) return print(hits);
        for (const { meetingId, title, speaker, startMs, snippet } of hits)
          process.stdout.write(
            `${printable(title)} [${formatClock(startMs)}] ${speaker}: ${snippet}\n  ${meetingId}\n`,
          );
        if (hits.length === 0) process.stdout.write('Nobody said that.\n');
      }),
    );
}

/** @throws HansardError `unknown_meeting`, also when several meetings fit */
export function findMeeting(store: Store, id: string): Meeting {
  const whole = store.meetings.find(id);
  if (whole) return whole;
  const fitting = id.length < 4 ? [] : store.meetings.findByPartOfId(id, 2);
  const [meeting, other] = fitting;
  if (!meeting || other)
    throw new HansardError('unknown_meeting', `${other ? 'several meetings have' : 'no meeting has'} the id ${id}`);
  return meeting;
}

async function listMeetings({ store, queue }: Services, json: boolean): Promise<void> {
  const reports: MeetingReport[] = [];
  for (const meeting of store.meetings.list({ limit: LISTED }))
    reports.push(await describeMeeting(meeting, store, queue));
  if (json) return print(reports);
  const counts = Object.entries(store.meetings.countByState()).filter(([, count]) => count > 0);
  process.stdout.write(
    counts.length === 0 ? 'No meetings yet.\n' : `${counts.map(([state, count]) => `${count} ${state}`).join(', ')}\n`,
  );
  for (const report of reports) process.stdout.write(`${presentLine(report)}\n`);
}

/** One line per change until the meeting is over. */
async function watch(id: string, { store, queue }: Services, json: boolean): Promise<void> {
  const stop = listenForStop(() => {});
  try {
    let before = '';
    while (!stop.signal.aborted) {
      const report = await describeMeeting(store.meetings.get(id), store, queue);
      const line = presentLine(report);
      if (!json && line !== before) process.stdout.write(`${line}\n`);
      before = line;
      if (FINAL_MEETING_STATES.some(state => state === report.state)) {
        if (json) print(report);
        if (report.state !== 'done') process.exitCode = EXIT_FAILED;
        return;
      }
      await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
    process.exitCode = stop.exitCode() ?? 0;
  } finally {
    stop.dispose();
  }
}

/** `019a… planning.opus processing: transcribe 42 %, diarize 30 %, about 12 s left` */
export function presentLine({ id, title, state, stages, etaSeconds, error, durationMs }: MeetingReport): string {
  const live = stages.filter(stage => stage.state === 'running' || stage.state === 'queued');
  const parts = live.map(({ name, state, progress, position }) =>
    state === 'running'
      ? `${name} ${Math.round(progress * 100)} %`
      : `${name} waits${position ? ` behind ${position}` : ''}`,
  );
  if (etaSeconds !== null && live.length > 0)
    parts.push(`about ${formatLength(Math.max(1_000, etaSeconds * 1000))} left`);
  if (error) parts.push(`${error.code}: ${error.message}`);
  const length = durationMs === null ? '' : ` (${formatLength(durationMs)})`;
  return `${id} ${printable(title)}${length} ${state}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

function presentMeeting(report: MeetingReport): string {
  const rows = report.stages.map(({ name, state, progress, seconds, attempts, error, position }) => {
    const facts = [
      state === 'running' ? `${Math.round(progress * 100)} %` : undefined,
      seconds === null ? undefined : `${seconds.toFixed(1)} s`,
      attempts > 1 ? `started ${attempts} times` : undefined,
      position === null ? undefined : `${position} before it`,
      error ? `${error.code}: ${error.message}` : undefined,
    ];
    return `  ${name.padEnd(10)} ${state.padEnd(8)} ${facts.filter(fact => fact !== undefined).join(', ')}`.trimEnd();
  });
  return `${[presentLine(report), ...rows].join('\n')}\n`;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
