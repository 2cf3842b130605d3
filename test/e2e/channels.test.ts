/** A call with one speaker per channel, both at once, through the program. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { transcriptFileSchema } from '../../src/pipeline/files.ts';
import { missing, testdataDir } from '../builders/decoded-audio.ts';
import { createProgram } from '../builders/program.ts';

const recording = 'misc/stereo_diarization.wav';
const skip = missing(['silero-vad', 'moonshine-base'], [recording]);

test('each channel of a call says its own words, though both speak at once', { skip }, async t => {
  const program = createProgram(t);
  const finished = await program.run(['transcribe', path.join(testdataDir, recording), '--out', program.outDir]);
  assert.equal(finished.status, 0, finished.stderr);
  const file = path.join(program.outDir, 'stereo_diarization', 'transcript.json');
  const { speakers, turns } = transcriptFileSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  const said = speakers.map(({ id, label }) => [
    label,
    turns.filter(turn => turn.speaker === id).map(turn => turn.text),
  ]);
  assert.deepEqual(said, [
    [
      'Left channel',
      ['He began a confused complaint against the wizard, who had vanished behind the curtain on the left.'],
    ],
    ['Right channel', ['The horizon seems extremely distant.']],
  ]);
});
