/**
 * How hard a window is listened to: greedily first, by beam search where that was unsure, with drawn tokens where it failed; and
 * once more with the terms of the glossary in mind where one of them may have been said.
 */
import type { DecoderBatch } from '../onnx/decoder-batch.ts';
import { buildTermPrompt, isBetterTold, suspectTerms } from './prompt-terms.ts';
import { type DecodedWindow, type SearchOptions, searchWindows, type WindowRequest } from './whisper-search.ts';
import { isDoubtful, isUnsure, meanLogProbability } from './window-guards.ts';

type Manner = Pick<SearchOptions, 'temperature' | 'beams' | 'marks'>;

const GREEDY: Manner = { temperature: 0, beams: 1, marks: true };
/**
 * Three or four texts find as much as the five of openai/whisper, for two thirds of the time. In English, where several people speak at
 * once, more texts lose words; in other languages four find more than three (bench/RESULTS.md).
 */
const beamFor = (language: string): Manner => ({ temperature: 0, beams: language === 'en' ? 3 : 4, marks: false });
/** Later tries draw tokens, more and more freely, as transcribe.py of openai/whisper does. */
const TRIES: readonly ((language: string) => Manner)[] = [
  () => GREEDY,
  beamFor,
  ...[0.2, 0.4, 0.6, 0.8].map(temperature => () => ({ temperature, beams: 1, marks: false })),
];

/**
 * Where two people speak at once a beam may leave out what one of them says, since that makes the rest likelier
 * (Murray and Chiang 2018, "Correcting Length Bias in Neural Machine Translation"): below this share of the greedy text's tokens
 * that one stays.
 */
const LEAST_LENGTH = 0.8;

export interface TryOptions extends Omit<SearchOptions, 'temperature' | 'beams' | 'marks' | 'prompt'> {
  /** Of the glossary, the likeliest first. */
  terms: readonly string[];
}

/** Decodes all windows of a batch, which is at its beginning, each as often as its text is in doubt. */
export async function decodeWindows(
  batch: DecoderBatch,
  requests: readonly WindowRequest[],
  { terms, ...options }: TryOptions,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<DecodedWindow[]> {
  const heard = requests.map((): DecodedWindow[] => []);
  const textOf = (window: DecodedWindow) => decodeText(window, options);
  const isInDoubt = (window: DecodedWindow) => isDoubtful(window, textOf(window));
  const search = (windows: readonly number[], how: Manner, prompt: readonly number[] = []) => {
    const wanted = windows.map(window => requests[window]!);
    return searchWindows(batch, wanted, { ...options, ...how, prompt }, signal, pause);
  };
  let waiting = [...requests.keys()];
  for (const [index, mannerFor] of TRIES.entries()) {
    const manners = waiting.map(window => mannerFor(heard[window]![0]?.language ?? ''));
    for (const beams of new Set(manners.map(manner => manner.beams))) {
      const own = waiting.filter((_, at) => manners[at]!.beams === beams);
      if (index > 0) batch.restart(own);
      const decoded = await search(own, manners.find(manner => manner.beams === beams)!);
      for (const [at, window] of own.entries()) heard[window]!.push(decoded[at]!);
    }
    waiting = waiting.filter(window => {
      const last = heard[window]!.at(-1)!;
      return isInDoubt(last) || (index === 0 && isUnsure(last));
    });
    if (waiting.length === 0) break;
  }
  const settled = heard.map(tries => choose(tries, isInDoubt));

  const suspected = settled.map(window => suspectTerms(textOf(window), terms));
  const windows = [...suspected.keys()].filter(window => suspected[window]!.length > 0);
  if (windows.length === 0) return settled;
  const named = [...new Set(suspected.flat())];
  batch.restart(windows);
  const told = await search(windows, GREEDY, buildTermPrompt(named, options.vocabulary));
  const describe = (window: DecodedWindow) => ({ ...window, text: textOf(window) });
  for (const [at, window] of windows.entries())
    if (isBetterTold(describe(told[at]!), describe(settled[window]!), named)) settled[window] = told[at]!;
  return settled;
}

/** The last try if it convinces, else the one of which the model is surest. */
function choose(tries: readonly DecodedWindow[], isInDoubt: (window: DecodedWindow) => boolean): DecodedWindow {
  const [greedy, byBeam] = tries;
  const last = tries.at(-1)!;
  if (!isInDoubt(last)) {
    const isCut = last === byBeam && last.tokens.length < LEAST_LENGTH * greedy!.tokens.length;
    return isCut && !isInDoubt(greedy!) ? greedy! : last;
  }
  const unlooped = tries.filter(({ looped }) => !looped);
  return (unlooped.length > 0 ? unlooped : tries).reduce((best, next) =>
    meanLogProbability(next) > meanLogProbability(best) ? next : best,
  );
}

function decodeText({ tokens }: DecodedWindow, { vocabulary }: Pick<TryOptions, 'vocabulary'>): string {
  return new TextDecoder().decode(Uint8Array.from(tokens.flatMap(token => [...vocabulary.bytesOf(token)])));
}
