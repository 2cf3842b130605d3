/** Which stages need no work, since their result is stored: the same recording costs nothing twice. */
import type { z } from 'zod';
import { type BlobStore, blobKeys } from '../blobs/blob-store.ts';
import { decodedSchema } from '../decoded.ts';
import { isSoundKept } from '../decoded-sound.ts';
import type { StagePayload } from '../jobs.ts';
import type { StageName } from '../moves.ts';
import { type ResultStore, type StageIdentity, stageKey } from '../results/result-store.ts';
import { findOutcome } from '../run-stage.ts';
import { identityOf, stageOptions, type Versions } from '../stage-inputs.ts';
import { diarizationSchema, renderedSchema, transcriptionSchema, transcriptSchema } from '../stage-results.ts';
import { summarySchema } from '../summary.ts';

interface Stored {
  resultKey: string;
  seconds: number;
}

export interface FindStoredParts {
  blobs: BlobStore;
  results: ResultStore;
  versions: Versions;
  /** Somebody will listen to it, although words and voices are stored. */
  needsSound?: boolean;
}

/** undefined: it has to be computed (or sent, which is never stored). */
export async function findStored(
  name: StageName,
  { resultKey, inputs, options }: StagePayload,
  { blobs, results, versions, needsSound = false }: FindStoredParts,
): Promise<Stored | undefined> {
  const find = async <T>(key: string, schema: z.ZodType<T>): Promise<Stored | undefined> => {
    const outcome = await findOutcome(results, key, schema);
    return outcome && { resultKey: key, seconds: outcome.seconds };
  };
  const findAs = <T>(identity: StageIdentity, schema: z.ZodType<T>) => find(stageKey(identity), schema);
  switch (name) {
    case 'fetch': {
      const key = blobKeys.source(inputs.file ?? '');
      return inputs.file && (await blobs.stat(key)) ? { resultKey: key, seconds: 0 } : undefined;
    }
    case 'decode': {
      const decoded = await findOutcome(results, resultKey, decodedSchema);
      if (!decoded) return undefined;
      const { audioHash } = decoded.result;
      const listened = async () => {
        const parsed = stageOptions.parse(options);
        const own = { audio: audioHash };
        const words = await findAs(identityOf('transcribe', versions, own, parsed), transcriptionSchema);
        return words && (await findAs(identityOf('diarize', versions, own, parsed), diarizationSchema));
      };
      // the sound is temporary; nobody misses it when words and voices are there
      const canBeMade = needsSound && inputs.file !== undefined && (await blobs.stat(blobKeys.source(inputs.file)));
      const isEnough = (await isSoundKept(blobs, decoded.result)) || (!canBeMade && (await listened()));
      return isEnough ? { resultKey, seconds: decoded.seconds } : undefined;
    }
    case 'transcribe':
      return await find(resultKey, transcriptionSchema);
    case 'diarize': {
      const isCompared = stageOptions.parse(options).voices !== undefined;
      if (isCompared && (await blobs.stat(blobKeys.audio(inputs.audio ?? '')))) return undefined;
      return await find(resultKey, diarizationSchema);
    }
    case 'assign':
      return await find(resultKey, transcriptSchema);
    case 'summarize': {
      const stored = await find(resultKey, summarySchema);
      const parsed = stageOptions.parse(options);
      if (stored || parsed.summarizer !== 'auto') return stored;
      const byRules = identityOf('summarize', versions, inputs, { ...parsed, summarizer: 'extractive' });
      return await findAs(byRules, summarySchema);
    }
    case 'render':
      return await find(resultKey, renderedSchema);
    case 'deliver':
      return undefined;
  }
}
