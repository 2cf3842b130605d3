/** Tells of jobs that changed, in this process or in another one on this host. */
import type { Database } from '../../store/open-database.ts';

/** Enough for watchers that look several times a second. */
export const KEPT_CHANGES = 20_000;

export interface ChangeWatcher {
  /** Something may have changed in this process: no need to wait for the next look. */
  look(): void;
  stop(): void;
}

export function watchChanges(
  db: Database,
  { pollMs, listener, onError }: { pollMs: number; listener: (id: string) => void; onError: (error: unknown) => void },
): ChangeWatcher {
  let seen = (db.get('SELECT COALESCE(MAX(seq), 0) AS seq FROM changes') as { seq: number }).seq;
  const look = () => {
    try {
      const rows = db.all('SELECT MAX(seq) AS seq, job_id AS id FROM changes WHERE seq > ? GROUP BY job_id', seen);
      for (const { seq, id } of rows as { seq: number; id: string }[]) {
        seen = Math.max(seen, seq);
        listener(id);
      }
    } catch (error) {
      onError(error);
    }
  };
  const timer = setInterval(look, pollMs);
  return { look, stop: () => clearInterval(timer) };
}
