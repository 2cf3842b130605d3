/** The Handlebars templates of the text and HTML files. */
import fs from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';

/** The folder of those that come with the program. */
export const OUR_TEMPLATES = path.join(import.meta.dirname, '..', '..', '..', 'templates');

export interface Templates {
  transcriptMd: Handlebars.TemplateDelegate;
  transcriptTxt: Handlebars.TemplateDelegate;
  summaryMd: Handlebars.TemplateDelegate;
  minutesHtml: Handlebars.TemplateDelegate;
  /** Style and script of minutes.html. */
  minutesCss: string;
  minutesJs: string;
}

/** Reads and compiles the templates. Markdown and text are escaped by us before, HTML by Handlebars. */
export function loadTemplates(folder: string = OUR_TEMPLATES): Templates {
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  // an own instance: helpers or partials that others register are not seen; unknown names in a template are errors
  const compile = (name: string, noEscape: boolean) =>
    Handlebars.create().compile(read(name), { noEscape, strict: true, knownHelpersOnly: true });
  return {
    transcriptMd: compile('transcript.md.hbs', true),
    transcriptTxt: compile('transcript.txt.hbs', true),
    summaryMd: compile('summary.md.hbs', true),
    minutesHtml: compile('minutes.html.hbs', false),
    minutesCss: read('minutes.css'),
    minutesJs: read('minutes.js'),
  };
}
