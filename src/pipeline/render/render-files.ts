/** All files of a meeting. */
import { nameSpans } from '../stages/assign-speakers.ts';
import { cutSubtitles } from '../stages/cut-subtitles.ts';
import type { Minutes } from './minutes.ts';
import { outputName } from './output-name.ts';
import { renderActionsCsv, renderActionsIcs } from './render-actions.ts';
import { renderMetaJson, renderSummaryJson, renderTranscriptJson } from './render-json.ts';
import { renderMinutesHtml } from './render-minutes-html.ts';
import { renderRttm } from './render-rttm.ts';
import { renderSrt, renderVtt } from './render-subtitles.ts';
import { renderSummaryMd, renderTranscriptMd, renderTranscriptTxt } from './render-text.ts';
import { loadTemplates, type Templates } from './templates.ts';

/** Files that not every meeting has: one left by an earlier run is out of date. */
export const OPTIONAL_FILES = ['actions.ics'];

/** File name → content. `actions.ics` only when an open, verified action item has a due date. */
export function renderFiles(minutes: Minutes, templates: Templates = loadTemplates()): Map<string, string> {
  const { transcription, diarization, transcript, summary, meta } = minutes;
  const subtitles = cutSubtitles(transcript);
  const spans = nameSpans(transcription.words, diarization.spans);
  const calendar = renderActionsIcs(summary, meta);
  return new Map([
    ['minutes.html', renderMinutesHtml(minutes, templates)],
    ['summary.md', renderSummaryMd(minutes, templates)],
    ['summary.json', renderSummaryJson(summary)],
    ['actions.csv', renderActionsCsv(summary, transcript)],
    ...(calendar === undefined ? [] : [['actions.ics', calendar] as const]),
    ['transcript.md', renderTranscriptMd(minutes, templates)],
    ['transcript.txt', renderTranscriptTxt(minutes, templates)],
    ['transcript.vtt', renderVtt(subtitles, transcript.speakers)],
    ['transcript.srt', renderSrt(subtitles)],
    ['transcript.json', renderTranscriptJson(transcript)],
    ['transcript.rttm', renderRttm(spans, outputName(meta.recording.fileName))],
    ['meta.json', renderMetaJson(meta)],
  ]);
}
