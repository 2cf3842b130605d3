/** transcript.vtt (WebVTT, W3C) and transcript.srt (SubRip). */
import type { Speaker } from '../meeting.ts';
import type { Subtitle } from '../stages/cut-subtitles.ts';
import { cleanLabel, cleanText } from './clean-text.ts';
import { formatTimestamp } from './format-time.ts';

/** Each cue names its speaker in a voice tag, which players can style. */
export function renderVtt(subtitles: readonly Subtitle[], speakers: readonly Speaker[]): string {
  const labels = new Map(speakers.map(speaker => [speaker.id, escapeVtt(cleanLabel(speaker))]));
  const cues = subtitles.map(({ startMs, endMs, speaker, lines }, index) => {
    const times = `${formatTimestamp(startMs, '.')} --> ${formatTimestamp(endMs, '.')}`;
    return `\n${index + 1}\n${times}\n<v ${labels.get(speaker) ?? speaker}>${lines.map(escapeVtt).join('\n')}</v>\n`;
  });
  return `WEBVTT\n${cues.join('')}`;
}

/** SubRip knows no speakers: the name stands before the text where the speaker changes. */
export function renderSrt(subtitles: readonly Subtitle[]): string {
  const cues = subtitles.map(({ startMs, endMs, label, lines }, index) => {
    const times = `${formatTimestamp(startMs, ',')} --> ${formatTimestamp(endMs, ',')}`;
    const text = lines.map(escapeSrt).join('\n');
    return `${index + 1}\n${times}\n${label === null ? '' : `${escapeSrt(label)}: `}${text}\n`;
  });
  return cues.join('\n');
}

/** An arrow would read as a new cue's times, so it is made one character. */
function escapeVtt(text: string): string {
  const escaped = cleanText(text).replaceAll('-->', '→').replaceAll('&', '&amp;');
  return escaped.replaceAll('<', '&lt;').replaceAll('>', '&gt;') || ' ';
}

/** SubRip has no escapes and players read `<` and `{\` as formatting, so look-alikes stand for them. */
function escapeSrt(text: string): string {
  return (
    cleanText(text).replaceAll('-->', '→').replaceAll('<', '‹').replaceAll('>', '›').replaceAll('{\\', '{ ') || ' '
  );
}
