import path from 'node:path';
import { openSqliteQueue } from '../../../src/pipeline/queue/sqlite-queue.ts';
import { QUICK } from '../../builders/test-jobs.ts';
import { describeQueue } from '../../contracts/queue.contract.ts';

describeQueue('sqlite-queue', {
  skip: false,
  place: async (_t, folder) => ({ file: path.join(folder, 'queue.db') }),
  async open(address, options) {
    if (!('file' in address)) throw new Error('not the address of a file');
    return openSqliteQueue({ ...options, file: address.file, timing: QUICK });
  },
});
