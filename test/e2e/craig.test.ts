/** A ZIP of Craig made of the sample recording, through the program: who said what is in the ZIP. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { transcriptFileSchema } from '../../src/pipeline/files.ts';
import { missing } from '../builders/decoded-audio.ts';
import { createProgram, parseReports } from '../builders/program.ts';
import { cutTracks, ffmpeg, userId, writeCraigZip } from '../builders/speaker-tracks.ts';

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'standup.webm');
const skip = missing(['silero-vad', 'moonshine-base'], []);
const turns = [
  { speaker: 'maya', start: 0.8, end: 6.9 },
  { speaker: 'kenji', start: 7.5, end: 15.8 },
  { speaker: 'maya', start: 24.4, end: 26.9 },
];

test('a ZIP of Craig becomes minutes with names, overlap and chapters', { skip }, async t => {
  const program = createProgram(t);
  const short = path.join(program.folder, 'short.flac');
  ffmpeg('-i', sample, '-t', '28', '-ar', '16000', short);
  // kenji begins four seconds before maya has finished
  const early = cutTracks(short, turns, program.folder, { maya: 4.5 });
  const zip = path.join(program.folder, 'craig.zip');
  writeCraigZip(zip, early, { notes: ['00:00:07.00: the firmware'] });
  const finished = await program.run(['transcribe', zip, '--out', program.outDir, '--json']);
  assert.equal(finished.status, 0, finished.stderr);
  const [report] = parseReports(finished.stdout);
  assert.deepEqual([report?.speakers, report?.warnings], [2, []]);
  const read = (name: string) => fs.readFileSync(path.join(program.outDir, 'craig', name), 'utf8');
  const { speakers, turns: said } = transcriptFileSchema.parse(JSON.parse(read('transcript.json')));
  assert.deepEqual(
    speakers.map(({ label, user }) => [label, user?.id]),
    [
      ['maya', userId(0)],
      ['kenji', userId(1)],
    ],
  );
  const textOf = (id: string) => said.filter(({ speaker }) => speaker === id).map(({ text }) => text);
  assert.match(textOf('SPEAKER_00').join(' '), /sixteenth|16th/);
  assert.match(textOf('SPEAKER_01').join(' '), /login fix.*units passed/);
  assert.ok(said.filter(({ overlap }) => overlap).length >= 2);
  assert.match(read('summary.md'), /## Chapters\n\n- \\\[00:07\\\] the firmware/);
  assert.match(
    read('minutes.html'),
    /<h2 id="chapters">Chapters<\/h2>\n<ul>\n<li><a class="time" href="#T\d+">\[00:07\]<\/a> the firmware/,
  );
  assert.match(read('meta.json'), /"title": "kenji"/);
});
