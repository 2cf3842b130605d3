/** Bodies of requests: JSON, or forms with files. */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

export interface UploadedFile {
  /** The n of `files[n]`. */
  index: string;
  name: string;
  contentType: string;
  content: Buffer;
}

export interface RequestBody {
  body: unknown;
  files: UploadedFile[];
  bytes: number;
}

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** @throws Refusal 50109 */
export async function parseBody(contentType: string, bytes: Buffer): Promise<RequestBody> {
  if (!contentType.startsWith('multipart/form-data'))
    return { body: parseJson(String(bytes)), files: [], bytes: bytes.length };
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  const files: UploadedFile[] = [];
  let body: unknown = {};
  for (const [key, value] of form) {
    if (key === 'payload_json') body = parseJson(typeof value === 'string' ? value : await value.text());
    if (typeof value === 'string') continue;
    const index = /^files\[(\d+)\]$/.exec(key)?.[1] ?? '0';
    const content = Buffer.from(await value.arrayBuffer());
    files.push({ index, name: value.name, contentType: value.type || 'application/octet-stream', content });
  }
  return { body, files, bytes: bytes.length };
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(50109);
  }
}
