/** Strict readers of subtitle files: whatever a player could stumble over throws. */
import assert from 'node:assert/strict';

export interface Cue {
  startMs: number;
  endMs: number;
  speaker: string | null;
  lines: string[];
}

/** WebVTT as we write it: header, numbered cues, one voice tag around the text, no other markup. */
export function parseVtt(file: string): Cue[] {
  const [header, ...blocks] = splitBlocks(file);
  assert.equal(header, 'WEBVTT');
  return blocks.map((block, index) => {
    const { times, text } = splitCue(block, index, '.');
    const voice = /^<v ([^<>\n]+)>([^<>]*)<\/v>$/.exec(text);
    assert.ok(voice, `one voice tag: ${text}`);
    for (const field of voice.slice(1)) assert.doesNotMatch(field, /&(?!amp;|lt;|gt;)/);
    return { ...times, speaker: unescapeVtt(voice[1]!), lines: unescapeVtt(voice[2]!).split('\n') };
  });
}

export function parseSrt(file: string): Cue[] {
  return splitBlocks(file).map((block, index) => {
    const { times, text } = splitCue(block, index, ',');
    assert.doesNotMatch(text, /<|>|\{\\/);
    return { ...times, speaker: null, lines: text.split('\n') };
  });
}

function splitBlocks(file: string): string[] {
  assert.ok(!file.includes('\r') && !file.includes('\0'));
  return file === '' ? [] : file.replace(/\n$/, '').split('\n\n');
}

function splitCue(block: string, index: number, separator: '.' | ',') {
  const [number, timing, ...lines] = block.split('\n');
  assert.equal(number, String(index + 1));
  const stamp = String.raw`(\d{2,}):([0-5]\d):([0-5]\d)[${separator}](\d{3})`;
  const found = new RegExp(`^${stamp} --> ${stamp}$`).exec(timing ?? '');
  assert.ok(found, `times: ${timing}`);
  assert.ok(lines.length > 0 && lines.every(line => line !== '' && !line.includes('-->')), block);
  const [startMs, endMs] = [toMs(found.slice(1, 5)), toMs(found.slice(5, 9))];
  assert.ok(endMs > startMs, timing);
  return { times: { startMs, endMs }, text: lines.join('\n') };
}

function toMs(parts: string[]): number {
  const [hours, minutes, seconds, milliseconds] = parts.map(Number);
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000 + milliseconds!;
}

function unescapeVtt(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
