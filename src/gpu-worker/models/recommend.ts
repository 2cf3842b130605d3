/** Which recognisers fit a machine, and why. `choose-model.ts` follows it, `hansard models recommend` prints it. */
import type { MachineFacts } from '../examine-machine.ts';
import { findModel } from './catalogue.ts';
import {
  ENGLISH_DEFAULT,
  type EnglishModel,
  joinChoice,
  MULTILINGUAL_DEFAULT,
  type MultilingualModel,
} from './plan-recognition.ts';

/** What a model is for. */
export type Purpose = 'english' | 'east-asian' | 'others';

export interface RecognizerAdvice {
  purpose: Purpose;
  model: EnglishModel | MultilingualModel;
  /** Sentences: what speaks for it, and what keeps the machine from better ones. */
  why: string;
}

interface Candidate {
  model: EnglishModel | MultilingualModel;
  strength: string;
  /** Memory of a GPU, as GPUs are sold. */
  gpuBytes?: number;
  /** Cores with VNNI: fewer, or others, would take longer than people wait. */
  cores?: number;
}

/** Open ASR Leaderboard, March 2026: AMI 11.2 % words wrong, Moonshine base 17.5 %. */
const FEWER_ERRORS = 'A third fewer errors in meetings than Moonshine, by a public comparison';

/** Best first; the last one is for every machine. */
const candidates: Record<Purpose, readonly Candidate[]> = {
  english: [
    { model: 'parakeet-tdt-0.6b-v2-fp32', strength: FEWER_ERRORS, gpuBytes: 6e9 },
    { model: 'parakeet-tdt-0.6b-v2', strength: FEWER_ERRORS, cores: 8 },
    { model: ENGLISH_DEFAULT, strength: 'The most accurate of the fast ones' },
    { model: 'moonshine-tiny', strength: 'The smallest' },
  ],
  'east-asian': [
    { model: 'sensevoice-small-fp32', strength: 'Made for these languages', gpuBytes: 4e9 },
    { model: 'sensevoice-small', strength: 'Made for these languages' },
    { model: MULTILINGUAL_DEFAULT, strength: 'Knows them all but Cantonese' },
  ],
  others: [
    { model: 'whisper-large-v3-turbo', strength: 'The fewest errors in 100 languages', cores: 16 },
    { model: 'whisper-small', strength: 'Fewer errors in 99 languages than the base size', cores: 8 },
    { model: MULTILINGUAL_DEFAULT, strength: 'Knows 99 languages' },
  ],
};

const UNTRIED = 'Its weights were never run where Hansard is made, its licence and hash are in the catalogue';

const UNFIT = 'to hear a known recording as it should, and did not';

const purposes: readonly Purpose[] = ['english', 'east-asian', 'others'];

/** The rest is for the other models, for sound, and for everybody else. */
const MEMORY_SHARE = 0.7;

/**
 * @param here models that need no room any more
 * @param unfit those of them that did not hear as they should
 */
export function recommendRecognizers(
  machine: MachineFacts,
  here: ReadonlySet<string>,
  unfit: ReadonlySet<string> = new Set(),
): RecognizerAdvice[] {
  return purposes.map(purpose => {
    const misses: string[] = [];
    const own = candidates[purpose];
    const chosen = own.find((candidate, index) => {
      const missing = unfit.has(candidate.model) ? UNFIT : findMissing(candidate, machine, here);
      if (missing !== undefined) misses.push(`${candidate.model} would need ${missing}`);
      return missing === undefined || index === own.length - 1;
    });
    if (!chosen) throw new TypeError(`no model for ${purpose}`);
    const untried = findModel(chosen.model).isUntried ? [UNTRIED] : [];
    return { purpose, model: chosen.model, why: [chosen.strength, ...untried, ...misses].join('. ').concat('.') };
  });
}

/** The choice where nobody names a model: what is recommended, as far as it is here; English is fetched where nothing is. */
export function chooseRecognizers(
  machine: MachineFacts,
  here: ReadonlySet<string>,
  unfit: ReadonlySet<string> = new Set(),
): string {
  const usable = recommendRecognizers(machine, here, unfit).filter(({ model }) => here.has(model));
  const modelFor = (purpose: Purpose) => usable.find(advice => advice.purpose === purpose)?.model;
  const fallback = here.has(MULTILINGUAL_DEFAULT) ? MULTILINGUAL_DEFAULT : undefined;
  const models = [modelFor('english') ?? ENGLISH_DEFAULT, modelFor('others') ?? fallback, modelFor('east-asian')];
  return joinChoice([...new Set(models.filter(name => name !== undefined))]);
}

/** "8 cores with VNNI; there are 2", or undefined where nothing is missing. */
function findMissing(
  { model, gpuBytes = 0, cores = 0 }: Candidate,
  machine: MachineFacts,
  here: ReadonlySet<string>,
): string | undefined {
  const { memoryBytes, files } = findModel(model);
  if (machine.gpuBytes < gpuBytes) {
    const own = machine.gpuBytes === 0 ? 'there is none that can be used' : `it has ${gigabytes(machine.gpuBytes)}`;
    return `a GPU with ${gigabytes(gpuBytes)}; ${own}`;
  }
  if (cores > 0 && machine.device !== 'cpu') return `to run on the processor; the models here run on ${machine.device}`;
  if (cores > 0 && (machine.cores < cores || !machine.hasVnni))
    return `${cores} cores with VNNI; there are ${machine.cores}${machine.hasVnni ? '' : ' without'}`;
  const needed = memoryBytes * machine.processes;
  if (needed > machine.memoryBytes * MEMORY_SHARE) {
    const processes = machine.processes === 1 ? '' : ` for ${machine.processes} processes`;
    return `${gigabytes(needed / MEMORY_SHARE)} of free memory${processes}; there are ${gigabytes(machine.memoryBytes)}`;
  }
  const bytes = here.has(model) ? 0 : files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > machine.freeDiskBytes)
    return `${gigabytes(bytes)} of disk; there are ${gigabytes(machine.freeDiskBytes)}`;
  return undefined;
}

/** "6.4 GB", decimal. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
