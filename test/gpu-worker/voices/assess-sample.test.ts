import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessSample, assessVoice, LEVEL_MS } from '../../../src/gpu-worker/voices/assess-sample.ts';
import { span } from '../../builders/meeting.ts';

/** Syllables between -20 and -50 dB for twenty seconds, silence around. */
function levels({ seconds = 20, loudDb = -20, quietDb = -50, besideDb = -70 } = {}): number[] {
  const count = (ms: number) => Math.round(ms / LEVEL_MS);
  const speech = Array.from({ length: count(seconds * 1000) }, (_, index) => (index % 4 === 0 ? quietDb : loudDb));
  const beside = Array.from({ length: count(3_000) }, () => besideDb);
  return [...beside, ...speech, ...beside];
}
const spans = [span(0, 3_000, 23_000)];

test('twenty seconds of one person in a quiet room are a good sample, with a cough of somebody too', () => {
  assert.equal(assessSample({ levelsDb: levels(), spans }), 0);
  const withCough = [span(0, 3_000, 4_000), span(1, 4_000, 23_000)];
  assert.equal(assessSample({ levelsDb: levels(), spans: withCough }), 1);
});

for (const { what, code, sample } of [
  { what: 'two voices', code: 'voice_mixed', sample: { levelsDb: levels(), spans: [...spans, span(1, 5_000, 8_000)] } },
  { what: 'music before the voice', code: 'voice_too_noisy', sample: { levelsDb: levels({ besideDb: -22 }), spans } },
  { what: 'music beneath the voice', code: 'voice_too_noisy', sample: { levelsDb: levels({ quietDb: -26 }), spans } },
  {
    what: 'too little speech',
    code: 'voice_too_short',
    sample: { levelsDb: levels({ seconds: 6 }), spans: [span(0, 3_000, 9_000)] },
  },
  { what: 'no speech', code: 'voice_too_short', sample: { levelsDb: levels(), spans: [] } },
  { what: 'a whisper', code: 'voice_too_quiet', sample: { levelsDb: levels({ loudDb: -52, quietDb: -80 }), spans } },
  { what: 'silence', code: 'voice_too_quiet', sample: { levelsDb: levels({ loudDb: -80, quietDb: -90 }), spans: [] } },
])
  test(`${what} is refused`, () => assert.throws(() => assessSample(sample), { code }));

test('of one voice among others its own stretches are looked at', () => {
  const louder = levels().map((level, index) => (index > 250 ? -5 : level));
  assert.doesNotThrow(() => assessVoice({ levelsDb: louder, spans }, 0));
  for (const [code, sample] of [
    ['voice_too_short', { levelsDb: levels(), spans: [span(0, 3_000, 9_000)] }],
    ['voice_too_quiet', { levelsDb: levels({ loudDb: -52, quietDb: -80 }), spans }],
    ['voice_too_noisy', { levelsDb: levels({ quietDb: -26 }), spans }],
  ] as const)
    assert.throws(() => assessVoice(sample, 0), { code });
});
