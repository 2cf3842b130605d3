/** The worker's side of learning a voice: it listens, and gives the voice back encrypted. Neither sound nor voice stays. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { type BlobStore, blobKeys, download } from '../blobs/blob-store.ts';
import { learnVoiceJob } from '../jobs.ts';
import type { Span } from '../meeting.ts';
import { type Handler, handle } from '../queue/run-stored.ts';
import { openWorkFolder } from '../work-folder.ts';
import { sealLearned } from './carry-references.ts';
import { readVoiceKey } from './voice-key.ts';
import type { LearnedVoice } from './voice-vector.ts';

export interface VoiceTeacher {
  /** sha256 of the embedding model's weights. */
  model: string;
  /**
   * @param spans where the person speaks alone; null: the whole file is a sample of one person
   * @throws HansardError what decoding throws; `voice_too_quiet`, `voice_too_short`, `voice_mixed`, `voice_too_noisy`, `voice_too_long`
   */
  learn(
    file: string,
    spans: readonly Span[] | null,
    context: { workDir: string; signal: AbortSignal },
  ): Promise<LearnedVoice & { seconds: number }>;
}

/** @param options.voiceKeyFile the key is looked for when a job comes: `voice_key_missing` is its answer without */
export function createLearnHandler({
  teacher,
  blobs,
  workDir,
  voiceKeyFile,
}: {
  teacher: VoiceTeacher;
  blobs: BlobStore;
  workDir: string;
  voiceKeyFile: string;
}): Handler {
  return handle(learnVoiceJob, async ({ lessonId, fileHash, spans }, { signal }) => {
    const key = readVoiceKey(voiceKeyFile);
    const source = blobKeys.source(fileHash);
    if (!(await blobs.stat(source))) throw new HansardError('blob_missing', source);
    const work = await openWorkFolder(workDir);
    try {
      const file = path.join(work.path, 'source');
      await download(blobs, source, file, signal);
      const { seconds, ...voice } = await teacher.learn(file, spans, { workDir, signal });
      return { model: teacher.model, sealed: sealLearned(key, lessonId, voice), seconds };
    } finally {
      await work.remove();
    }
  });
}
