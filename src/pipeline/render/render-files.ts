/** All files of a meeting. */
import { z } from 'zod';
import { analyseMeeting } from '../analytics/analyse-meeting.ts';
import { speakerSplit } from '../recording-options.ts';
import { nameSpans } from '../stages/assign-speakers.ts';
import { buildTranslation } from '../stages/build-translation.ts';
import { cutSubtitles } from '../stages/cut-subtitles.ts';
import { mergeSpans } from '../stages/merge-speakers.ts';
import { splitSpans } from '../stages/split-speakers.ts';
import { chooseLineUp } from '../voices/choose-line-up.ts';
import { buildTalkStrip } from './build-talk-strip.ts';
import type { Minutes } from './minutes.ts';
import { outputName } from './output-name.ts';
import type { OwnTemplates } from './own-templates.ts';
import { renderActionsCsv, renderActionsIcs } from './render-actions.ts';
import { renderAnalyticsJson, renderMetaJson, renderSummaryJson, renderTranscriptJson } from './render-json.ts';
import { renderMinutesHtml } from './render-minutes-html.ts';
import { renderRttm } from './render-rttm.ts';
import { renderSrt, renderVtt } from './render-subtitles.ts';
import { renderTalkStrip } from './render-talk-strip.ts';
import { renderSummaryMd, renderTranscriptMd, renderTranscriptTxt } from './render-text.ts';
import { partsTemplate, showParts, summaryTemplateName } from './summary-template.ts';
import { loadTemplates, type Templates } from './templates.ts';

/** Files that not every meeting has: one left by an earlier run is out of date. */
export const OPTIONAL_FILES = ['actions.ics', 'translation.txt', 'translation.vtt', 'translation.srt'];

const shownOptions = z.looseObject({
  speakerMerges: z.record(z.string(), z.string()).optional(),
  speakerSplits: z.array(speakerSplit).optional(),
  summaryTemplate: summaryTemplateName.default('minutes'),
});

/** The sound beside minutes.html, for those who ask for it. */
export const AUDIO_FILE = 'audio.webm';

/**
 * File name → content. `actions.ics` only when an open, verified action item has a due date, `translation.*` only when
 * asked for.
 * @param audio where minutes.html finds the sound: a file beside it, or a data URL
 */
export function renderFiles(
  minutes: Minutes,
  templates: Templates & Partial<OwnTemplates> = loadTemplates(),
  audio?: string,
): Map<string, string> {
  const { transcription, diarization, transcript, summary, meta } = minutes;
  const { speakerMerges, speakerSplits, summaryTemplate } = shownOptions.parse(meta.options);
  const read = { ...minutes, summary: showParts(summary, partsTemplate(summaryTemplate)) };
  const summaryMd = templates.summaries?.get(summaryTemplate) ?? templates.summaryMd;
  const subtitles = cutSubtitles(transcript);
  const named = nameSpans(transcription.words, diarization.spans);
  const spans = mergeSpans(splitSpans(named, speakerSplits), speakerMerges);
  const analytics = analyseMeeting(transcript, spans);
  const strip = buildTalkStrip(transcript, spans, read.summary);
  const lineUp = chooseLineUp(transcript, transcription, diarization, { speakerMerges, speakerSplits });
  const calendar = renderActionsIcs(summary, meta);
  return new Map([
    ['minutes.html', renderMinutesHtml(read, templates, { strip, analytics, lineUp, audio })],
    ['summary.md', renderSummaryMd(read, { ...templates, summaryMd })],
    ['summary.json', renderSummaryJson(summary)],
    ['actions.csv', renderActionsCsv(summary, transcript)],
    ...(calendar === undefined ? [] : [['actions.ics', calendar] as const]),
    ['transcript.md', renderTranscriptMd(minutes, templates)],
    ['transcript.txt', renderTranscriptTxt(minutes, templates)],
    ['transcript.vtt', renderVtt(subtitles, transcript.speakers)],
    ['transcript.srt', renderSrt(subtitles)],
    ['transcript.json', renderTranscriptJson(transcript)],
    ['transcript.rttm', renderRttm(spans, outputName(meta.recording.fileName))],
    ['talk-strip.svg', renderTalkStrip(read, strip)],
    ['analytics.json', renderAnalyticsJson(analytics)],
    ...renderTranslation(minutes, templates),
    ['meta.json', renderMetaJson(meta)],
  ]);
}

/** The English version beside the original, where one was asked for. */
function renderTranslation(minutes: Minutes, templates: Templates): [name: string, content: string][] {
  const { translation } = minutes.transcription;
  if (!translation) return [];
  const transcript = buildTranslation(minutes.transcript, translation);
  const subtitles = cutSubtitles(transcript);
  return [
    ['translation.txt', renderTranscriptTxt({ ...minutes, transcript }, templates)],
    ['translation.vtt', renderVtt(subtitles, transcript.speakers)],
    ['translation.srt', renderSrt(subtitles)],
  ];
}
