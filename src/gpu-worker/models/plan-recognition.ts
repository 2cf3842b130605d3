/** Which models hear a recording: Moonshine is the fastest for English, Whisper knows the other languages. */
import { HansardError } from '../../errors.ts';
import { KNOWN_LANGUAGES, nameOfLanguage } from '../../pipeline/languages.ts';
import type { RecordingOptions } from '../../pipeline/recording-options.ts';
import { findModel } from './catalogue.ts';

/** Recognisers of English, the default first. */
export const ENGLISH_MODELS = [
  'moonshine-base',
  'moonshine-tiny',
  'parakeet-tdt-0.6b-v2',
  'parakeet-tdt-0.6b-v2-fp32',
] as const;
export type EnglishModel = (typeof ENGLISH_MODELS)[number];

/** Recognisers of several languages, the default first. */
export const MULTILINGUAL_MODELS = [
  'whisper-base',
  'whisper-tiny',
  'whisper-small',
  'whisper-large-v3-turbo',
  'sensevoice-small',
  'sensevoice-small-fp32',
  'parakeet-tdt-0.6b-v3',
  'parakeet-tdt-0.6b-v3-fp32',
] as const;
export type MultilingualModel = (typeof MULTILINGUAL_MODELS)[number];

/** Those that translate into English; turbo was not trained to. */
const TRANSLATORS: readonly MultilingualModel[] = ['whisper-base', 'whisper-tiny', 'whisper-small'];
/** Those that do not say which language they hear, and drift into another where nobody says it (models.md, 4.2). */
const NEED_LANGUAGE: readonly MultilingualModel[] = ['parakeet-tdt-0.6b-v3', 'parakeet-tdt-0.6b-v3-fp32'];

/**
 * What people may ask for by name; `auto` is Moonshine for English and Whisper for everything else. Several names joined
 * by `+` are a choice of which each recording takes what fits its language (choose-model.ts).
 */
export const RECOGNIZERS = ['auto', ...ENGLISH_MODELS, ...MULTILINGUAL_MODELS] as const;

/** At least one of the two. */
export interface RecognitionPlan {
  english: EnglishModel | undefined;
  multilingual: MultilingualModel | undefined;
}

/** Which ones stand in where nobody names others. */
export const ENGLISH_DEFAULT: EnglishModel = ENGLISH_MODELS[0];
export const MULTILINGUAL_DEFAULT: MultilingualModel = MULTILINGUAL_MODELS[0];

/** The choice that holds these models. */
export function joinChoice(models: readonly string[]): string {
  const joined = models.join('+');
  return joined === `${ENGLISH_DEFAULT}+${MULTILINGUAL_DEFAULT}` ? 'auto' : joined;
}

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
  const others = [...new Set(language === 'auto' || language === 'en' ? named : [language, ...named])];
  const plan = planModels(parseChoice(model), language, { others, translate });
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
  const nearest = language === 'yue' ? ' sensevoice-small does; else zh comes nearest to it.' : '';
  throw new HansardError(
    'invalid_usage',
    `${multilingual ?? english} does not know ${nameOfLanguage(language)}.${nearest}`,
  );
}

interface Recognizers {
  english: EnglishModel[];
  multilingual: MultilingualModel[];
}

/**
 * The models of a choice.
 * @param choice `auto`, or names joined by `+`
 * @throws HansardError `invalid_usage`
 */
export function parseChoice(choice: string): Recognizers {
  const names: readonly string[] = choice === 'auto' ? [ENGLISH_DEFAULT, MULTILINGUAL_DEFAULT] : choice.split('+');
  const english = ENGLISH_MODELS.filter(name => names.includes(name));
  const multilingual = MULTILINGUAL_MODELS.filter(name => names.includes(name));
  const unknown = names.find(name => !RECOGNIZERS.some(known => known === name));
  if (unknown === undefined && english.length + multilingual.length === names.length) return { english, multilingual };
  throw new HansardError(
    'invalid_usage',
    `${unknown ?? choice} is no speech recognition model. Known: ${RECOGNIZERS.join(', ')}.`,
  );
}

/** @param others languages that are named, without English */
function planModels(
  models: Recognizers,
  language: string,
  { others, translate }: { others: readonly string[]; translate: boolean },
): RecognitionPlan {
  const [english] = language === 'en' || language === 'auto' ? models.english : [];
  const needsOthers = !english || others.length > 0 || translate;
  if (language === 'en' && !needsOthers) return { english, multilingual: undefined };
  const findsOthers = language === 'auto';
  const chosen = chooseMultilingual(findAble(models.multilingual, { translate, findsOthers }), others, findsOthers);
  return { english, multilingual: chosen ?? (needsOthers ? MULTILINGUAL_DEFAULT : undefined) };
}

/** @throws HansardError `invalid_usage` where models are named and none of them can do it */
function findAble(
  models: readonly MultilingualModel[],
  { translate, findsOthers }: { translate: boolean; findsOthers: boolean },
): MultilingualModel[] {
  const translators = models.filter(name => !translate || TRANSLATORS.includes(name));
  const able = translators.filter(name => !findsOthers || !NEED_LANGUAGE.includes(name));
  if (able.length > 0 || models.length === 0) return able;
  const names = models.join(' and ');
  const obstacle =
    translators.length > 0
      ? `${names} cannot find out a language. Say with --language which one is spoken.`
      : `${names} cannot translate; ${TRANSLATORS[0]} can.`;
  throw new HansardError('invalid_usage', obstacle);
}

/** One that knows the languages that are named, and little else; where others are to be found out, one that knows most. */
function chooseMultilingual(
  models: readonly MultilingualModel[],
  named: readonly string[],
  findsOthers: boolean,
): MultilingualModel | undefined {
  const languagesOf = (name: MultilingualModel) => findModel(name).languages;
  const widest = models.toSorted((a, b) => languagesOf(b).length - languagesOf(a).length);
  const fitting = widest.filter(name => named.every(code => languagesOf(name).includes(code)));
  return (findsOthers ? fitting[0] : fitting.at(-1)) ?? widest[0];
}

/** Names of the models that recognise speech by this plan. */
export function recognizersOf({ english, multilingual }: RecognitionPlan): string[] {
  return [english, multilingual].filter(name => name !== undefined);
}

const supportingModels = ['silero-vad', 'segmentation-3.0', 'campplus'] as const;

/** All models that a transcription with these options needs; without options, those of the smallest choice. */
export function modelsForTranscription(
  options: RecognitionOptions = { model: ENGLISH_DEFAULT, language: 'auto' },
): string[] {
  return [...recognizersOf(planRecognition(options)), ...supportingModels];
}
