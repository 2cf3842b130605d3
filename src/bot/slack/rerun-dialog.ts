/** The dialog of Run again: what people may choose anew. Pure. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { MOST_SPEAKERS, parseSpeakerRange, SUMMARY_STYLES } from '../../pipeline/recording-options.ts';
import { summaryTemplateName } from '../../pipeline/render/summary-template.ts';
import type { RerunChanges } from '../change-meeting.ts';
import { LANGUAGES, modelChoices, STYLES, SUMMARIZERS, SUMMARY_LANGUAGES, templateChoices } from '../choices.ts';
import { buildDialog, choiceField, type DialogErrors, type DialogMeeting, readDialog, textField } from './dialog.ts';

export const RERUN_DIALOG = 'hansard_rerun_dialog';

export function buildRerunDialog(meeting: DialogMeeting & { options: Record<string, unknown> }): ModalView {
  const { options } = meeting;
  const chosen = (name: string, otherwise: string) => String(options[name] ?? otherwise);
  return buildDialog(RERUN_DIALOG, meeting, {
    title: 'Run again',
    submit: 'Run',
    blocks: [
      textField(
        {
          block: 'speakers',
          label: 'How many people speak',
          hint: 'A number such as 4, or a range such as 2-6. Empty: I find out.',
          isOptional: true,
        },
        { initial: presentRange(options), most: 5 },
      ),
      choiceField({ block: 'language', label: 'They speak' }, LANGUAGES, chosen('language', 'auto')),
      choiceField(
        { block: 'model', label: 'The words are heard by' },
        modelChoices(chosen('model', 'moonshine-base')),
        chosen('model', 'moonshine-base'),
      ),
      choiceField({ block: 'summarizer', label: 'The summary is written' }, SUMMARIZERS, chosen('summarizer', 'auto')),
      choiceField({ block: 'style', label: 'The summary is' }, STYLES, chosen('summaryStyle', 'standard')),
      choiceField(
        { block: 'template', label: 'It has' },
        templateChoices(chosen('summaryTemplate', 'minutes')),
        chosen('summaryTemplate', 'minutes'),
      ),
      choiceField(
        { block: 'summaryLanguage', label: 'Its language', hint: 'Only a language model can translate.' },
        SUMMARY_LANGUAGES,
        chosen('summaryLanguage', 'meeting'),
      ),
    ],
  });
}

/** As it was chosen before; '' when it was not. */
function presentRange({ minSpeakers, maxSpeakers }: Record<string, unknown>): string {
  if (!minSpeakers) return '';
  return minSpeakers === maxSpeakers ? `${minSpeakers}` : `${minSpeakers}-${maxSpeakers}`;
}

const wishSchema = z.object({
  language: z.string(),
  model: z.string(),
  summarizer: z.enum(['auto', 'ollama', 'extractive']),
  style: z.enum(SUMMARY_STYLES),
  template: summaryTemplateName,
  summaryLanguage: z.string(),
});

export function readRerunDialog(view: unknown): { meeting: DialogMeeting; wanted: RerunChanges } | DialogErrors {
  const { meeting, answers } = readDialog(view);
  const text = answers.get('speakers') ?? '';
  const range = text === '' ? { minSpeakers: 0, maxSpeakers: MOST_SPEAKERS } : parseSpeakerRange(text);
  if (!range) return { errors: { speakers: `A number from 1 to ${MOST_SPEAKERS}, or a range such as 2-6.` } };
  const { language, model, summarizer, style, template, summaryLanguage } = wishSchema.parse(
    Object.fromEntries(answers),
  );
  const wanted = {
    ...{ ...range, language, model, summarizer, summaryStyle: style, summaryTemplate: template },
    summaryLanguage: summaryLanguage === 'meeting' ? undefined : summaryLanguage,
  };
  return { meeting, wanted };
}
