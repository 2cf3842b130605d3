/** Prompts of the installation: tried on a sample, and ours where they are broken. */
import {
  compileTemplate,
  hashOf,
  isPrompt,
  listFiles,
  type OwnSource,
  type TemplateReport,
  tryOwn,
} from '../../pipeline/render/own-templates.ts';
import { loadPrompts, type PromptSources, type Prompts } from './prompts.ts';

const PROBE = 'The shed is painted green';

export interface OwnPrompts {
  prompts: Prompts;
  /** sha256 of what is used of the installation; undefined where all is ours. */
  hash: string | undefined;
  reports: TemplateReport[];
}

/** @param folder need not be there */
export function loadOwnPrompts(folder: string): OwnPrompts {
  const sources: PromptSources = {};
  const used: OwnSource[] = [];
  const reports = listFiles(folder)
    .filter(isPrompt)
    .map((file): TemplateReport => {
      const name = file === 'summarize.hbs' ? 'part' : 'whole';
      const { source, ...report } = tryOwn(folder, file, file, text => {
        compileTemplate(text, true);
        assertAsks(loadPrompts({ [name]: text }), name);
      });
      if (source === undefined) return report;
      sources[name] = source;
      used.push({ file, source });
      return report;
    });
  return { prompts: loadPrompts(sources), hash: hashOf(used), reports };
}

/** Whatever it says beside, it must show what was said, and the language. */
function assertAsks(prompts: Prompts, name: keyof PromptSources): void {
  const shared = { language: 'xx-language', style: 'standard' } as const;
  const asked =
    name === 'part'
      ? prompts.part({ ...shared, lines: [{ id: 'T0001', speaker: 'Ana', text: PROBE }], part: 1, parts: 2 })
      : prompts.whole({ ...shared, notes: [{ kind: 'part', text: PROBE }] });
  for (const needed of [PROBE, shared.language, ...(name === 'part' ? ['T0001'] : [])])
    if (!asked.includes(needed)) throw new Error(`it does not show ${needed === PROBE ? 'what was said' : needed}`);
}
