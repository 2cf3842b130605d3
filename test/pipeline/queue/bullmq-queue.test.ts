import { openBullmqQueue } from '../../../src/pipeline/queue/bullmq-queue.ts';
import { QUICK } from '../../builders/test-jobs.ts';
import { describeQueue } from '../../contracts/queue.contract.ts';
import { noRedis, startRedis } from '../../fakes/redis-server.ts';

describeQueue('bullmq-queue', {
  skip: noRedis,
  place: async (t, folder) => ({ url: (await startRedis(t, folder)).url }),
  async open(address, options) {
    if (!('url' in address)) throw new Error('not the address of a Redis');
    return await openBullmqQueue({ ...options, url: address.url, timing: QUICK });
  },
});
