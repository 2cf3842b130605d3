/**
 * The worker's side of inference: a fixed number of one-thread child processes and a queue of tasks for them.
 * Models live in children because onnxruntime's `run()` blocks its process, which would stop the renewal of job locks,
 * and because a child that crashes or hangs can be replaced (docs/models.md).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HansardError, isFaultCode } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { StageContext } from '../../pipeline/ports.ts';
import { type ChildSettings, type Family, familyOf, fromChildSchema, type Task, type ToChild } from './protocol.ts';

/** How long a child may take to obey a cancel before it is killed. A native run lasts well under a second. */
const CANCEL_GRACE_MS = 1_000;

export interface InferencePool {
  readonly size: number;
  /** Sound that its children hear together, relative to the usual. */
  readonly batchFactor: number;
  /**
   * Runs one task and resolves with its value, whose shape the caller knows from the task's kind.
   * A child that dies takes the task with it: it is tried once more with the smallest batches.
   * @throws HansardError `inference_failed`, `out_of_memory`, `cancelled`, or the fault that the child reported
   */
  run(task: Task, context: StageContext): Promise<unknown>;
  /** Kills the children at once; tasks still running reject as cancelled. */
  close(): Promise<void>;
}

export interface PoolOptions {
  processes: number;
  settings: ChildSettings;
  logger: Logger;
  /** For tests: another program with the same protocol. */
  childPath?: string;
}

interface Ticket {
  id: number;
  task: Task;
  context: StageContext;
  tries: number;
  resolve(value: unknown): void;
  reject(error: HansardError): void;
}

interface Child {
  process: ChildProcess;
  /** The models it holds: a task that uses the same ones is cheaper here. */
  family: Family | undefined;
  ticket: Ticket | undefined;
}

export function createInferencePool(options: PoolOptions): InferencePool {
  const childPath = options.childPath ?? fileURLToPath(new URL('./child.ts', import.meta.url));
  const children = new Set<Child>();
  const waiting: Ticket[] = [];
  let lastId = 0;
  let closed = false;

  function run(task: Task, context: StageContext): Promise<unknown> {
    if (closed || context.signal.aborted) return Promise.reject(new HansardError('cancelled', task.kind));
    return new Promise((resolve, reject) => {
      const ticket: Ticket = { id: ++lastId, task, context, tries: 0, resolve, reject };
      const onAbort = () => cancel(ticket);
      context.signal.addEventListener('abort', onAbort, { once: true });
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          context.signal.removeEventListener('abort', onAbort);
          then(value);
        };
      ticket.resolve = settle(resolve);
      ticket.reject = settle(reject);
      waiting.push(ticket);
      dispatch();
    });
  }

  function dispatch(): void {
    while (waiting.length > 0 && !closed) {
      const idle = [...children].filter(child => !child.ticket);
      const warm = idle.find(child => waiting.some(ticket => familyOf(ticket.task) === child.family));
      const child = warm ?? (children.size < options.processes ? startChild() : idle[0]);
      if (!child) return;
      assign(child, takeTicket(child.family));
    }
  }

  /** The oldest task for the models that the child holds; a fresh child takes what no other child is working on. */
  function takeTicket(family: Family | undefined): Ticket {
    const busy = new Set([...children].flatMap(child => (child.ticket ? [familyOf(child.ticket.task)] : [])));
    const wanted = (ticket: Ticket) => {
      const own = familyOf(ticket.task);
      return family ? own === family : !busy.has(own);
    };
    const index = waiting.findIndex(wanted);
    const [ticket] = waiting.splice(Math.max(0, index), 1);
    if (!ticket) throw new Error('dispatch without a waiting task');
    return ticket;
  }

  function assign(child: Child, ticket: Ticket): void {
    child.ticket = ticket;
    child.family = familyOf(ticket.task);
    ticket.tries++;
    send(child, { type: 'run', id: ticket.id, task: ticket.task, frugal: ticket.tries > 1 });
  }

  function startChild(): Child {
    const started = fork(childPath, [JSON.stringify(options.settings)], {
      serialization: 'advanced', // typed arrays cross as they are
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    const child: Child = { process: started, family: undefined, ticket: undefined };
    children.add(child);
    started.on('message', message => onMessage(child, message));
    started.on('error', error => options.logger.error({ err: error, pid: started.pid }, 'inference child error'));
    started.on('exit', (code, signal) => onExit(child, code, signal));
    return child;
  }

  function onMessage(child: Child, message: unknown): void {
    const parsed = fromChildSchema.parse(message);
    const ticket = child.ticket;
    if (!ticket || parsed.id !== ticket.id) return; // a late word about a task that was cancelled
    if (parsed.type === 'progress') {
      ticket.context.onProgress(parsed.fraction);
      return;
    }
    child.ticket = undefined;
    if (parsed.type === 'done') {
      ticket.context.addCpuSeconds(parsed.cpuSeconds);
      ticket.resolve(parsed.value);
    } else {
      onFailed(ticket, parsed.code, parsed.detail);
    }
    dispatch();
  }

  function onFailed(ticket: Ticket, code: string, detail: string): void {
    const fault = isFaultCode(code) ? code : 'inference_failed';
    if (fault === 'out_of_memory' && ticket.tries < 2) waiting.unshift(ticket);
    else ticket.reject(new HansardError(fault, detail));
  }

  function onExit(child: Child, code: number | null, signal: NodeJS.Signals | null): void {
    children.delete(child);
    const ticket = child.ticket;
    child.ticket = undefined;
    if (ticket) {
      const how = signal ? `was killed by ${signal}` : `exited with ${code}`;
      if (closed || ticket.context.signal.aborted) {
        ticket.reject(new HansardError('cancelled', ticket.task.kind));
      } else if (ticket.tries < 2) {
        options.logger.warn({ task: ticket.task.kind, code, signal }, 'inference child died, trying once more');
        waiting.unshift(ticket);
      } else {
        // the kernel's out-of-memory killer uses SIGKILL, a failed allocation in native code ends in abort()
        const memory = signal === 'SIGKILL' || signal === 'SIGABRT' || code === 134;
        const fault = memory ? 'out_of_memory' : 'inference_failed';
        ticket.reject(new HansardError(fault, `${ticket.task.kind}: the child ${how} twice`));
      }
    }
    if (!closed) dispatch();
  }

  function cancel(ticket: Ticket): void {
    const index = waiting.indexOf(ticket);
    if (index >= 0) waiting.splice(index, 1);
    const child = [...children].find(candidate => candidate.ticket === ticket);
    if (child) {
      send(child, { type: 'cancel', id: ticket.id });
      const timer = setTimeout(() => {
        if (child.ticket === ticket) child.process.kill('SIGKILL');
      }, CANCEL_GRACE_MS);
      timer.unref();
    } else {
      ticket.reject(new HansardError('cancelled', ticket.task.kind));
    }
  }

  async function close(): Promise<void> {
    closed = true;
    for (const ticket of waiting.splice(0)) ticket.reject(new HansardError('cancelled', ticket.task.kind));
    const gone = [...children].map(child => new Promise<void>(resolve => child.process.once('exit', () => resolve())));
    for (const child of children) child.process.kill('SIGKILL'); // they hold nothing that needs saving
    await Promise.all(gone);
  }

  return { size: options.processes, batchFactor: options.settings.batchFactor, run, close };
}

function send(child: Child, message: ToChild): void {
  if (child.process.connected) child.process.send(message, () => {}); // a child that is gone reports through `exit`
}
