/** A few seconds of each voice that has no name yet, so that people can tell who it is. */
import path from 'node:path';
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import { type BlobStore, blobKeys, download } from '../pipeline/blobs/blob-store.ts';
import type { Span } from '../pipeline/meeting.ts';
import { speakerSplit } from '../pipeline/recording-options.ts';
import { formatClock } from '../pipeline/render/format-time.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import { isUnnamed } from '../pipeline/tracks.ts';
import { chooseLineUp } from '../pipeline/voices/choose-line-up.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';
import type { MinutesReader } from './read-minutes.ts';

export interface VoiceClip {
  /** `SPEAKER_01 at 03-12.ogg` */
  name: string;
  content: Buffer;
}

/** Cuts a stretch of decoded sound into a small file that chats play, at `target`, which ends with `.ogg`. */
export type CutClip = (wavPath: string, span: Span, target: string, signal: AbortSignal) => Promise<Buffer>;

export interface ClipOptions {
  minutes: MinutesReader;
  blobs: BlobStore;
  workDir: string;
  cutClip: CutClip;
}

/** More would be a wall of files. */
const MOST_CLIPS = 12;
/** The decoded sound of a long meeting may have to come from far. */
const MOST_MS = 60_000;

const changesSchema = z.looseObject({
  speakerMerges: z.record(z.string(), z.string()).optional().catch(undefined),
  speakerSplits: z.array(speakerSplit).optional().catch(undefined),
});

/**
 * Nothing for speakers that have a name.
 * @throws HansardError `blob_missing` when the recording is no longer kept
 */
export async function cutVoiceClips(
  { id: meetingId, options }: Pick<Meeting, 'id' | 'options'>,
  { minutes, blobs, workDir, cutClip }: ClipOptions,
): Promise<VoiceClip[]> {
  const [transcript, { audioHash }, { transcription, diarization }] = await Promise.all([
    minutes.transcript(meetingId),
    minutes.decoded(meetingId),
    minutes.heard(meetingId),
  ]);
  const unknown = new Set(transcript.speakers.filter(isUnnamed).map(({ id }) => id));
  const { speakerMerges, speakerSplits } = changesSchema.parse(options);
  const clips = chooseLineUp(transcript, transcription, diarization, { speakerMerges, speakerSplits })
    .filter(({ speaker }) => unknown.has(speaker))
    .slice(0, MOST_CLIPS);
  if (clips.length === 0) return [];
  const key = blobKeys.audio(audioHash);
  if (!(await blobs.stat(key))) throw new HansardError('blob_missing', key);
  const signal = AbortSignal.timeout(MOST_MS);
  const work = await openWorkFolder(workDir);
  try {
    const wavPath = path.join(work.path, 'audio.wav');
    await download(blobs, key, wavPath, signal);
    const made: VoiceClip[] = [];
    for (const { speaker, ...clip } of clips) {
      const name = `${speaker} at ${formatClock(clip.startMs).replaceAll(':', '-')}.ogg`;
      made.push({ name, content: await cutClip(wavPath, clip, path.join(work.path, `${speaker}.ogg`), signal) });
    }
    return made;
  } finally {
    await work.remove();
  }
}
