/** The first stage: the recording comes from where it was posted into the blob store. It runs in the bot. */
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { type BlobStore, blobKeys } from './blobs/blob-store.ts';
import { fetchJob, type StageJobResult } from './jobs.ts';
import { type Handler, handle, type JobContext } from './queue/run-stored.ts';

const sourceSchema = z.looseObject({ kind: z.string() });

/** Fetches recordings of one kind of source. */
export type Fetcher = (source: z.infer<typeof sourceSchema>, context: JobContext) => Promise<{ fileHash: string }>;

/** @param fetchers by the kind of their sources; `blob` is for what lies in the store already */
export function createFetchHandler(blobs: BlobStore, fetchers: Readonly<Record<string, Fetcher>>): Handler {
  return handle(fetchJob, async ({ inputs, options }, context): Promise<StageJobResult> => {
    const startedAt = performance.now();
    const source = sourceSchema.parse(options.source);
    const fetcher = fetchers[source.kind];
    if (source.kind !== 'blob' && !fetcher) throw new HansardError('invalid_job', `no fetcher for ${source.kind}`);
    const { fileHash } = fetcher ? await fetcher(source, context) : { fileHash: inputs.file ?? '' };
    const resultKey = blobKeys.source(fileHash);
    if (!(await blobs.stat(resultKey))) throw new HansardError('blob_missing', resultKey);
    return {
      resultKey,
      seconds: (performance.now() - startedAt) / 1000,
      cpuSeconds: 0,
      device: null,
      stored: !fetcher,
    };
  });
}
