/** The browser for tests of pages: Debian's chromium (`apt-get install chromium`) or one like it. */
import fs from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** undefined when there is none; `CHROMIUM` names another. */
export function findChromium(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin'];
  const files = NAMES.flatMap(name => folders.map(folder => path.join(folder, name)));
  return [process.env.CHROMIUM, ...files].find(file => file && fs.existsSync(file));
}
