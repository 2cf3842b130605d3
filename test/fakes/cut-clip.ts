/** Clips of the sound that the fake stages leave, which is none. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { CutClip } from '../../src/bot/cut-voice-clips.ts';

export const fakeCutClip: CutClip = async (wavPath, { startMs, endMs }) => {
  assert.ok(fs.existsSync(wavPath), 'the sound is there');
  return Buffer.from(`OggS from ${startMs} to ${endMs}`);
};
