/** Minutes of a real meeting, as a platform gets them. */
import fs from 'node:fs';
import path from 'node:path';
import type { PostedMinutes } from '../../src/bot/present/present-minutes.ts';
import { metaFileSchema, transcriptFileSchema } from '../../src/pipeline/files.ts';
import { summarySchema } from '../../src/pipeline/summary.ts';

const fixture = (name: string): unknown =>
  JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../fixtures/minutes', name), 'utf8'));

export const postedMinutes: PostedMinutes = {
  meetingId: '01a21bee-f48e-7734-9a9d-fc8590c186eb',
  summary: summarySchema.parse(fixture('summary.json')),
  transcript: transcriptFileSchema.parse(fixture('transcript.json')),
  meta: metaFileSchema.parse(fixture('meta.json')),
  consent: 'Everybody agreed.',
};
