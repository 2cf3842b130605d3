/** Discord's errors (docs.discord.com, opcodes-and-status-codes). */
import type { Problem } from './problems.ts';

/** JSON error code → HTTP status and sentence. */
const REFUSALS = {
  0: [401, '401: Unauthorized'],
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10013: [404, 'Unknown User'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  20012: [403, 'You are not authorized to perform this action on this application'],
  30033: [400, 'Maximum number of thread participants reached (1000)'],
  40005: [413, 'Request entity too large'],
  40060: [400, 'Interaction has already been acknowledged.'],
  40067: [400, 'A tag is required to create a forum post in this channel'],
  50001: [403, 'Missing Access'],
  50003: [403, 'Cannot execute action on a DM channel'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50021: [403, 'Cannot execute action on a system message'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50035: [400, 'Invalid Form Body'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  160002: [400, 'Cannot reply without permission to read message history'],
  160004: [400, 'A thread has already been created for this message'],
  160005: [400, 'Thread is locked'],
  160006: [400, 'Maximum number of active threads reached'],
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly problems: readonly Problem[];
  constructor(code: RefusalCode, problems: readonly Problem[] = []) {
    const [status, message] = REFUSALS[code];
    super(message);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }

  /** The answer's body. */
  get body(): Record<string, unknown> {
    const errors = this.problems.length > 0 ? { errors: treeOf(this.problems) } : {};
    return { message: this.message, code: this.code, ...errors };
  }
}

/** @throws Refusal when there is any */
export function refuse(problems: readonly Problem[]): void {
  if (problems.some(({ code }) => code === 'EMPTY_MESSAGE')) throw new Refusal(50006);
  if (problems.length > 0) throw new Refusal(50035, problems);
}

interface Branch {
  [key: string]: Branch | { code: string; message: string }[];
}

/** Discord's tree: the path leads to `_errors`. */
function treeOf(problems: readonly Problem[]): Branch {
  const root: Branch = {};
  for (const { path, code, message } of problems) {
    let branch = root;
    for (const key of path) {
      const next = branch[key];
      if (next !== undefined && !Array.isArray(next)) branch = next;
      else {
        const made: Branch = {};
        branch[key] = made;
        branch = made;
      }
    }
    const known = branch._errors;
    branch._errors = [...(Array.isArray(known) ? known : []), { code, message }];
  }
  return root;
}
