/** transcript.md, transcript.txt, summary.md. */
import { buildView } from './build-view.ts';
import type { Minutes } from './minutes.ts';
import type { Templates } from './templates.ts';

export function renderTranscriptMd(minutes: Minutes, templates: Templates): string {
  return templates.transcriptMd(buildView(minutes, escapeMarkdown));
}

export function renderTranscriptTxt(minutes: Minutes, templates: Templates): string {
  return templates.transcriptTxt(buildView(minutes, text => text));
}

export function renderSummaryMd(minutes: Minutes, templates: Templates): string {
  return templates.summaryMd(buildView(minutes, escapeMarkdown));
}

/**
 * Text that Markdown shows as it is: no markup, HTML, link or list, and no mention when it is pasted into a chat.
 * Bare addresses are broken too: a link that a model made up must not be one click away.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*[\]<>|~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|&(?=#|\w+;)/gu, '\\$&')
    .replace(/^(?:[-+=#]|\d+[.)])/u, mark => `${mark.slice(0, -1)}\\${mark.slice(-1)}`)
    .replace(/:(?=\/\/)|(?<=\bwww)\./giu, '\\$&')
    .replace(/@(?=\S)/gu, '@\u{2060}');
}
