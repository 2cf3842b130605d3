import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createProgram } from '../builders/program.ts';

describe('the program', () => {
  test('says which roles there are, and its version', async t => {
    const program = createProgram(t);
    const help = await program.run(['--help']);
    assert.equal(help.status, 0);
    for (const role of ['transcribe', 'models', 'doctor', 'bench'])
      assert.match(help.stdout, new RegExp(`^  ${role} `, 'm'));
    assert.match((await program.run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.match((await program.run(['help', 'transcribe'])).stdout, /--speakers/);
  });

  for (const [args, says] of [
    [['sing'], /unknown command 'sing'/],
    [['transcribe'], /missing required argument/],
    [['transcribe', 'a.wav', '--loud'], /unknown option '--loud'/],
    [['transcribe', 'a.wav', '--speakers', 'many'], /Expected a number from 1 to 32/],
    [['transcribe', 'a.wav', '--model', 'whisper'], /whisper/],
    [['transcribe', 'a.wav', '--summarizer', 'poet'], /poet/],
    [['transcribe', 'a.wav', '--summary-style', 'epic'], /Allowed choices are short, standard, detailed/],
    [['transcribe', 'a.wav', '--summary-template', 'board'], /no summary template board; there are minutes, decisions/],
  ] as const)
    test(`refuses "${args.join(' ')}" with one sentence and status 2`, async t => {
      const { status, stderr, stdout } = await createProgram(t).run([...args]);
      assert.equal(status, 2);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /\n\s+at /);
      assert.equal(stdout, '');
    });

  test('refuses a setting that it does not understand', async t => {
    const { status, stderr } = await createProgram(t).run(['transcribe', 'a.wav'], { HANSARD_DEVICE: 'abacus' });
    assert.equal(status, 2);
    assert.match(stderr, /HANSARD_DEVICE/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});

describe('the launcher', () => {
  const launcher = path.join(import.meta.dirname, '../../bin/hansard.cjs');
  const oldNode = '/usr/bin/node';
  const version = spawnSync(oldNode, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const major = Number(/^v(\d+)/.exec(version)?.[1]);

  test('starts the program with this Node', (_, done) => {
    execFile(process.execPath, [launcher, '--version'], (error, stdout) => {
      assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
      done(error);
    });
  });

  test('starts the Node that came along where the system has an older one, and hands on the status', {
    skip: !(major < 24) && 'there is no older Node at /usr/bin/node here',
  }, () => {
    assert.match(spawnSync(oldNode, [launcher, '--version'], { encoding: 'utf8' }).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(spawnSync(oldNode, [launcher, 'sing']).status, 2);
  });
});
