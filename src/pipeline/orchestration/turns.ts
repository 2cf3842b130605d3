/** Runs what belongs to one key one after the other. */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const end = mine.catch(() => {}).finally(() => last.get(key) === end && last.delete(key));
    last.set(key, end);
    return mine;
  };
}
