/**
 * Templates of the installation, in a folder of its own: a file named as one of ours replaces it, and `summary-NAME.md.hbs`
 * is one more form of summary.md, which channels choose by its NAME. Each is tried on a sample before it is used; one that
 * is broken is left out, with the reason, and ours takes its place: minutes are never lost over a template.
 */
import fs from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { Minutes } from './minutes.ts';
import { renderFiles } from './render-files.ts';
import { renderSummaryMd, renderTranscriptMd, renderTranscriptTxt } from './render-text.ts';
import { SAMPLE_WORD, sampleMinutes } from './sample-minutes.ts';
import { summaryTemplateName } from './summary-template.ts';
import { loadTemplates, type Templates } from './templates.ts';

/** Larger ones are no templates. */
const MAX_BYTES = 256_000;
const MAX_SAMPLE_CHARACTERS = 2_000_000;

export interface OwnTemplates extends Templates {
  /** Forms of summary.md, by name. */
  summaries: ReadonlyMap<string, Handlebars.TemplateDelegate>;
}

export interface TemplateReport {
  /** File name in the folder. */
  file: string;
  /** Undefined: it is used. */
  problem: string | undefined;
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
  const reports: TemplateReport[] = [];
  const attempt = (file: string, use: () => void) => {
    try {
      use();
      reports.push({ file, problem: undefined });
    } catch (error) {
      reports.push({ file, problem: firstLines(error) });
    }
  };
  for (const file of listFiles(folder)) {
    const kind = Object.entries(MINUTES_FILES).find(([name]) => name === file)?.[1];
    const name = OWN_SUMMARY.exec(file)?.[1];
    if (kind)
      attempt(file, () => {
        const template = compileTemplate(readTemplate(folder, file), kind.noEscape);
        assertShows(kind.render(sampleMinutes(), { ...ours, [kind.key]: template }));
        replaced[kind.key] = template;
      });
    else if (name !== undefined)
      attempt(file, () => {
        if (!summaryTemplateName.safeParse(name).success)
          throw new Error(`"${name}" is no name: use small letters, digits and hyphens`);
        const template = compileTemplate(readTemplate(folder, file), true);
        assertShows(renderSummaryMd(sampleMinutes(), { ...ours, summaryMd: template }));
        summaries.set(name, template);
      });
    else if (!isPrompt(file))
      reports.push({ file, problem: 'no template has this name; see npx hansard templates list' });
  }
  return { templates: { ...ours, ...replaced, summaries }, reports };
}

function renderPage(minutes: Minutes, templates: Templates): string {
  return renderFiles(minutes, templates).get('minutes.html') ?? '';
}

/** Read and checked by the language model's side. */
export function isPrompt(file: string): boolean {
  return file === 'summarize.hbs' || file === 'summarize-parts.hbs';
}

/** @throws Error in plain words when it is too large or cannot be read */
export function readTemplate(folder: string, file: string): string {
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
export function firstLines(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').slice(0, 4).join(' ').replace(/\s+/gu, ' ').slice(0, 300);
}
