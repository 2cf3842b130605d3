/** analytics.json: who spoke how much and how, for each speaker and for the meeting. Counted, never guessed. */
import type { AnalyticsFile } from '../files.ts';
import type { Span, Transcript } from '../meeting.ts';
import type { NamedSpan } from '../stages/assign-speakers.ts';
import { countWording } from './count-wording.ts';
import { findInterruptions } from './find-interruptions.ts';
import { findLongestMonologue } from './find-longest-monologue.ts';
import { countVoices, voiceStretches } from './voices.ts';

/** @param spans who speaks when, under the transcript's names; where there are none, the turns say it */
export function analyseMeeting(transcript: Transcript, spans: readonly NamedSpan[]): AnalyticsFile {
  const { durationMs, turns, speakers } = transcript;
  const stretches = voiceStretches(transcript, spans);
  const interruptions = findInterruptions(stretches);
  const { talkMs, overlapMs } = countVoices(stretches);
  const floors = joinFloors(turns);
  const allTalkMs = speakers.reduce((sum, { speechMs }) => sum + speechMs, 0);
  return {
    schemaVersion: 1,
    durationSeconds: toSeconds(durationMs),
    meeting: {
      ...countWording(turns, talkMs),
      ...countFloors(floors),
      talkSeconds: toSeconds(talkMs),
      overlapSeconds: toSeconds(overlapMs),
      silenceShare: durationMs > 0 ? toShare(1 - talkMs / durationMs) : 0,
      interruptionCount: interruptions.length,
    },
    speakers: speakers.map(({ id, label, speechMs }) => {
      const isOwn = ({ speaker }: { speaker: string }) => speaker === id;
      const monologue = findLongestMonologue(id, turns);
      return {
        id,
        label,
        ...countWording(turns.filter(isOwn), speechMs),
        ...countFloors(floors.filter(isOwn)),
        talkSeconds: toSeconds(speechMs),
        talkShare: allTalkMs > 0 ? toShare(speechMs / allTalkMs) : 0,
        interruptionsMade: interruptions.filter(({ by }) => by === id).length,
        interruptionsSuffered: interruptions.filter(({ of }) => of === id).length,
        longestMonologue: monologue && { start: toSeconds(monologue.startMs), end: toSeconds(monologue.endMs) },
      };
    }),
  };
}

/** The transcript cuts long talk into several turns; here they are one. */
function joinFloors(turns: Transcript['turns']): NamedSpan[] {
  const floors: NamedSpan[] = [];
  for (const { speaker, startMs, endMs } of turns) {
    const last = floors.at(-1);
    if (last?.speaker === speaker) last.endMs = Math.max(last.endMs, endMs);
    else floors.push({ speaker, startMs, endMs });
  }
  return floors;
}

function countFloors(floors: readonly Span[]) {
  const totalMs = floors.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return { turnCount: floors.length, meanTurnSeconds: floors.length > 0 ? toSeconds(totalMs / floors.length) : null };
}

function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function toShare(value: number): number {
  return Number(Math.min(1, Math.max(0, value)).toFixed(4));
}
