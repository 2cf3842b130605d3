/** For whoever can do without a result that is no longer kept, or not there yet. */
import { HansardError } from '../../errors.ts';

/** @returns undefined where `read` throws HansardError `blob_missing`; throws whatever else it throws */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HansardError) || error.code !== 'blob_missing') throw error;
    return undefined;
  }
}
