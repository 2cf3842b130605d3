/** The tables of `hansard bench` for people. */
import type { Figures } from './add-up.ts';

export interface NamedFigures {
  name: string;
  figures: Figures;
}

type Column = [heading: string, cell: (figures: Figures) => string];

const UNKNOWN = '–';

const accuracy: Column[] = [
  ['length', ({ audioSeconds }) => clock(audioSeconds)],
  ['WER', ({ wer }) => percent(wer?.rate)],
  ['CER', ({ cer }) => percent(cer?.rate)],
  ['cpWER', ({ cpwer }) => percent(cpwer?.rate)],
  ['DER', ({ der }) => percent(der?.rate)],
  ['DER .25', ({ derCollar250 }) => percent(derCollar250?.rate)],
  ['speakers', ({ speakers, recordings }) => presentSpeakers(speakers, recordings)],
  ['word starts', ({ wordStarts }) => presentStarts(wordStarts)],
  ['invented', ({ inventedWords }) => fixed(inventedWords, 0)],
];

const cost: Column[] = [
  ['wall s', ({ wallSeconds }) => fixed(wallSeconds, 1)],
  ['x real time', ({ rtf }) => fixed(1 / rtf, 1)],
  ['CPU s', ({ cpuSeconds }) => fixed(cpuSeconds, 1)],
  ['whole', ({ audioSecondsPerCpuSecond }) => fixed(audioSecondsPerCpuSecond, 1)],
  ...['decode', 'transcribe', 'diarize', 'summarize'].map(
    (stage): Column => [stage, ({ stages }) => fixed(stages[stage]?.audioSecondsPerCpuSecond, 1)],
  ),
  ['peak MB', ({ peakMemoryBytes }) => fixed(peakMemoryBytes === null ? null : peakMemoryBytes / 1e6, 0)],
];

export function presentFigures(rows: readonly NamedFigures[]): string {
  return [
    'Errors in percent; speakers found/there; word starts off by median / 90th percentile in ms; words invented where nobody speaks',
    presentTable(rows, accuracy),
    'Time; seconds of audio per CPU second, as a whole and per stage; most memory of all processes',
    presentTable(rows, cost),
  ].join('\n');
}

function presentTable(rows: readonly NamedFigures[], columns: readonly Column[]): string {
  const cells = [
    ['', ...columns.map(([heading]) => heading)],
    ...rows.map(({ name, figures }) => [name, ...columns.map(([, cell]) => cell(figures))]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map(row => row[column]!.length)));
  const lines = cells.map(row =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
  return `${lines.join('\n')}\n`;
}

/** Of one recording the numbers, of several in how many recordings they are right. */
function presentSpeakers(speakers: Figures['speakers'], recordings: number): string {
  if (!speakers) return UNKNOWN;
  return recordings === 1 ? `${speakers.found}/${speakers.truth}` : `${speakers.right} of ${speakers.recordings} right`;
}

function presentStarts(starts: Figures['wordStarts']): string {
  return starts ? `${fixed(starts.medianMs, 0)} / ${fixed(starts.p90Ms, 0)}` : UNKNOWN;
}

function percent(fraction: number | null | undefined): string {
  return fixed(fraction === undefined || fraction === null ? null : fraction * 100, 1);
}

function fixed(value: number | null | undefined, digits: number): string {
  return value === undefined || value === null || !Number.isFinite(value) ? UNKNOWN : value.toFixed(digits);
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
