/** A store on a real file, and meetings in it, so that a test states only what matters. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Turn } from '../../src/pipeline/meeting.ts';
import type { Meeting, NewMeeting } from '../../src/pipeline/store/meetings.ts';
import { openStore, type Store } from '../../src/pipeline/store/open-store.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hansard-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function temporaryStore(t: TestContext): { store: Store; file: string } {
  const file = path.join(temporaryFolder(t), 'hansard.db');
  const store = openStore(file);
  t.after(() => store.close());
  return { store, file };
}

let meetings = 0;

export function acceptMeeting(store: Store, meeting: Partial<NewMeeting> = {}): Meeting {
  const accepted = store.meetings.accept(
    {
      origin: `terminal:test:${++meetings}`,
      title: 'Weekly',
      platform: 'terminal',
      channel: 'C1',
      owner: 'U1',
      source: { file: 'weekly.wav' },
      options: {},
      ...meeting,
    },
    'terminal:U1',
  );
  return accepted.meeting;
}

export function turn(id: number, text: string, speaker = 'SPEAKER_00'): Turn {
  const startMs = id * 1_000;
  return {
    id: `T${String(id).padStart(4, '0')}`,
    speaker,
    startMs,
    endMs: startMs + 900,
    text,
    overlap: false,
    words: [],
  };
}
