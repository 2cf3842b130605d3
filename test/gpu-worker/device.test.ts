import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HansardError } from '../../src/errors.ts';
import { chooseDevice, type Machine } from '../../src/gpu-worker/device.ts';

const gpu = ['/dev/nvidia0', '/dev/nvidiactl'];
const libraries = ['/ort/libonnxruntime_providers_shared.so', '/ort/libonnxruntime_providers_cuda.so'];

function machine(files: readonly string[], missing: string[] = []): Machine {
  return { exists: file => files.includes(file), missingLibraries: async () => missing, bindingDir: '/ort' };
}

describe('the device', () => {
  test('auto without a GPU is the CPU, and says why', async () => {
    const { device, reason } = await chooseDevice('auto', machine(libraries));
    assert.equal(device, 'cpu');
    assert.match(reason, /no NVIDIA GPU/);
  });

  test('auto with everything in place is the first GPU', async () => {
    const { device } = await chooseDevice('auto', machine([...gpu, ...libraries]));
    assert.equal(device, 'cuda:0');
  });

  test('auto does not take a GPU whose libraries lack others', async () => {
    const { device, reason } = await chooseDevice('auto', machine([...gpu, ...libraries], ['libcudart.so.13']));
    assert.equal(device, 'cpu');
    assert.match(reason, /libcudart\.so\.13/);
  });

  test('cpu is the CPU even where a GPU is ready', async () => {
    assert.equal((await chooseDevice('cpu', machine([...gpu, ...libraries]))).device, 'cpu');
  });

  for (const { lack, files, expected } of [
    { lack: 'the GPU', files: libraries, expected: /nvidia1/ },
    { lack: "onnxruntime's library", files: ['/dev/nvidia1', '/dev/nvidiactl'], expected: /providers_shared/ },
  ]) {
    test(`a GPU asked for by name is refused where ${lack} is missing`, async () => {
      await assert.rejects(chooseDevice('cuda:1', machine(files)), error => {
        assert.ok(error instanceof HansardError);
        assert.equal(error.code, 'device_unavailable');
        assert.match(error.detail, expected);
        return true;
      });
    });
  }

  test('this machine can be asked', async () => {
    const { device, reason } = await chooseDevice('auto');
    assert.match(device, /^(cpu|cuda:0)$/);
    assert.ok(reason.length > 0);
  });
});
