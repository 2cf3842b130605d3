/** How hard a window is listened to: greedily first, by beam search where that was unsure, with drawn tokens where it failed. */
import type { DecoderBatch } from '../onnx/decoder-batch.ts';
import { mayBeLeaked, type TermPrompt } from './prompt-terms.ts';
import { type DecodedWindow, type SearchOptions, searchWindows, type WindowRequest } from './whisper-search.ts';
import { isDoubtful, isUnsure, meanLogProbability } from './window-guards.ts';

/** Second tries draw tokens, more and more freely (openai/whisper, transcribe.py); its beam has five texts too. */
const TRIES = [
  { temperature: 0, beams: 1, isTold: true },
  { temperature: 0, beams: 5, isTold: true },
  ...[0.2, 0.4, 0.6, 0.8].map(temperature => ({ temperature, beams: 1, isTold: false })),
] as const;

/**
 * Where two people speak at once a beam may leave out what one of them says, since that makes the rest likelier
 * (Murray and Chiang 2018, "Correcting Length Bias in Neural Machine Translation"): below this share of the greedy text's tokens
 * that one stays.
 */
const LEAST_LENGTH = 0.8;

export interface TryOptions extends Omit<SearchOptions, 'temperature' | 'beams' | 'prompt'> {
  /** What the model is told beforehand, until it says that instead of what it hears. */
  prompt: TermPrompt;
}

/** Decodes all windows of a batch, which is at its beginning, each as often as its text is in doubt. */
export async function decodeWindows(
  batch: DecoderBatch,
  requests: readonly WindowRequest[],
  options: TryOptions,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<DecodedWindow[]> {
  const heard = requests.map((): DecodedWindow[] => []);
  const isInDoubt = (window: DecodedWindow) => isDoubtful(window, textOf(window, options));
  const { terms, tokens } = options.prompt;
  const isLeaked = (window: DecodedWindow) => mayBeLeaked(textOf(window, options), window.noSpeech, terms);
  const search = (windows: readonly number[], how: Pick<SearchOptions, 'temperature' | 'beams' | 'prompt'>) => {
    const wanted = windows.map(window => requests[window]!);
    return searchWindows(batch, wanted, { ...options, ...how }, signal, pause);
  };
  let waiting = [...requests.keys()];
  for (const [index, { isTold, ...how }] of TRIES.entries()) {
    if (index > 0) batch.restart(waiting);
    const decoded = await search(waiting, { ...how, prompt: isTold ? tokens : [] });
    const leaked = isTold ? [...decoded.keys()].filter(at => isLeaked(decoded[at]!)) : [];
    if (leaked.length > 0) {
      const windows = leaked.map(at => waiting[at]!);
      batch.restart(windows);
      for (const [at, window] of (await search(windows, { ...how, prompt: [] })).entries())
        decoded[leaked[at]!] = window;
    }
    waiting = waiting.filter((window, at) => {
      const next = decoded[at]!;
      heard[window]!.push(next);
      return isInDoubt(next) || (index === 0 && isUnsure(next));
    });
    if (waiting.length === 0) break;
  }
  return heard.map(tries => choose(tries, isInDoubt));
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

function textOf({ tokens }: DecodedWindow, { vocabulary }: Pick<TryOptions, 'vocabulary'>): string {
  return new TextDecoder().decode(Uint8Array.from(tokens.flatMap(token => [...vocabulary.bytesOf(token)])));
}
