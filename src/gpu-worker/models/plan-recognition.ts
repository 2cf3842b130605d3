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
  translate = false,
}: Pick<RecordingOptions, 'model' | 'language' | 'translate'>): RecognitionPlan {
  const plan = planModels(model, language, translate);
  if (language === 'auto') return plan;
  if (!KNOWN_LANGUAGES.includes(language)) {
    throw new HansardError(
      'invalid_usage',
      `There is no language "${language}". Say auto, or a code such as de or zh.`,
    );
  }
  const able = [plan.english, plan.multilingual].some(name => name && findModel(name).languages.includes(language));
  if (!able) {
    const reason = `${plan.multilingual ?? model} does not know ${nameOfLanguage(language)}.`;
    const nearest = language === 'yue' ? ' zh comes nearest to it.' : '';
    throw new HansardError('invalid_usage', reason + nearest);
  }
  return plan;
}

function planModels(model: string, language: string, translate: boolean): RecognitionPlan {
  const mayBeEnglish = language === 'en' || language === 'auto';
  switch (model) {
    case 'auto':
      return {
        english: mayBeEnglish ? 'moonshine-base' : undefined,
        multilingual: language === 'en' ? undefined : MULTILINGUAL_DEFAULT,
      };
    case 'moonshine-base':
    case 'moonshine-tiny':
      return mayBeEnglish
        ? { english: model, multilingual: translate ? MULTILINGUAL_DEFAULT : undefined }
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
  options: Pick<RecordingOptions, 'model' | 'language' | 'translate'> = { model: 'moonshine-base', language: 'auto' },
): string[] {
  return [...recognizersOf(planRecognition(options)), ...supportingModels];
}
