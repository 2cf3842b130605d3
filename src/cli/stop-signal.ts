/** Turns Ctrl-C and termination into one AbortSignal for the whole program. */

export interface StopSignal {
  signal: AbortSignal;
  /** Exit status by convention: 128 + number of the signal; undefined while nobody asked to stop. */
  exitCode(): number | undefined;
  dispose(): void;
}

const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
type StopName = keyof typeof numbers;

/** One Ctrl-C may arrive twice: from the terminal, and from the npm or launcher around us. */
const SAME_KEY_PRESS_MS = 500;

/** The second Ctrl-C ends the process at once, for the case that stopping itself hangs. */
export function listenForStop(onFirst: () => void): StopSignal {
  const controller = new AbortController();
  let stoppedBy: StopName | undefined;
  let stoppedAt = 0;
  const listeners = (Object.keys(numbers) as StopName[]).map(name => {
    const listener = () => {
      if (stoppedBy && performance.now() - stoppedAt < SAME_KEY_PRESS_MS) return;
      if (stoppedBy) process.exit(128 + numbers[name]);
      stoppedBy = name;
      stoppedAt = performance.now();
      onFirst();
      controller.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    exitCode: () => (stoppedBy ? 128 + numbers[stoppedBy] : undefined),
    dispose: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
