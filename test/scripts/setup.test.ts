import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Machine, setUp, setUpServers } from '../../scripts/setup.ts';
import { HansardError } from '../../src/errors.ts';

/** A machine that has everything, changed by `lacks`; `installed` lists what was asked of apt-get. */
function machine(lacks: {
  ffmpeg?: boolean;
  pip?: boolean;
  models?: boolean;
  apt?: boolean;
  redis?: boolean;
  s3?: boolean;
  go?: boolean;
}) {
  const installed: string[] = [];
  const said: string[] = [];
  const has = (name: string, lacking: boolean | undefined) => !lacking || installed.includes(name);
  const asked: Machine = {
    checkFfmpeg: async () => {
      if (!has('ffmpeg', lacks.ffmpeg)) throw new HansardError('ffmpeg_missing', 'no program ffmpeg');
    },
    canInstall: !lacks.apt,
    install: async name => void installed.push(name),
    ensureModels: async () => {
      if (lacks.models && !has('python3-pip', lacks.pip)) throw new HansardError('model_unavailable', 'no pip');
    },
    hasPip: async () => has('python3-pip', lacks.pip),
    hasRedis: async () => has('redis-server', lacks.redis),
    hasS3: async () => has('versitygw', lacks.s3),
    hasGo: async () => !lacks.go,
    buildS3: async () => void installed.push('versitygw'),
    say: line => void said.push(line),
  };
  return { asked, installed, said };
}

describe('setting up', () => {
  test('says and installs nothing where all is there', async () => {
    const { asked, installed, said } = machine({});
    await setUp(asked);
    assert.deepEqual([installed, said], [[], []]);
  });

  test('installs ffmpeg where that is allowed', async () => {
    const { asked, installed, said } = machine({ ffmpeg: true });
    await setUp(asked);
    assert.deepEqual(installed, ['ffmpeg']);
    assert.match(said.join(), /Installing ffmpeg/);
  });

  test('says what to type where installing is not allowed', async () => {
    const { asked } = machine({ ffmpeg: true, apt: true });
    await assert.rejects(setUp(asked), error => {
      assert.ok(error instanceof HansardError);
      assert.match(error.userMessage, /sudo apt-get install -y ffmpeg/);
      return true;
    });
  });

  test('installs pip only when a model could not be had without it', async () => {
    const needed = machine({ models: true, pip: true });
    await setUp(needed.asked);
    assert.deepEqual(needed.installed, ['python3-pip']);

    const notNeeded = machine({ pip: true });
    await setUp(notNeeded.asked);
    assert.deepEqual(notNeeded.installed, []);
  });

  test('an ffmpeg that is too old is not replaced behind the user’s back', async () => {
    const { asked, installed } = machine({});
    asked.checkFfmpeg = () => Promise.reject(new HansardError('ffmpeg_too_old', '4.4'));
    await assert.rejects(setUp(asked), { code: 'ffmpeg_too_old' });
    assert.deepEqual(installed, []);
  });

  test('installs Redis for the tests where it may, and says how to where it may not', async () => {
    const root = machine({ redis: true });
    await setUpServers(root.asked);
    assert.deepEqual(root.installed, ['redis-server']);
    const other = machine({ redis: true, apt: true });
    await setUpServers(other.asked);
    assert.deepEqual(other.installed, []);
    assert.match(other.said.join(), /apt-get install -y redis-server/);
    const complete = machine({});
    await setUpServers(complete.asked);
    assert.deepEqual([complete.installed, complete.said], [[], []]);
  });
});
