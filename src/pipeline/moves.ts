/** The one table of allowed moves for meetings, stages and deliveries. Whatever is not listed is illegal and throws. */
import { HansardError } from '../errors.ts';

/** The stages of a meeting in the order of the story; `transcribe` and `diarize` run side by side. */
export const STAGES = ['fetch', 'decode', 'transcribe', 'diarize', 'assign', 'summarize', 'render', 'deliver'] as const;
export type StageName = (typeof STAGES)[number];

const moves = {
  meeting: {
    accepted: ['queued', 'failed', 'cancelling'],
    queued: ['processing', 'failed', 'cancelling'],
    // back to queued: recovery starts the meeting again
    processing: ['delivering', 'queued', 'failed', 'cancelling'],
    delivering: ['done', 'queued', 'failed', 'cancelling'],
    // out of a final state: a retry, or a re-run with other options
    done: ['queued'],
    failed: ['queued'],
    // done: the last delivery was through before the cancel was heard
    cancelling: ['cancelled', 'done', 'failed'],
    cancelled: ['queued'],
  },
  stage: {
    waiting: ['queued', 'done', 'failed', 'skipped'],
    // done without running: the result was already stored. waiting: an input has to be made again
    queued: ['running', 'done', 'failed', 'skipped', 'waiting'],
    // queued: retry after an error, a crash or a shutdown
    running: ['done', 'failed', 'skipped', 'queued', 'waiting'],
    done: ['waiting'],
    failed: ['waiting', 'queued', 'skipped'],
    skipped: ['waiting'],
  },
  delivery: {
    pending: ['sending', 'failed'],
    // sending again: the process that sent died, and nobody knows whether the platform has it
    sending: ['delivered', 'pending', 'failed', 'sending'],
    delivered: [],
    failed: ['pending'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

export type MeetingState = keyof typeof moves.meeting;
export type StageState = keyof typeof moves.stage;
export type DeliveryState = keyof typeof moves.delivery;
export type Moving = keyof typeof moves;

export const MEETING_STATES = Object.keys(moves.meeting) as MeetingState[];
export const STAGE_STATES = Object.keys(moves.stage) as StageState[];
export const DELIVERY_STATES = Object.keys(moves.delivery) as DeliveryState[];

/** Nothing more happens by itself in these. */
export const FINAL_MEETING_STATES = ['done', 'failed', 'cancelled'] as const satisfies MeetingState[];
export const FINAL_STAGE_STATES = ['done', 'failed', 'skipped'] as const satisfies StageState[];

export function isAllowedMove(what: Moving, from: string, to: string): boolean {
  const table: Record<string, readonly string[]> = moves[what];
  return table[from]?.includes(to) ?? false;
}

/** @throws HansardError `illegal_move` unless the table allows the move */
export function assertAllowedMove(what: Moving, from: string, to: string): void {
  if (!isAllowedMove(what, from, to))
    throw new HansardError('illegal_move', `${what} cannot move from ${from} to ${to}`);
}
