/** The installation's templates and prompts, with a line in the log for each that is broken or of another version. */
import type { Logger } from '../logger.ts';
import { loadOwnTemplates, type OwnTemplates, type TemplateReport } from '../pipeline/render/own-templates.ts';
import { loadOwnPrompts, type OwnPrompts } from './language-model/own-prompts.ts';

export function loadTemplatesLoudly(folder: string, logger: Logger): OwnTemplates {
  const { templates, reports } = loadOwnTemplates(folder);
  warn(reports, logger);
  return templates;
}

export function loadPromptsLoudly(folder: string, logger: Logger): OwnPrompts {
  const own = loadOwnPrompts(folder);
  warn(own.reports, logger);
  return own;
}

function warn(reports: readonly TemplateReport[], logger: Logger): void {
  for (const { file, problem, notice } of reports) {
    if (problem !== undefined) logger.warn({ file, problem }, 'a template is broken; ours is used in its place');
    if (notice !== undefined) logger.warn({ file, notice }, 'a template is of another version');
  }
}
