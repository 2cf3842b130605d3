/** `hansard bench --summary DIR`: how right summaries are, by rules or by any language model, on meetings whose facts are known. */
import { type Hear, hearCases } from '../bench/summary/hear-cases.ts';
import { readCases, type SummaryCase } from '../bench/summary/read-cases.ts';
import { addScores, ratesOf, type SummaryScore, scoreSummary } from '../bench/summary/score-summary.ts';
import type { Config } from '../config.ts';
import { HansardError } from '../errors.ts';
import { openModel } from '../gpu-worker/language-model/open-model.ts';
import { createModelSummarizer } from '../gpu-worker/language-model/summarizer.ts';
import { createExtractiveSummarizer } from '../pipeline/minutes/extractive-summarizer.ts';
import type { Summarizer } from '../pipeline/ports.ts';
import type { Summary } from '../pipeline/summary.ts';
import type { ProgressOutput } from './pull-progress.ts';

interface Measured {
  name: string;
  seconds: number;
  model: string;
  score: SummaryScore;
}

/**
 * @param summarizer `model`: the language model of the settings
 * @param hear turns recordings into words; undefined where the words of the truth are summarised
 */
export async function benchSummary(
  folders: readonly string[],
  { summarizer: wanted, json, hear }: { summarizer: 'extractive' | 'model'; json: boolean; hear: Hear | undefined },
  config: Config,
  { stdout, stderr, signal }: { stdout: ProgressOutput; stderr: ProgressOutput; signal: AbortSignal },
): Promise<void> {
  const summarizer = await openSummarizer(wanted, config);
  const cases: SummaryCase[] = [];
  for (const folder of folders) {
    const known = await readCases(folder);
    cases.push(...(hear ? await hearCases(folder, known, hear) : known));
  }
  const measured: Measured[] = [];
  for (const one of cases) {
    if (signal.aborted) throw new HansardError('cancelled', one.name);
    stderr.write(`${one.name}\n`);
    const startedMs = performance.now();
    const summary: Summary = await summarizer.summarize(
      one.transcript,
      { meetingDate: one.meetingDate, timeZone: 'UTC' },
      { signal, onProgress() {}, addCpuSeconds() {}, onDevice() {} },
    );
    const seconds = (performance.now() - startedMs) / 1000;
    measured.push({ name: one.name, seconds, model: summary.model ?? 'rules', score: scoreSummary(summary, one) });
  }
  const total = {
    name: 'all',
    seconds: measured.reduce((sum, one) => sum + one.seconds, 0),
    score: addScores(measured.map(({ score }) => score)),
  };
  const report = { schemaVersion: 1, model: measured[0]?.model ?? 'rules', meetings: measured, total };
  stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : present(report.model, [...measured, total]));
}

async function openSummarizer(wanted: 'extractive' | 'model', { languageModel }: Config): Promise<Summarizer> {
  if (wanted === 'extractive') return createExtractiveSummarizer();
  const model = await openModel(languageModel);
  const found = await model.find();
  if (!found.isReady) throw new HansardError('summarizer_offline', found.reason);
  return createModelSummarizer(model);
}

const UNKNOWN = '–';

function present(model: string, rows: readonly { name: string; seconds: number; score: SummaryScore }[]): string {
  const rates = (counts: SummaryScore['decisions']) => {
    const found = ratesOf(counts);
    return found ? [found.precision, found.recall, found.f1].map(rate => rate.toFixed(2)).join(' ') : UNKNOWN;
  };
  const of = (right: number, { right: found }: SummaryScore['actions']) =>
    found === 0 ? UNKNOWN : `${right}/${found}`;
  const heading = [
    '',
    'decisions',
    'tasks',
    'owner',
    'due',
    'state',
    'questions',
    'numbers',
    'unverified',
    'invented',
    'coverage',
    'ROUGE 1 2 L',
    's',
  ];
  const cells = rows.map(({ name, seconds, score }) => [
    name,
    rates(score.decisions),
    rates(score.actions),
    of(score.owners, score.actions),
    of(score.dues, score.actions),
    of(score.states, score.actions),
    rates(score.questions),
    rates(score.numbers),
    `${score.unverified}/${score.items}`,
    String(score.invented),
    `${Math.round(score.coverage * 100)} %`,
    score.rouge
      ? [score.rouge.rouge1, score.rouge.rouge2, score.rouge.rougeL].map(rate => rate.toFixed(2)).join(' ')
      : UNKNOWN,
    seconds.toFixed(1),
  ]);
  const table = [heading, ...cells];
  const widths = heading.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0)));
  const lines = table.map(row =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return [
    `Summaries by ${model}: precision, recall, F1; of the tasks found, how many have the right owner, date and state\n`,
    `${lines.join('\n')}\n`,
  ].join('\n');
}
