/** A real S3 server (versitygw) on 127.0.0.1, as a child of the test that may stop it: not a fake, but the place for what tests start. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { S3_SERVER } from '../../scripts/setup.ts';
import type { S3Settings } from '../../src/pipeline/blobs/s3-blobs.ts';
import { freePort } from '../builders/free-port.ts';
import { type ChildServer, createChildServer } from './child-server.ts';

/** False, or why tests that need it cannot run. */
export const noS3: string | false =
  !fs.existsSync(S3_SERVER) && `there is no ${S3_SERVER}: node scripts/setup.ts --servers`;

export interface S3Server extends ChildServer {
  settings: S3Settings;
}

/** Starts with one empty bucket; it ends with the test. */
export async function startS3(t: Pick<TestContext, 'after'>, folder: string): Promise<S3Server> {
  const port = await freePort();
  const settings: S3Settings = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'hansard',
    accessKeyId: 'test-key',
    secretAccessKey: 'test-secret',
  };
  const data = path.join(folder, 'objects');
  const sidecar = path.join(folder, 'attributes'); // not every disk keeps extended attributes
  for (const dir of [data, sidecar]) fs.mkdirSync(dir);
  const access = ['-a', settings.accessKeyId, '-s', settings.secretAccessKey];
  const words = ['-p', `127.0.0.1:${port}`, ...access, '--quiet', 'posix', '--sidecar', sidecar, data];
  const launch = () => spawn(S3_SERVER, words, { stdio: 'ignore' });
  // without credentials it answers, and refuses
  const server = createChildServer(
    t,
    launch,
    async () => (await fetch(settings.endpoint).catch(() => undefined))?.status === 403,
  );
  await server.start();
  const { endpoint, region, bucket, ...credentials } = settings;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return { ...server, settings };
}
