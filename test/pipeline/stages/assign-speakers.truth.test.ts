/** True words and true voices of whole meetings: how many words get the wrong speaker. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { assignVoices } from '../../../src/pipeline/stages/assign-voices.ts';
import { missing, testdataDir } from '../../builders/decoded-audio.ts';

const truth = z.object({
  segments: z.array(z.object({ speaker: z.string(), words: z.array(z.tuple([z.string(), z.number(), z.number()])) })),
});

/** Percent. What is left are words that two people say at the same time. */
const limits = { standup: 0.5, planning: 0.7, interview: 6.5, 'music-intro': 0.1 };

for (const [name, percent] of Object.entries(limits)) {
  const skip = missing([], [`meetings/${name}.truth.json`]);
  test(`at most ${percent} % of the words of ${name} get a wrong speaker`, { skip }, () => {
    const { segments } = truth.parse(JSON.parse(read(`${name}.truth.json`)));
    const names = [...new Set(segments.map(segment => segment.speaker))];
    const words = segments
      .flatMap(({ speaker, words: said }) => said.map(([text, start, end]) => toWord(text, start, end, speaker)))
      .toSorted((a, b) => a.startMs - b.startMs);
    const voices = assignVoices(words, readSpans(`${name}.rttm`, names));
    const wrong = words.filter((word, index) => names[voices[index]!] !== word.truth).length;
    assert.ok((100 * wrong) / words.length <= percent, `${wrong} of ${words.length}`);
  });
}

function toWord(text: string, start: number, end: number, speaker: string) {
  return { text, startMs: start * 1000, endMs: end * 1000, confidence: 1, truth: speaker };
}

function readSpans(file: string, names: string[]) {
  return read(file)
    .trim()
    .split('\n')
    .map(line => {
      const [, , , start, length, , , speaker] = line.split(' ');
      const startMs = Number(start) * 1000;
      return { speaker: names.indexOf(speaker ?? ''), startMs, endMs: startMs + Number(length) * 1000 };
    });
}

function read(file: string): string {
  return fs.readFileSync(path.join(testdataDir, 'meetings', file), 'utf8');
}
