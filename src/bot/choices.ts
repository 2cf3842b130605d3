/** What people may choose of recordings and channels, with the words in which it is offered; on every platform alike. */
import type { RecordingOptions, SummaryStyle } from '../pipeline/recording-options.ts';
import { SUMMARY_TEMPLATES, templateNames } from '../pipeline/render/summary-template.ts';

export interface Choice {
  value: string;
  label: string;
}

const choices = (record: Record<string, string>): Choice[] =>
  Object.entries(record).map(([value, label]) => ({ value, label }));

/** Those that the speech models know. */
export const LANGUAGES = choices({
  ...{ auto: 'I find out', en: 'English', de: 'German', fr: 'French', es: 'Spanish', it: 'Italian', pt: 'Portuguese' },
  ...{ nl: 'Dutch', pl: 'Polish', uk: 'Ukrainian', tr: 'Turkish', zh: 'Chinese', ja: 'Japanese', ko: 'Korean' },
});

export const MODELS = choices({
  auto: 'by language: moonshine-base for English, whisper-base for the rest',
  'moonshine-base': 'the better model (moonshine-base)',
  'moonshine-tiny': 'the faster model (moonshine-tiny)',
  'whisper-base': 'the model for all languages (whisper-base)',
});

/** Ours, and the recording's own where that is another. */
export function modelChoices(set: string): Choice[] {
  return MODELS.some(({ value }) => value === set)
    ? MODELS
    : [...MODELS, { value: set, label: set.replaceAll('+', ', ') }];
}

export const SUMMARIZERS = choices({
  auto: 'by the language model where there is one',
  ollama: 'by the language model',
  extractive: 'by rules',
} satisfies Record<RecordingOptions['summarizer'], string>);

export const STYLES = choices({
  short: 'short: one or two sentences',
  standard: 'as long as usual',
  detailed: 'detailed: up to ten sentences',
} satisfies Record<SummaryStyle, string>);

const TEMPLATES: Choice[] = SUMMARY_TEMPLATES.map(value => ({ value, label: templateNames[value] }));

/** Ours, and the installation's own where that is what is set. */
export function templateChoices(set: string): Choice[] {
  return TEMPLATES.some(({ value }) => value === set) ? TEMPLATES : [...TEMPLATES, { value: set, label: set }];
}

export const SUMMARY_LANGUAGES = choices({
  meeting: 'that of the meeting',
  ...{ en: 'English', de: 'German', fr: 'French', es: 'Spanish', it: 'Italian', pt: 'Portuguese', nl: 'Dutch' },
  ...{ pl: 'Polish', uk: 'Ukrainian', tr: 'Turkish', zh: 'Chinese', yue: 'Cantonese', ja: 'Japanese', ko: 'Korean' },
});

export const TARGETS = choices({
  thread: 'in the thread of the recording',
  channel: 'as a message of their own in the channel',
});
