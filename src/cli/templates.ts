/** `hansard templates list | check | preview`: the installation's own templates and prompts. */
import fs from 'node:fs';
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import { loadOwnPrompts } from '../gpu-worker/language-model/own-prompts.ts';
import { loadOwnTemplates, type TemplateReport } from '../pipeline/render/own-templates.ts';
import { renderFiles } from '../pipeline/render/render-files.ts';
import { sampleMinutes } from '../pipeline/render/sample-minutes.ts';
import { OUR_TEMPLATES } from '../pipeline/render/templates.ts';
import type { ProgressOutput } from './pull-progress.ts';

/** A template is broken. */
const EXIT_BROKEN = 3;

export function templatesCommand(load: () => { config: Config }, stdout: ProgressOutput = process.stdout): Command {
  const command = new Command('templates').description('your own templates and prompts: list, check and preview them');
  command
    .command('list')
    .description('every template that can be replaced, and which ones are')
    .action(() => {
      const { templatesDir } = load().config;
      const own = new Map(examine(templatesDir).map(report => [report.file, report]));
      const ours = fs.readdirSync(OUR_TEMPLATES).filter(file => file.endsWith('.hbs'));
      stdout.write(`Your own go into ${templatesDir}; copy one of ${OUR_TEMPLATES} to begin.\n`);
      for (const file of new Set([...ours, ...own.keys()]))
        stdout.write(`  ${file.padEnd(28)} ${stateOf(own.get(file))}\n`);
    });
  command
    .command('check')
    .description('try each of your own on a sample; exit status 3 where one is broken')
    .action(() => {
      const reports = examine(load().config.templatesDir);
      for (const report of reports) stdout.write(`${report.file}: ${stateOf(report)}\n`);
      if (reports.length === 0) stdout.write('There are no templates of your own.\n');
      if (reports.some(({ problem }) => problem !== undefined)) process.exitCode = EXIT_BROKEN;
    });
  command
    .command('preview <file>')
    .description('print a file of a sample meeting, such as summary.md, with your templates')
    .option('--template <name>', 'the summary template that a channel would choose', 'minutes')
    .action((file: string, { template }: { template: string }) => {
      const { templates } = loadOwnTemplates(load().config.templatesDir);
      const minutes = sampleMinutes();
      const options = { ...minutes.meta.options, summaryTemplate: template };
      const files = renderFiles({ ...minutes, meta: { ...minutes.meta, options } }, templates);
      const text = files.get(file);
      if (text === undefined)
        throw new HansardError('invalid_usage', `There is no file ${file}; there are ${[...files.keys()].join(', ')}.`);
      stdout.write(text);
    });
  return command;
}

function examine(folder: string): TemplateReport[] {
  return [...loadOwnTemplates(folder).reports, ...loadOwnPrompts(folder).reports];
}

function stateOf(report: TemplateReport | undefined): string {
  if (!report) return 'ours';
  const state = report.problem === undefined ? 'your own' : `broken, ours is used: ${report.problem}`;
  return report.notice === undefined ? state : `${state}; ${report.notice}`;
}
