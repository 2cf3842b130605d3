import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseCraigInfo } from '../../../src/gpu-worker/tracks/craig-info.ts';
import { craigInfo } from '../../builders/speaker-tracks.ts';

const parse = (text: string) => parseCraigInfo(Buffer.from(text));

describe('the info.txt of Craig', () => {
  test('says who was recorded, where, when, and what they noted', () => {
    const people = ['sam.the_man#0 (444444444444444444)', 'Ada L#1815 (5555555555555555)'];
    const notes = ['00:10:00.00: the shed', '01:02:03.45: red: or green?', 'or blue'];
    assert.deepEqual(parse(craigInfo(people, notes)), {
      startedAt: '2026-11-16T09:00:00.000Z',
      channel: 'garden',
      guild: 'Shed club',
      people: [
        {
          name: 'sam.the_man',
          user: { platform: 'discord', id: '444444444444444444', userName: 'sam.the_man' },
        },
        { name: 'Ada L', user: { platform: 'discord', id: '5555555555555555', userName: 'Ada L#1815' } },
      ],
      notes: [
        { startMs: 600_000, text: 'the shed' },
        { startMs: 3_723_450, text: 'red: or green? or blue' },
      ],
      isGarbled: false,
    });
  });

  test('of former years has no ids, and whole seconds', () => {
    const old =
      'Guild:\t\tShed club\r\nChannel:\tgarden\r\nRequester:\tsam#1234\r\nStart time:\t2019-03-01T18:00:00.000Z\r\n' +
      'Tracks:\r\n\tsam#1234\r\n\tada#0007\r\nNotes:\r\n\t0:01:05: paint\r\n';
    const info = parse(old);
    assert.deepEqual(info?.people, [
      { name: 'sam', user: null },
      { name: 'ada', user: null },
    ]);
    assert.deepEqual(info?.notes, [{ startMs: 65_000, text: 'paint' }]);
    assert.equal(info?.channel, 'garden');
  });

  test('may be of an old machine: it is read, and found to be garbled', () => {
    const info = parseCraigInfo(Buffer.from(craigInfo(['J\xfcrgen#0 (12345)']), 'latin1'));
    assert.deepEqual([info?.people[0]?.name, info?.isGarbled], ['Jürgen', true]);
  });

  test('with a time that makes no sense has none', () => {
    assert.equal(parse('Start time:\tsoon\nTracks:\n\tsam#0 (1)\n')?.startedAt, null);
  });

  test('is no other text', () => {
    for (const text of ['', 'hello', 'Notes:\n\t0:01: x\n', '{"Tracks:": 1}']) assert.equal(parse(text), undefined);
  });

  test('never stops the program, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.uint8Array(), (lines, bytes) => {
        const info = parse(['Tracks:', ...lines.map(line => `\t${line}`), 'Notes:', ...lines].join('\n'));
        for (const { name } of info?.people ?? []) assert.ok(name === null || !/\p{Cc}/u.test(name));
        parseCraigInfo(bytes);
      }),
    );
  });
});
