/** The prompts, from Handlebars files in templates/. What was said is data in them, between marks that it cannot close. */
import fs from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { SummaryStyle } from '../../pipeline/recording-options.ts';
import { OUR_TEMPLATES } from '../../pipeline/render/templates.ts';
import type { PromptLine } from './plan-chunks.ts';
import type { Note } from './write-notes.ts';

/** Of the abstract. */
const lengths: Record<SummaryStyle, string> = {
  short: 'one or two plain sentences',
  standard: 'two to five plain sentences',
  detailed: 'six to ten plain sentences',
};

export interface Prompts {
  /** Asks for the items of a meeting, or of part `part` of `parts`. */
  part(given: {
    lines: readonly PromptLine[];
    /** Of the answer. */
    language: string;
    style: SummaryStyle;
    part: number;
    parts: number;
  }): string;
  /** Asks for one title and abstract from the notes of the parts. */
  whole(given: { notes: readonly Note[]; language: string; style: SummaryStyle }): string;
}

/** Sources that stand for ours. */
export type PromptSources = { part?: string; whole?: string };

export function loadPrompts(own: PromptSources = {}): Prompts {
  const read = (name: string) => fs.readFileSync(path.join(OUR_TEMPLATES, name), 'utf8');
  const compile = (source: string) =>
    Handlebars.create().compile(source, { noEscape: true, strict: true, knownHelpersOnly: true });
  const part = compile(own.part ?? read('summarize.hbs'));
  const whole = compile(own.whole ?? read('summarize-parts.hbs'));
  return {
    part: ({ lines, language, style, part: number, parts }) =>
      part({
        language,
        length: lengths[style],
        part: parts > 1 ? number : 0,
        parts,
        lines: lines.map(({ id, speaker, text }) => ({ id, speaker: asData(speaker), text: asData(text) })),
      }),
    whole: ({ notes, language, style }) =>
      whole({ language, length: lengths[style], notes: notes.map(({ kind, text }) => ({ kind, text: asData(text) })) }),
  };
}

/** On one line, and without the characters that marks and chat templates are made of. */
function asData(text: string): string {
  return text.replace(/\s+/gu, ' ').replaceAll('<', '‹').replaceAll('>', '›');
}
