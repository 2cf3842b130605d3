/** `npm run demo`: the main job on the sample recording, its minutes in the terminal, and where the files are. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { formatClock } from '../src/pipeline/render/format-time.ts';
import { type Summary, summarySchema } from '../src/pipeline/summary.ts';

const repository = path.join(import.meta.dirname, '..');
const sample = path.join(repository, 'samples', 'standup.webm');
/** The Monday on which the people of the sample say that they meet; "by Friday" is counted from it. */
const sampleDate = '2026-11-16';
const folder = path.join('hansard-out', 'standup');

const startedAt = performance.now();
const options = ['--date', sampleDate, '--time-zone', 'UTC'];
const status = await run('transcribe', path.relative('', sample), ...options);
if (status === 0) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\n${presentSummary(summarySchema.parse(JSON.parse(read('summary.json'))))}\n\n${read('transcript.txt')}`,
  );
  console.log(`All of it took ${seconds} s. The files are in ${folder}; open ${folder}/minutes.html in a browser.`);
  console.log('Now a recording of your own: npx hansard transcribe FILE');
}
process.exitCode = status;

/** Runs the program itself, as a user would; its exit status. */
function run(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [path.join(repository, 'src', 'main.ts'), ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => {}); // a terminal signals the program too, and that decides
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

function read(name: string): string {
  return fs.readFileSync(path.join(folder, name), 'utf8');
}

function presentSummary({ abstract, decisions, actionItems, questions }: Summary): string {
  const moment = (item: Summary['decisions'][number]) => `[${formatClock((item.evidence[0]?.start ?? 0) * 1000)}]`;
  const list = (title: string, lines: string[]) => [`${title}:`, ...(lines.length > 0 ? lines : ['  none'])];
  return [
    abstract,
    '',
    ...list(
      'Decisions',
      decisions.map(item => `  ${moment(item)} ${item.text}`),
    ),
    ...list(
      'Action items',
      actionItems.map(
        item =>
          `  ${moment(item)} ${item.owner ?? 'nobody yet'}: ${item.text}${item.due?.date ? `, due ${item.due.date}` : ''}`,
      ),
    ),
    ...list(
      'Open questions',
      questions.map(item => `  ${moment(item)} ${item.text}`),
    ),
  ].join('\n');
}
