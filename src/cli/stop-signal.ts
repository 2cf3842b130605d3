/** Turns Ctrl-C and termination into one AbortSignal for the whole program. */

export interface StopSignal {
  signal: AbortSignal;
  /** Exit status by convention: 128 + number of the signal; undefined while nobody asked to stop. */
  exitCode(): number | undefined;
  dispose(): void;
}

const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
type StopName = keyof typeof numbers;

/** The second Ctrl-C ends the process at once, for the case that stopping itself hangs. */
export function listenForStop(onFirst: () => void): StopSignal {
  const controller = new AbortController();
  let stoppedBy: StopName | undefined;
  const listeners = (Object.keys(numbers) as StopName[]).map(name => {
    const listener = () => {
      if (stoppedBy) process.exit(128 + numbers[name]);
      stoppedBy = name;
      onFirst();
      controller.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  // bin/hansard.cjs holds the other end of this channel, where there is one: when it is killed we go too
  const onOrphaned = () => process.exit(1);
  process.on('disconnect', onOrphaned);
  return {
    signal: controller.signal,
    exitCode: () => (stoppedBy ? 128 + numbers[stoppedBy] : undefined),
    dispose: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
      process.off('disconnect', onOrphaned);
    },
  };
}
