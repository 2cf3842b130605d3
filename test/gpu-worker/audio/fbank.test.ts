import assert from 'node:assert/strict';
import test from 'node:test';
import { computeFbank, FBANK_BINS, fbankFrameCount } from '../../../src/gpu-worker/audio/fbank.ts';
import recorded from '../../fixtures/fbank.json' with { type: 'json' };

/** A rising tone in noise, off zero: a tenth of a second that exercises every step. */
function tenthOfASecond(): Float32Array {
  let state = 1;
  return Float32Array.from({ length: 1600 }, (_, i) => {
    state = (state * 16807) % 2147483647;
    return 0.02 * (state / 1073741824 - 1) + 0.3 * Math.sin((2 * Math.PI * (300 + 0.8 * i) * i) / 16000) + 0.05;
  });
}

test("features are Kaldi's", () => {
  const features = computeFbank(tenthOfASecond());
  assert.equal(features.length, 8 * FBANK_BINS);
  // recorded from a numpy implementation that agrees with torchaudio.compliance.kaldi.fbank
  for (const { frame, bin, value } of recorded) {
    assert.ok(Math.abs(features[frame * FBANK_BINS + bin]! - value) < 2e-3, `frame ${frame}, bin ${bin}`);
  }
});

test("features with a Hamming window are Kaldi's", () => {
  const features = computeFbank(tenthOfASecond(), 'hamming');
  // recorded from kaldi-native-fbank 1.23.0, with which sherpa-onnx hears
  for (const { frame, bin, value } of [
    { frame: 0, bin: 0, value: 13.808 },
    { frame: 0, bin: 20, value: 23.6214 },
    { frame: 3, bin: 5, value: 12.4026 },
    { frame: 5, bin: 40, value: 26.2518 },
    { frame: 7, bin: 79, value: 20.5009 },
  ]) {
    assert.ok(Math.abs(features[frame * FBANK_BINS + bin]! - value) < 2e-3, `frame ${frame}, bin ${bin}`);
  }
});

test('only whole frames count', () => {
  assert.equal(fbankFrameCount(399), 0);
  assert.equal(fbankFrameCount(400), 1);
  assert.equal(fbankFrameCount(559), 1);
  assert.equal(fbankFrameCount(560), 2);
  assert.equal(computeFbank(new Float32Array(399)).length, 0);
});

test('digital silence gives the floor, not minus infinity', () => {
  const floor = Math.log(1.1920928955078125e-7);
  assert.ok(computeFbank(new Float32Array(800)).every(value => Math.abs(value - floor) < 1e-5));
});
