/** minutes.html: one file that asks for nothing from anywhere. */
import { createHash } from 'node:crypto';
import { buildView } from './build-view.ts';
import type { Minutes } from './minutes.ts';
import type { Templates } from './templates.ts';

/** Speakers beyond this share colours; names always stand beside. */
const VOICE_COLOURS = 8;

export function renderMinutesHtml(minutes: Minutes, templates: Templates): string {
  const { minutesCss: style, minutesJs: script } = templates;
  const view = buildView(minutes, text => text); // Handlebars escapes
  let left = 0;
  const speakers = view.speakers.map(speaker => {
    const [from, width] = [left, speaker.share * 100];
    left += width;
    return { ...speaker, colour: speaker.voice % VOICE_COLOURS, from: from.toFixed(2), width: width.toFixed(2) };
  });
  const turns = view.turns.map(turn => ({ ...turn, colour: turn.voice % VOICE_COLOURS }));
  // only this style and this script run, whatever else might get into the page
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const speakerCount = speakers.length;
  return templates.minutesHtml({
    ...view,
    speakers,
    turns,
    speakerCount,
    isSolo: speakerCount === 1,
    style,
    script,
    policy,
  });
}

function hashSource(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}
