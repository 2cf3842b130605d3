/** Reads what the stages of a meeting left: for questions, dialogs and corrections. */

import type { z } from 'zod';
import { HansardError } from '../errors.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import { type DecodedRecording, decodedSchema } from '../pipeline/decoded.ts';
import { type MetaFile, metaFileSchema, type TranscriptFile, transcriptFileSchema } from '../pipeline/files.ts';
import type { Diarization, Transcript, Transcription } from '../pipeline/meeting.ts';
import type { StageName } from '../pipeline/moves.ts';
import { createResultStore } from '../pipeline/results/result-store.ts';
import { findOutcome } from '../pipeline/run-stage.ts';
import { diarizationSchema, renderedSchema, transcriptionSchema, transcriptSchema } from '../pipeline/stage-results.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { type SpeakerName, type Summary, type SummaryItem, summarySchema } from '../pipeline/summary.ts';
import { voicesOfTracks } from '../pipeline/tracks.ts';

/** All throw HansardError `blob_missing` when it is no longer kept, or not there yet. */
export interface MinutesReader {
  decoded(meetingId: string): Promise<DecodedRecording>;
  transcript(meetingId: string): Promise<Transcript>;
  /** Words and voices, before anybody was named. */
  heard(meetingId: string): Promise<{ transcription: Transcription; diarization: Diarization }>;
  /** As people see it, with what they changed. */
  minutes(meetingId: string): Promise<{ summary: Summary; transcript: TranscriptFile; meta: MetaFile }>;
  /** Names for its speakers that a language model read in the words; none until the summary is there. */
  namesRead(meetingId: string): Promise<readonly SpeakerName[]>;
  /** The words of an item before anybody changed them. */
  originalText(meetingId: string, item: SummaryItem): Promise<string>;
}

export function createMinutesReader(store: Store, blobs: BlobStore): MinutesReader {
  const results = createResultStore(blobs);
  const find = async <T>(meetingId: string, stage: StageName, schema: z.ZodType<T>) => {
    const key = store.stages.get(meetingId, stage).resultKey ?? '';
    return key === '' ? undefined : await findOutcome(results, key, schema);
  };
  const read = async <T>(meetingId: string, stage: StageName, schema: z.ZodType<T>): Promise<T> => {
    const outcome = await find(meetingId, stage, schema);
    if (!outcome) throw new HansardError('blob_missing', `the result of ${stage} of meeting ${meetingId}`);
    return outcome.result;
  };
  return {
    decoded: meetingId => read(meetingId, 'decode', decodedSchema),
    transcript: meetingId => read(meetingId, 'assign', transcriptSchema),
    async heard(meetingId) {
      const transcription = await read(meetingId, 'transcribe', transcriptionSchema);
      const told = await read(meetingId, 'diarize', diarizationSchema);
      const { tracks } = await read(meetingId, 'decode', decodedSchema);
      return { transcription, diarization: tracks ? voicesOfTracks(transcription) : told };
    },
    async minutes(meetingId) {
      const { files } = await read(meetingId, 'render', renderedSchema);
      const parse = <T>(name: string, schema: z.ZodType<T>): T => schema.parse(JSON.parse(files[name] ?? 'null'));
      return {
        summary: parse('summary.json', summarySchema),
        transcript: parse('transcript.json', transcriptFileSchema),
        meta: parse('meta.json', metaFileSchema),
      };
    },
    async namesRead(meetingId) {
      return (await find(meetingId, 'summarize', summarySchema))?.result.speakerNames ?? [];
    },
    async originalText(meetingId, { id, text }) {
      const summary = await read(meetingId, 'summarize', summarySchema);
      const items = [...summary.decisions, ...summary.actionItems, ...summary.questions, ...summary.numbers];
      return items.find(one => one.id === id)?.text ?? text;
    },
  };
}
