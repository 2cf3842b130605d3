/** Blobs in a bucket of any S3-compatible server: what machines without a common disk share. */
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { HansardError } from '../../errors.ts';
import { assertBlobKey, type BlobFacts, type BlobStore } from './blob-store.ts';

export interface S3Settings {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Without a byte for so long the server counts as away; large blobs go in parts, so each answer is soon. */
const IDLE_TIMEOUT_MS = 30_000;
const PART_BYTES = 8 << 20;

export function createS3Blobs({ endpoint, region, bucket, accessKeyId, secretAccessKey }: S3Settings): BlobStore {
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true, // servers on one's own machines rarely have a name per bucket
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: IDLE_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  const where = `${endpoint} bucket ${bucket}`;
  const named = (key: string) => {
    assertBlobKey(key);
    return { Bucket: bucket, Key: key };
  };
  const translated = async <T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (signal?.aborted) throw new HansardError('cancelled', key, { cause });
      throw inOurWords(cause, key, where);
    }
  };
  const aborting = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});
  return {
    put: (key, content, signal) =>
      translated(
        key,
        async () => {
          signal?.throwIfAborted();
          let bytes = 0;
          const counted = Readable.from(
            piecesOf(content, length => (bytes += length)),
            { objectMode: false },
          );
          const upload = new Upload({ client, params: { ...named(key), Body: counted }, partSize: PART_BYTES });
          const stop = () => void upload.abort();
          signal?.addEventListener('abort', stop);
          try {
            await upload.done();
          } finally {
            signal?.removeEventListener('abort', stop);
          }
          return bytes;
        },
        signal,
      ),
    open: (key, signal) =>
      translated(
        key,
        async () => {
          const { Body } = await client.send(new GetObjectCommand(named(key)), aborting(signal));
          if (!(Body instanceof Readable)) throw new HansardError('blobs_unavailable', `${where}: ${key} has no body`);
          return Readable.from(readAll(Body, key, where, signal), { objectMode: false });
        },
        signal,
      ),
    async stat(key) {
      try {
        const { ContentLength = 0, LastModified } = await client.send(new HeadObjectCommand(named(key)));
        return { key, bytes: ContentLength, modifiedAtMs: LastModified?.getTime() ?? 0 };
      } catch (cause) {
        const error = inOurWords(cause, key, where);
        if (error.code === 'blob_missing') return undefined;
        throw error;
      }
    },
    delete: key => translated(key, async () => void (await client.send(new DeleteObjectCommand(named(key))))),
    list: prefix => listObjects(client, bucket, prefix, where),
    async problems() {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }));
        return [];
      } catch (cause) {
        const error = inOurWords(cause, bucket, where);
        if (error.code === 'blob_missing') return [`There is no bucket ${bucket} at ${endpoint}. Create it.`];
        return [`${error.userMessage} (${error.detail})`];
      }
    },
  };
}

async function* piecesOf(content: Readable | Uint8Array | string, count: (length: number) => void) {
  for await (const piece of content instanceof Readable ? content : [content]) {
    const bytes = Buffer.from(piece);
    count(bytes.length);
    if (bytes.length > 0) yield bytes;
  }
}

/** A connection may break in the middle: that, too, is told in our words. */
async function* readAll(body: Readable, key: string, where: string, signal: AbortSignal | undefined) {
  try {
    yield* body;
  } catch (cause) {
    if (signal?.aborted) throw new HansardError('cancelled', key, { cause });
    throw inOurWords(cause, key, where);
  }
}

async function* listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  where: string,
): AsyncGenerator<BlobFacts> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const page = await client.send(command).catch(cause => {
      throw inOurWords(cause, prefix, where);
    });
    for (const { Key, Size = 0, LastModified } of page.Contents ?? [])
      if (Key) yield { key: Key, bytes: Size, modifiedAtMs: LastModified?.getTime() ?? 0 };
    token = page.NextContinuationToken;
  } while (token);
}

function inOurWords(cause: unknown, key: string, where: string): HansardError {
  if (cause instanceof HansardError) return cause;
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const detail = `${where}: ${key}: ${message}`;
  const status = cause instanceof S3ServiceException ? (cause.$metadata.httpStatusCode ?? 0) : 0;
  if (status === 404) return new HansardError('blob_missing', detail, { cause });
  // the rest of the 4xx will not change by itself: a wrong secret, no such bucket, no right to write
  if (status >= 400 && status < 500 && status !== 408 && status !== 429)
    return new HansardError('blobs_refused', detail, { cause });
  return new HansardError('blobs_unavailable', detail, { cause });
}
