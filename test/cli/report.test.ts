import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildFailure, presentReport, printable, type Report } from '../../src/cli/report.ts';
import { HansardError } from '../../src/errors.ts';

const done: Report = {
  file: 'weekly.m4a',
  status: 'done',
  meetingId: '01990000-0000-7000-8000-000000000001',
  durationSeconds: 600,
  wallSeconds: 20,
  language: 'en',
  speakers: 3,
  stages: { decode: { seconds: 1, cpuSeconds: 1, rtf: 0.002, stored: false } },
  folder: 'hansard-out/weekly',
  files: [],
  warnings: [],
  error: null,
};

describe('the lines about a recording', () => {
  test('say its length, the voices, the pace and the folder', () => {
    assert.equal(
      presentReport(done),
      'weekly.m4a: 10 min, 3 speakers, in 20.0 s, 30x real time\n  hansard-out/weekly\n',
    );
  });

  test('say when all of it was stored, and no pace then', () => {
    const stored = {
      ...done,
      wallSeconds: 0.3,
      stages: { decode: { seconds: 1, cpuSeconds: 1, rtf: 0, stored: true } },
    };
    assert.match(presentReport(stored), /^weekly\.m4a: 10 min, 3 speakers, from stored results in 0\.3 s\n/);
  });

  test('say one speaker as one, and each warning in a line', () => {
    const lines = presentReport({ ...done, speakers: 1, warnings: ['It is cut off.', 'It is\nquiet.'] }).split('\n');
    assert.match(lines[0] ?? '', /, 1 speaker,/);
    assert.deepEqual(lines.slice(1, 3), ['  ! It is cut off.', '  ! It is\u{fffd}quiet.']);
  });

  test('are the plain sentence where it failed, and the machine gets the code and the detail', () => {
    const failure = buildFailure('a\u001b[31m.wav', new HansardError('empty_file', 'a.wav has 0 bytes'), 0.1);
    assert.equal(
      presentReport(failure),
      'a\u{fffd}[31m.wav: That file is empty. Copy or upload the recording again.\n',
    );
    assert.equal(failure.status, 'failed');
    assert.deepEqual(failure.error, {
      code: 'empty_file',
      message: 'That file is empty. Copy or upload the recording again.',
      detail: 'a.wav has 0 bytes',
    });
  });
});

test('a name that would move the cursor, end the line or turn the text around is shown, not obeyed', () => {
  assert.equal(printable('a\nb\r\u001b[2Jc\u2028d\u202ee'), 'a\u{fffd}b\u{fffd}\u{fffd}[2Jc\u{fffd}d\u{fffd}e');
  assert.equal(printable('Größe 会议 🙂.wav'), 'Größe 会议 🙂.wav');
});
