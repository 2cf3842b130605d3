import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that is removed when the test ends. */
export async function makeTemporaryFolder(t: Pick<TestContext, 'after'>): Promise<string> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hansard-test-'));
  t.after(() => fs.rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The id of a process that is gone. */
export const DEAD_PID = 2 ** 22 + 1; // above the highest that Linux gives
