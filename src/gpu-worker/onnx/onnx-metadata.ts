/** What an exporter wrote into an ONNX file beside the graph; onnxruntime for Node does not give it out. */
import fs from 'node:fs/promises';

/** Field of ModelProto that holds a key and a value (onnx.proto3: metadata_props); the graph and its weights are another. */
const METADATA_PROPS = 14;
const LENGTH_DELIMITED = 2;
/** Bytes of a tag and a length, at most. */
const HEAD_BYTES = 20;

/**
 * The metadata of an ONNX model; weights are skipped and not read.
 * @throws TypeError for a file that is no ONNX model
 */
export async function readOnnxMetadata(file: string): Promise<Map<string, string>> {
  const metadata = new Map<string, string>();
  await using handle = await fs.open(file);
  const { size } = await handle.stat();
  const head = Buffer.alloc(HEAD_BYTES);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, at);
    const field = readField(head.subarray(0, bytesRead), file);
    const from = at + field.headBytes;
    if (from + field.bytes > size) throw new TypeError(`${file} is no whole ONNX model`);
    if (field.number === METADATA_PROPS) {
      const entry = Buffer.alloc(field.bytes);
      await handle.read(entry, 0, field.bytes, from);
      const [key = '', value = ''] = readStrings(entry, file);
      metadata.set(key, value);
    }
    at = from + field.bytes;
  }
  return metadata;
}

interface Field {
  number: number;
  headBytes: number;
  /** Of its value after the head; 0 where the head holds the value. */
  bytes: number;
}

/** A field of a protobuf message; models have numbers and length-delimited values at their top. */
function readField(head: Buffer, file: string): Field {
  const tag = readVarint(head, 0, file);
  const value = readVarint(head, tag.next, file);
  const kind = tag.value % 8;
  if (kind !== LENGTH_DELIMITED && kind !== 0) throw new TypeError(`${file} is no ONNX model`);
  return { number: Math.floor(tag.value / 8), headBytes: value.next, bytes: kind === 0 ? 0 : value.value };
}

/** Fields 1 and 2 of a StringStringEntryProto. */
function readStrings(entry: Buffer, file: string): string[] {
  const strings: string[] = [];
  for (let at = 0; at < entry.length; ) {
    const { number, headBytes, bytes } = readField(entry.subarray(at), file);
    strings[number - 1] = entry.toString('utf8', at + headBytes, at + headBytes + bytes);
    at += headBytes + bytes;
  }
  return strings;
}

function readVarint(bytes: Buffer, from: number, file: string): { value: number; next: number } {
  let value = 0;
  for (let index = from, factor = 1; index < bytes.length; index++, factor *= 128) {
    const byte = bytes[index]!;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, next: index + 1 };
  }
  throw new TypeError(`${file} is no ONNX model`);
}
