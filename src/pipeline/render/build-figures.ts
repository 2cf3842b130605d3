/** The figures of analytics.json as a table for people. */
import type { AnalyticsFile } from '../files.ts';
import { VOICE_COLOURS } from './build-talk-strip.ts';
import type { View } from './build-view.ts';
import { formatClock, formatLength } from './format-time.ts';

export interface Figures {
  /** One line about the whole meeting. */
  meeting: string;
  columns: readonly string[];
  rows: { label: string; colour: number; cells: string[] }[];
}

const COLUMNS = ['Time', 'Share', 'Turns', 'Words', 'Rate', 'Vocabulary', 'Questions', 'Cuts in', 'Cut off', 'Longest'];

/** @param view gives the speakers' names, in the same order */
export function buildFigures({ meeting, speakers }: AnalyticsFile, view: View): Figures {
  return {
    meeting: [
      `${counted(meeting.wordCount, 'word')}, ${formatCount(meeting.distinctWordCount)} different`,
      counted(meeting.turnCount, 'turn'),
      counted(meeting.questionCount, 'question'),
      counted(meeting.interruptionCount, 'interruption'),
      `silence ${formatPercent(meeting.silenceShare)}`,
      ...(meeting.overlapSeconds > 0
        ? [`several voices at once for ${formatLength(meeting.overlapSeconds * 1000)}`]
        : []),
    ].join(' · '),
    columns: COLUMNS,
    rows: speakers.map((speaker, index) => {
      const longest = speaker.longestMonologue;
      return {
        label: view.speakers[index]?.label ?? speaker.id,
        colour: index % VOICE_COLOURS,
        cells: [
          formatClock(speaker.talkSeconds * 1000),
          formatPercent(speaker.talkShare),
          formatCount(speaker.turnCount),
          formatCount(speaker.wordCount),
          speaker.wordsPerMinute === null ? '' : formatCount(Math.round(speaker.wordsPerMinute)),
          formatCount(speaker.distinctWordCount),
          formatCount(speaker.questionCount),
          formatCount(speaker.interruptionsMade),
          formatCount(speaker.interruptionsSuffered),
          longest
            ? `${formatLength((longest.end - longest.start) * 1000)} at ${formatClock(longest.start * 1000)}`
            : '',
        ],
      };
    }),
  };
}

function counted(count: number, thing: string): string {
  return `${formatCount(count)} ${count === 1 ? thing : `${thing}s`}`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}

function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
