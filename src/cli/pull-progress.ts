/** Shows a model download: one bar that moves in a terminal, plain lines elsewhere. Silent where nothing is fetched. */
import type { PullEvent } from '../gpu-worker/models/pull.ts';
import type { EnsureOptions, ModelStore } from '../gpu-worker/models/store.ts';

/** The part of a terminal or pipe that is used here. */
export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
}

const BAR_CELLS = 24;
const CLEAR_LINE = '\r\u001b[2K';

/** `store.ensure`, shown on `output`. */
export async function ensureModelsVisibly(
  store: ModelStore,
  names: readonly string[],
  output: ProgressOutput,
  options: Omit<EnsureOptions, 'onEvent'>,
): Promise<void> {
  const progress = createPullProgress(output);
  try {
    await store.ensure(names, { ...options, onEvent: progress.show });
  } finally {
    progress.end();
  }
}

export function createPullProgress(output: ProgressOutput) {
  const said = new Set<string>();
  let barIsShown = false;

  function line(text: string): void {
    end();
    if (said.has(text)) return;
    said.add(text);
    output.write(`${text}\n`);
  }

  function end(): void {
    if (barIsShown) output.write(CLEAR_LINE);
    barIsShown = false;
  }

  function show(event: PullEvent): void {
    if (event.kind === 'waiting') line('Another process is fetching models into this folder; waiting for it.');
    if (event.kind === 'source-failed') line(`Not from ${event.source}: ${event.reason}`);
    if (event.kind === 'stored') line(`Got ${event.model}/${event.file} from ${event.source}`);
    if (event.kind === 'bytes' && output.isTTY) showBar(event);
    if (event.kind === 'bytes' && !output.isTTY) line(`Fetching ${event.source}, ${megabytes(event.totalBytes)} MB`);
  }

  function showBar({ source, receivedBytes, totalBytes }: Extract<PullEvent, { kind: 'bytes' }>): void {
    const cells = Math.round((receivedBytes / totalBytes) * BAR_CELLS);
    const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
    output.write(`${CLEAR_LINE}${bar} ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB, ${source}`);
    barIsShown = true;
  }

  return { show, end };
}

/** "73" or "2.3": decimal megabytes, as download pages count them. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
