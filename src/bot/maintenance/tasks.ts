/** The tasks of maintenance: on a schedule in the bot, and by hand with `hansard maintain`. */
import { z } from 'zod';
import type { Config } from '../../config.ts';
import type { Logger } from '../../logger.ts';
import type { EraseParts } from '../../pipeline/erase-meeting.ts';
import {
  backupJob,
  cleanUpJob,
  healthJob,
  type MaintenancePayload,
  retentionJob,
  sweepJob,
} from '../../pipeline/jobs.ts';
import { scheduleSetting } from '../../pipeline/known-settings.ts';
import type { JobQueue } from '../../pipeline/queue/job-queue.ts';
import type { JobType } from '../../pipeline/queue/job-type.ts';
import { type Handler, handle } from '../../pipeline/queue/run-stored.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import { backUp, backupDir, renewBackups } from './backup.ts';
import { examineHealth, type HealthReport } from './health.ts';
import { applyRetention, cleanUp } from './retention.ts';

export interface MaintenanceParts extends EraseParts {
  config: Config;
  logger: Logger;
  /** One sentence for each thing that is wrong now. */
  problems(): Promise<string[]>;
  /** Brings back what got lost; absent where no bot runs in this process. */
  reconcile?(): Promise<object>;
  /** Told of every health report. */
  onHealth?(report: HealthReport): Promise<void>;
}

interface Task {
  type: JobType<MaintenancePayload>;
  /** In local time. */
  cron: string;
  does: string;
  run(parts: MaintenanceParts, dryRun: boolean): Promise<object>;
}

export const maintenanceTasks = {
  retention: {
    type: retentionJob,
    cron: '15 3 * * *',
    does: 'erase recordings and meetings whose time is over',
    async run(parts, dryRun) {
      const report = await applyRetention(parts, parts.config.retention, { dryRun });
      if (report.meetings.length > 0 && !dryRun) await renewBackups(parts.store, backupDir(parts.config.dataDir));
      return report;
    },
  },
  'clean-up': {
    type: cleanUpJob,
    cron: '5 * * * *',
    does: 'remove decoded sound, cut-off uploads and results that nothing needs',
    run: (parts, dryRun) => cleanUp(parts, parts.config.retention.meetingDays, { dryRun }),
  },
  sweep: {
    type: sweepJob,
    cron: '*/30 * * * *',
    does: 'bring back work that is stuck, was never started, or belongs to nobody',
    run: async ({ reconcile }, dryRun) => (dryRun || !reconcile ? {} : await reconcile()),
  },
  health: {
    type: healthJob,
    cron: '*/5 * * * *',
    does: 'say how it goes, and what to do about it',
    async run({ onHealth, config, ...parts }, dryRun) {
      const report = await examineHealth({ ...parts, dataDir: config.dataDir });
      if (!dryRun) await onHealth?.(report);
      return report;
    },
  },
  backup: {
    type: backupJob,
    cron: '45 2 * * *',
    does: 'copy the database while it is used',
    run: ({ store, config }, dryRun) => backUp(store, backupDir(config.dataDir), { dryRun }),
  },
} as const satisfies Record<string, Task>;

export type MaintenanceTask = keyof typeof maintenanceTasks;

export function createMaintenanceHandlers(parts: MaintenanceParts): Handler[] {
  return Object.entries(maintenanceTasks).map(([name, task]) =>
    handle(task.type, async ({ dryRun }) => {
      const report = await task.run(parts, dryRun);
      parts.logger.info({ task: name, dryRun, ...report }, 'maintenance');
      return {};
    }),
  );
}

/** One schedule per task, from the settings where they say; what was scheduled before under its name is replaced. */
export async function scheduleMaintenance(queue: JobQueue, { settings }: Store): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  for (const [name, { type, cron }] of Object.entries(maintenanceTasks)) {
    const chosen = settings.find('global', scheduleSetting(name), z.string()) ?? cron;
    await queue.schedule(type, { key: 'regular', payload: { dryRun: false }, cron: chosen, timeZone });
  }
}
