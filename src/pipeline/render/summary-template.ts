/** Templates of the summary: which of its parts people get to read. The JSON has them all. */
import { z } from 'zod';
import type { Summary } from '../summary.ts';

export const SUMMARY_TEMPLATES = ['minutes', 'decisions', 'recap'] as const;
export type SummaryTemplate = (typeof SUMMARY_TEMPLATES)[number];

/** One of ours, or one of the installation's own (`own-templates.ts`). */
export const summaryTemplateName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

/** Of ours: which parts are shown in chat. Own ones change summary.md; the rest shows everything. */
export function partsTemplate(name: unknown): SummaryTemplate {
  return z.enum(SUMMARY_TEMPLATES).catch('minutes').parse(name);
}

type Part = 'abstract' | 'topics' | 'decisions' | 'actionItems' | 'questions' | 'numbers';

const parts: Record<SummaryTemplate, readonly Part[]> = {
  minutes: ['abstract', 'topics', 'decisions', 'actionItems', 'questions', 'numbers'],
  decisions: ['decisions', 'actionItems'],
  recap: ['abstract', 'topics', 'actionItems'],
};

/** What each template is called in dialogs. */
export const templateNames: Record<SummaryTemplate, string> = {
  minutes: 'Minutes: everything',
  decisions: 'Decisions and action items only',
  recap: 'Recap: what it was about, and who does what',
};

export function hasPart(template: SummaryTemplate, part: Part): boolean {
  return parts[template].includes(part);
}

/** The summary with what the template shows. */
export function showParts(summary: Summary, template: SummaryTemplate): Summary {
  const list = <Item>(part: Part, items: Item[]) => (hasPart(template, part) ? items : []);
  return {
    ...summary,
    abstract: hasPart(template, 'abstract') ? summary.abstract : '',
    topics: list('topics', summary.topics),
    decisions: list('decisions', summary.decisions),
    actionItems: list('actionItems', summary.actionItems),
    questions: list('questions', summary.questions),
    numbers: list('numbers', summary.numbers),
  };
}
