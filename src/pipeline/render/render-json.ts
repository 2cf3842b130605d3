/** transcript.json, summary.json, analytics.json, meta.json: the forms published in schemas/. */
import {
  type AnalyticsFile,
  analyticsFileSchema,
  type MetaFile,
  metaFileSchema,
  type TranscriptFile,
} from '../files.ts';
import type { Transcript } from '../meeting.ts';
import { suggestionsFor } from '../minutes/suggest-names.ts';
import { type Summary, summarySchema } from '../summary.ts';
import { toSeconds } from './format-time.ts';

export function renderTranscriptJson(transcript: Transcript): string {
  const file: TranscriptFile = {
    schemaVersion: 1,
    language: transcript.language,
    durationSeconds: toSeconds(transcript.durationMs),
    speakers: transcript.speakers.map(({ id, label, user, speechMs, by }) => {
      const suggestions = suggestionsFor(id, transcript);
      return {
        ...{ id, label, seconds: toSeconds(speechMs) },
        ...(user && { user }),
        ...(by && { by }),
        ...(suggestions.length > 0 && { suggestions }),
      };
    }),
    turns: transcript.turns.map(({ id, speaker, startMs, endMs, text, overlap }) => ({
      id,
      speaker,
      start: toSeconds(startMs),
      end: toSeconds(endMs),
      text,
      overlap,
    })),
    words: transcript.turns.flatMap(({ words }) =>
      words.map(({ text, startMs, endMs, speaker, confidence, original }) => ({
        text,
        start: toSeconds(startMs),
        end: toSeconds(endMs),
        speaker,
        confidence: Math.round(confidence * 1000) / 1000,
        ...(original !== undefined && { original }),
      })),
    ),
  };
  return formatJson(file);
}

/** Parsed once more, so that nothing but the published fields is written. */
export function renderSummaryJson(summary: Summary): string {
  return `${JSON.stringify(summarySchema.parse(summary), null, 2)}\n`;
}

export function renderAnalyticsJson(analytics: AnalyticsFile): string {
  return formatJson(analyticsFileSchema.parse(analytics));
}

export function renderMetaJson(meta: MetaFile): string {
  return `${JSON.stringify(metaFileSchema.parse(meta), null, 2)}\n`;
}

/** One line per element of each list: small, and fit for reading and comparing. */
function formatJson(file: object): string {
  const fields = Object.entries(file).map(([key, value]) => {
    if (!Array.isArray(value) || value.length === 0) return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const rows = value.map(row => `    ${JSON.stringify(row)}`).join(',\n');
    return `  ${JSON.stringify(key)}: [\n${rows}\n  ]`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
