/** `hansard maintain | forget | recover`: what the bot does by itself, now and by hand. */
import { Command } from 'commander';
import { takeBotLock } from '../bot/bot-lock.ts';
import { createFolderPlatform } from '../bot/folder-platform.ts';
import { backupDir, renewBackups } from '../bot/maintenance/backup.ts';
import { type MaintenanceTask, maintenanceTasks } from '../bot/maintenance/tasks.ts';
import { HansardError } from '../errors.ts';
import { startStages } from '../gpu-worker/run.ts';
import { eraseMeeting } from '../pipeline/erase-meeting.ts';
import { createOrchestrator } from '../pipeline/orchestration/orchestrator.ts';
import { findMeeting } from './meetings.ts';
import { type Load, localUser, type Services, withServices } from './open-services.ts';

export function maintainCommand(load: Load): Command {
  const command = new Command('maintain').description(
    'do a task of maintenance now, which the bot also does by itself',
  );
  for (const [name, { does }] of Object.entries(maintenanceTasks))
    command
      .command(name)
      .description(does)
      .option('--dry-run', 'only say what would be done')
      .action(({ dryRun = false }: { dryRun?: boolean }) =>
        withServices(load, async services => {
          const problems = async () => [...(await services.queue.problems()), ...(await services.blobs.problems())];
          const report = await maintenanceTasks[name as MaintenanceTask].run(
            { ...services, problems, retract: retractor(services) },
            dryRun,
          );
          process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        }),
      );
  return command;
}

export function forgetCommand(load: Load): Command {
  return new Command('forget')
    .description('erase meetings wherever they lie, and prove it')
    .argument('[id]', "a meeting's id, or how it begins or ends")
    .option('--owner <person>', 'all meetings of this person, as platform:id')
    .option('--dry-run', 'only say what would be erased')
    .action((id: string | undefined, { owner, dryRun = false }: { owner?: string; dryRun?: boolean }) =>
      withServices(load, async services => {
        const { store } = services;
        if ((id === undefined) === (owner === undefined))
          throw new HansardError('invalid_usage', 'name a meeting, or a person with --owner');
        const ids =
          id !== undefined ? [findMeeting(store, id).id] : store.meetings.ofOwner(owner ?? '').map(one => one.id);
        for (const one of ids) {
          const parts = { ...services, retract: retractor(services) };
          process.stdout.write(`${JSON.stringify(await eraseMeeting(parts, one, localUser(), { dryRun }))}\n`);
        }
        if (ids.length > 0 && !dryRun) await renewBackups(store, backupDir(services.config.dataDir));
        if (ids.length === 0) process.stdout.write('There is nothing to forget.\n');
      }),
    );
}

export function recoverCommand(load: Load): Command {
  return new Command('recover')
    .description('bring back work that got lost, when no bot runs; a running bot does it every 30 seconds')
    .option('--dry-run', 'only say what is missing')
    .option('--meeting <id>', 'only this one')
    .action(({ dryRun = false, meeting }: { dryRun?: boolean; meeting?: string }) =>
      withServices(load, async services => {
        const { config, logger, store } = services;
        const only = meeting === undefined ? undefined : findMeeting(store, meeting).id;
        using _lock = dryRun ? undefined : takeBotLock(config.dataDir);
        const versions = startStages({ config, logger, ensureModels: async () => {} });
        try {
          const orchestrator = createOrchestrator({ ...services, versions });
          const report = await orchestrator.reconcile({ dryRun, ...(only !== undefined && { only }) });
          process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        } finally {
          await versions.close();
        }
      }),
    );
}

function retractor({ config }: Services) {
  const folder = createFolderPlatform(config.minutesDir);
  return folder.retract;
}
