/** Writes schemas/*.schema.json from the zod schemas: `node scripts/write-schemas.ts`. A test fails when they are stale. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { analyticsFileSchema, metaFileSchema, transcriptFileSchema } from '../src/pipeline/files.ts';
import { summarySchema } from '../src/pipeline/summary.ts';

const folder = path.join(import.meta.dirname, '..', 'schemas');

const published = {
  transcript: { title: 'Hansard transcript', schema: transcriptFileSchema },
  summary: { title: 'Hansard summary', schema: summarySchema },
  analytics: { title: 'Hansard analytics', schema: analyticsFileSchema },
  meta: { title: 'Hansard processing record', schema: metaFileSchema },
};

/** File name → content. */
export function buildSchemas(): Map<string, string> {
  return new Map(
    Object.entries(published).map(([name, { title, schema }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema);
      return [`${name}.schema.json`, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
    }),
  );
}

if (import.meta.main) {
  for (const [name, content] of buildSchemas()) fs.writeFileSync(path.join(folder, name), content);
}
