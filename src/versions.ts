/** The versions of the programs that make a result. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** `hansard`, `node`, `onnxruntime`; ffmpeg's is known when it has decoded something. */
export function programVersions(): Record<string, string> {
  return {
    hansard: readVersion(path.join(import.meta.dirname, '..', 'package.json')),
    node: process.versions.node,
    onnxruntime: readVersion(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
  };
}

function readVersion(file: string): string {
  return manifest.parse(JSON.parse(fs.readFileSync(file, 'utf8'))).version;
}
