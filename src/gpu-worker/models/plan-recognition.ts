/** Which models hear a recording: Moonshine is the fastest for English, Whisper knows the other languages. */
import { HansardError } from '../../errors.ts';
import { KNOWN_LANGUAGES, nameOfLanguage } from '../../pipeline/languages.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import { findModel } from './catalogue.ts';

/** What people may ask for by name; `auto` is Moonshine for English and Whisper for everything else. */
export const RECOGNIZERS = ['auto', 'moonshine-base', 'moonshine-tiny', 'whisper-base'] as const;

export type EnglishModel = 'moonshine-base' | 'moonshine-tiny';
export type MultilingualModel = 'whisper-base';

/** At least one of the two. */
export interface RecognitionPlan {
  english: EnglishModel | undefined;
  multilingual: MultilingualModel | undefined;
}

/** Which one stands in where Moonshine is asked for another language than English. */
export const MULTILINGUAL_DEFAULT: MultilingualModel = 'whisper-base';

/**
 * The models for these options: a pure choice, so that bot and worker make the same one.
 * @throws HansardError `invalid_usage` for an unknown model or language, and for a language that the model does not know
 */
export function planRecognition({
  model,
  language,
  spokenLanguages = [],
  translate = false,
}: RecognitionOptions): RecognitionPlan {
  const named = spokenLanguages.map(span => span.language).filter(code => code !== 'en');
  const plan = planModels(model, language, translate || named.length > 0);
  for (const code of [language, ...named]) if (code !== 'auto') checkLanguage(code, plan);
  return plan;
}

/** What of a recording's options decides the models. */
export type RecognitionOptions = Pick<RecordingOptions, 'model' | 'language' | 'spokenLanguages' | 'translate'>;

function checkLanguage(language: string, { english, multilingual }: RecognitionPlan): void {
  if (!KNOWN_LANGUAGES.includes(language)) {
    const wanted = 'Say auto, or a code such as de or zh.';
    throw new HansardError('invalid_usage', `There is no language "${language}". ${wanted}`);
  }
  const known = [english, multilingual].some(name => name && findModel(name).languages.includes(language));
  if (known) return;
  const nearest = language === 'yue' ? ' zh comes nearest to it.' : '';
  throw new HansardError(
    'invalid_usage',
    `${multilingual ?? english} does not know ${nameOfLanguage(language)}.${nearest}`,
  );
}

/** @param needsOthers another language than English is named, or a translation is wanted */
function planModels(model: string, language: string, needsOthers: boolean): RecognitionPlan {
  const mayBeEnglish = language === 'en' || language === 'auto';
  switch (model) {
    case 'auto':
      return {
        english: mayBeEnglish ? 'moonshine-base' : undefined,
        multilingual: language === 'en' && !needsOthers ? undefined : MULTILINGUAL_DEFAULT,
      };
    case 'moonshine-base':
    case 'moonshine-tiny':
      return mayBeEnglish
        ? { english: model, multilingual: needsOthers ? MULTILINGUAL_DEFAULT : undefined }
        : { english: undefined, multilingual: MULTILINGUAL_DEFAULT };
    case 'whisper-base':
      return { english: undefined, multilingual: model };
    default:
      throw new HansardError(
        'invalid_usage',
        `${model} is no speech recognition model. Known: ${RECOGNIZERS.join(', ')}.`,
      );
  }
}

/** Names of the models that recognise speech by this plan. */
export function recognizersOf({ english, multilingual }: RecognitionPlan): string[] {
  return [english, multilingual].filter(name => name !== undefined);
}

const supportingModels = ['silero-vad', 'segmentation-3.0', 'campplus'] as const;

/** All models that a transcription with these options needs; without options, those of the default. */
export function modelsForTranscription(
  options: RecognitionOptions = { model: 'moonshine-base', language: 'auto' },
): string[] {
  return [...recognizersOf(planRecognition(options)), ...supportingModels];
}
