/** Prompts of the installation: tried on a sample, and ours where they are broken. */
import {
  compileTemplate,
  firstLines,
  isPrompt,
  listFiles,
  readTemplate,
  type TemplateReport,
} from '../../pipeline/render/own-templates.ts';
import { loadPrompts, type PromptSources, type Prompts } from './prompts.ts';

const PROBE = 'The shed is painted green';

/** @param folder need not be there */
export function loadOwnPrompts(folder: string): { prompts: Prompts; reports: TemplateReport[] } {
  const sources: PromptSources = {};
  const reports = listFiles(folder)
    .filter(isPrompt)
    .map((file): TemplateReport => {
      try {
        const source = readTemplate(folder, file);
        compileTemplate(source, true);
        const name = file === 'summarize.hbs' ? 'part' : 'whole';
        assertAsks(loadPrompts({ [name]: source }), name);
        sources[name] = source;
        return { file, problem: undefined };
      } catch (error) {
        return { file, problem: firstLines(error) };
      }
    });
  return { prompts: loadPrompts(sources), reports };
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
