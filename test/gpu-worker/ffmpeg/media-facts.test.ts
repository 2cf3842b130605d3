import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMediaFacts, ffprobeSchema } from '../../../src/gpu-worker/ffmpeg/media-facts.ts';

const FILE = {
  sizeBytes: 1,
  head: Buffer.alloc(0),
  wavDurationMs: null,
  durationIsGuess: false,
  endsInsideBlock: false,
};

/** Facts of an mp4 without tracks that carries these tags. */
function build(tags: Record<string, string>, head = FILE.head, formatName = 'mov,mp4,m4a,3gp,3g2,mj2') {
  return buildMediaFacts(ffprobeSchema.parse({ format: { format_name: formatName, tags } }), { ...FILE, head });
}

const dates: [said: string, createdAt: string | null][] = [
  ['2026-03-04T05:06:07.000000Z', '2026-03-04T05:06:07.000Z'],
  ['2026-03-04T05:06:07+0200', '2026-03-04T03:06:07.000Z'],
  ['1904-01-01T00:00:00.000000Z', null],
  ['1970-01-01T00:00:00.000000Z', null],
  ['2026', null],
  ['2026-99-99', null],
];
for (const [said, createdAt] of dates) {
  test(`creation time ${said} becomes ${createdAt}`, () => {
    assert.equal(build({ creation_time: said }).createdAt, createdAt);
  });
}

test('the phone tells a better time than the file', () => {
  const times = {
    creation_time: '2026-05-01T00:00:00Z',
    'com.apple.quicktime.creationdate': '2026-04-01T12:00:00+0100',
  };
  assert.equal(build(times).createdAt, '2026-04-01T11:00:00.000Z');
});

test('place and device are found under every name, and nowhere but in private', () => {
  const place = '+48.8577+002.295/';
  const apple = {
    'com.apple.quicktime.location.ISO6709': place,
    'com.apple.quicktime.make': 'Apple',
    'com.apple.quicktime.model': 'iPhone 15',
  };
  const { private: hidden, ...shown } = build({ ...apple, GPSCoordinates: place });
  assert.deepEqual(hidden, { location: place, device: 'Apple iPhone 15' });
  assert.doesNotMatch(JSON.stringify(shown), /48\.8577|iPhone/);
  const android = { location: place, 'com.android.model': 'Pixel 9' };
  assert.deepEqual(build(android).private, { location: place, device: 'Pixel 9' });
});

test('tags are one line, without control characters, and not endless', () => {
  assert.equal(build({ TITLE: ' Budget\r\n\u0007meeting ' }).title, 'Budget meeting');
  assert.equal(build({ title: 'x'.repeat(10_000) }).title?.length, 500);
  assert.equal(build({ title: '  ', artist: '' }).title, null);
});

test('the brand tells the members of the mp4 family apart, the document type those of matroska', () => {
  assert.equal(build({ major_brand: 'M4A ' }).container, 'm4a');
  assert.equal(build({ major_brand: 'isom' }).container, 'mp4');
  assert.equal(build({ major_brand: 'qt  ' }).container, 'mov');
  assert.equal(build({}, Buffer.from('\x1aE\xdf\xa3...webm', 'latin1'), 'matroska,webm').container, 'webm');
  assert.equal(build({}, Buffer.from('\x1aE\xdf\xa3...matroska', 'latin1'), 'matroska,webm').container, 'mkv');
});

test('numbers that ffprobe writes as words do not get in', () => {
  const probed = ffprobeSchema.parse({ format: { format_name: 'wav', duration: 'N/A', bit_rate: 'N/A' } });
  const { durationMs, bitsPerSecond } = buildMediaFacts(probed, FILE);
  assert.deepEqual([durationMs, bitsPerSecond], [null, null]);
});
