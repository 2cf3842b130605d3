/** What was chosen to be run again; anybody can forge what comes back. */
import { z } from 'zod';
import { SUMMARY_STYLES } from '../../pipeline/recording-options.ts';
import { summaryTemplateName } from '../../pipeline/render/summary-template.ts';
import type { RerunChanges } from '../change-meeting.ts';
import { LANGUAGES, MODELS, SUMMARY_LANGUAGES } from '../choices.ts';

const oneOf = (choices: readonly { value: string }[]) =>
  z.string().refine(value => choices.some(choice => choice.value === value));

const answersSchema = z.object({
  language: oneOf(LANGUAGES).optional().catch(undefined),
  model: oneOf(MODELS).optional().catch(undefined),
  summarizer: z.enum(['auto', 'ollama', 'extractive']).optional().catch(undefined),
  style: z.enum(SUMMARY_STYLES).optional().catch(undefined),
  template: summaryTemplateName.optional().catch(undefined),
  summaryLanguage: oneOf(SUMMARY_LANGUAGES).optional().catch(undefined),
});

/** What is no choice stays as it was. */
export function readRerunForm(answers: ReadonlyMap<string, string>): Omit<RerunChanges, 'minSpeakers' | 'maxSpeakers'> {
  const { language, model, summarizer, style, template, summaryLanguage } = answersSchema.parse(
    Object.fromEntries(answers),
  );
  return {
    ...(language !== undefined && { language }),
    ...(model !== undefined && { model }),
    ...(summarizer !== undefined && { summarizer }),
    ...(style !== undefined && { summaryStyle: style }),
    ...(template !== undefined && { summaryTemplate: template }),
    ...(summaryLanguage !== undefined && {
      summaryLanguage: summaryLanguage === 'meeting' ? undefined : summaryLanguage,
    }),
  };
}
