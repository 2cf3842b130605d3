/** The installation's templates, with a line in the log for each that is broken and not used. */
import type { Logger } from '../logger.ts';
import { loadOwnTemplates, type OwnTemplates } from '../pipeline/render/own-templates.ts';

export function loadTemplatesLoudly(folder: string, logger: Logger): OwnTemplates {
  const { templates, reports } = loadOwnTemplates(folder);
  for (const { file, problem } of reports)
    if (problem !== undefined) logger.warn({ file, problem }, 'a template is broken; ours is used in its place');
  return templates;
}
