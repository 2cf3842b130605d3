/**
 * Templates of the installation, in a folder of its own: a file named as one of ours replaces it, and `summary-NAME.md.hbs`
 * is one more form of summary.md, which channels choose by its NAME. Each is tried on a sample before it is used; one that
 * is broken is left out, with the reason, and ours takes its place: minutes are never lost over a template.
 *
 * The first line of each, ours and theirs, says for which version of its placeholders it was written: `{{! version 1 }}`.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { Minutes } from './minutes.ts';
import { renderFiles } from './render-files.ts';
import { renderSummaryMd, renderTranscriptMd, renderTranscriptTxt } from './render-text.ts';
import { SAMPLE_WORD, sampleMinutes } from './sample-minutes.ts';
import { summaryTemplateName } from './summary-template.ts';
import { loadTemplates, OUR_TEMPLATES, type Templates } from './templates.ts';

/** Larger ones are no templates. */
const MAX_BYTES = 256_000;
const MAX_SAMPLE_CHARACTERS = 2_000_000;

export interface OwnTemplates extends Templates {
  /** Forms of summary.md, by name. */
  summaries: ReadonlyMap<string, Handlebars.TemplateDelegate>;
  /** sha256 of what is used of the installation; undefined where all is ours. */
  hash: string | undefined;
}

export interface TemplateReport {
  /** File name in the folder. */
  file: string;
  /** Undefined: it is used. */
  problem: string | undefined;
  /** It was written for another version of the placeholders: what to do. */
  notice: string | undefined;
}

const MINUTES_FILES = {
  'transcript.md.hbs': { key: 'transcriptMd', noEscape: true, render: renderTranscriptMd },
  'transcript.txt.hbs': { key: 'transcriptTxt', noEscape: true, render: renderTranscriptTxt },
  'summary.md.hbs': { key: 'summaryMd', noEscape: true, render: renderSummaryMd },
  'minutes.html.hbs': { key: 'minutesHtml', noEscape: false, render: renderPage },
} as const;
const OWN_SUMMARY = /^summary-(.+)\.md\.hbs$/u;

/** @param folder need not be there */
export function loadOwnTemplates(folder: string): { templates: OwnTemplates; reports: TemplateReport[] } {
  const ours = loadTemplates();
  const replaced: Partial<Templates> = {};
  const summaries = new Map<string, Handlebars.TemplateDelegate>();
  const used: OwnSource[] = [];
  const reports: TemplateReport[] = [];
  const attempt = (file: string, counterpart: string, use: (source: string) => void) => {
    const { source, ...report } = tryOwn(folder, file, counterpart, use);
    if (source !== undefined) used.push({ file, source });
    reports.push(report);
  };
  for (const file of listFiles(folder)) {
    const kind = Object.entries(MINUTES_FILES).find(([name]) => name === file)?.[1];
    const name = OWN_SUMMARY.exec(file)?.[1];
    if (kind)
      attempt(file, file, source => {
        const template = compileTemplate(source, kind.noEscape);
        assertShows(kind.render(sampleMinutes(), { ...ours, [kind.key]: template }));
        replaced[kind.key] = template;
      });
    else if (name !== undefined)
      attempt(file, 'summary.md.hbs', source => {
        if (!summaryTemplateName.safeParse(name).success)
          throw new Error(`"${name}" is no name: use small letters, digits and hyphens`);
        const template = compileTemplate(source, true);
        assertShows(renderSummaryMd(sampleMinutes(), { ...ours, summaryMd: template }));
        summaries.set(name, template);
      });
    else if (!isPrompt(file)) {
      const problem = 'no template has this name; see npx hansard templates list';
      reports.push({ file, problem, notice: undefined });
    }
  }
  return { templates: { ...ours, ...replaced, summaries, hash: hashOf(used) }, reports };
}

function renderPage(minutes: Minutes, templates: Templates): string {
  return renderFiles(minutes, templates).get('minutes.html') ?? '';
}

/** Read and checked by the language model's side. */
export function isPrompt(file: string): boolean {
  return file === 'summarize.hbs' || file === 'summarize-parts.hbs';
}

export interface OwnSource {
  file: string;
  source: string;
}

/**
 * Tries one of the installation's files.
 * @param counterpart ours, whose placeholders it has
 * @param use throws an Error in plain words where it is broken
 * @returns with its source where it is used
 */
export function tryOwn(
  folder: string,
  file: string,
  counterpart: string,
  use: (source: string) => void,
): TemplateReport & { source?: string } {
  let notice: string | undefined;
  try {
    const source = readTemplate(folder, file);
    notice = compareVersions(source, counterpart);
    use(source);
    return { file, problem: undefined, notice, source };
  } catch (error) {
    return { file, problem: firstLines(error), notice };
  }
}

/** What they are, for the keys of results that they decide; undefined for none. */
export function hashOf(used: readonly OwnSource[]): string | undefined {
  if (used.length === 0) return undefined;
  const parts = used.map(({ file, source }) => [file, source]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function compareVersions(source: string, counterpart: string): string | undefined {
  const [theirs, ours] = [versionOf(source), versionOf(readTemplate(OUR_TEMPLATES, counterpart))];
  if (theirs < ours)
    return `it was written for version ${theirs} of ${counterpart}, which is at ${ours} now: compare the two, and write {{! version ${ours} }} in its first line`;
  if (theirs > ours)
    return `it was written for version ${theirs} of ${counterpart}, which is at ${ours} in this Hansard: update Hansard, or begin with the file that comes with it`;
  return undefined;
}

/** Those that were written before versions were say none. */
const FIRST_VERSION = 1;

function versionOf(source: string): number {
  return Number(/^\{\{!(?:--)?\s*version (\d{1,6})\b/u.exec(source)?.[1] ?? FIRST_VERSION);
}

/** @throws Error in plain words when it is too large or cannot be read */
function readTemplate(folder: string, file: string): string {
  const { size } = fs.statSync(path.join(folder, file));
  if (size > MAX_BYTES) throw new Error(`it has ${size} bytes; at most ${MAX_BYTES} are taken`);
  return fs.readFileSync(path.join(folder, file), 'utf8');
}

/** Unknown placeholders and helpers are errors, when it is compiled or when it is tried. */
export function compileTemplate(source: string, noEscape: boolean): Handlebars.TemplateDelegate {
  // an own instance: helpers or partials that others register are not seen
  const handlebars = Handlebars.create();
  handlebars.parse(source); // compile() would find a mistake only at its first use
  return handlebars.compile(source, { noEscape, strict: true, knownHelpersOnly: true });
}

function assertShows(text: string): void {
  if (text.length > MAX_SAMPLE_CHARACTERS) throw new Error(`it makes ${text.length} characters of a short sample`);
  if (!text.includes(SAMPLE_WORD)) throw new Error('it shows nothing of the meeting');
}

/** Names of the `.hbs` files, sorted; other files may lie beside them. */
export function listFiles(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter(name => name.endsWith('.hbs'))
      .toSorted();
  } catch {
    return [];
  }
}

/** Handlebars draws its messages over several lines. */
function firstLines(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').slice(0, 4).join(' ').replace(/\s+/gu, ' ').slice(0, 300);
}
