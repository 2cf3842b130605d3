/** How well people are recognised: everybody is enrolled from their first seconds, and heard again in what follows. */
import type { VoiceReference } from '../../pipeline/store/voiceprints.ts';
import { matchVoices, scoreOf } from '../../pipeline/voices/match-voices.ts';
import { meanVector } from '../../pipeline/voices/voice-vector.ts';
import { CONDITIONS, type Condition } from './conditions.ts';
import { BLOCK_SECONDS, type MeasuredVoice, type VoiceBlock } from './measure-voices.ts';
import { equalErrorPoint, pointOfFalseAccepts, type Trials } from './trials.ts';

export interface VoiceFigures {
  condition: Condition;
  /** Of each sample. */
  seconds: number;
  samples: number;
  /** Share of samples whose own voice is the most alike of all enrolled. */
  accuracy: number;
  /** Shares of samples of enrolled people that got their own name, a suggestion of it, nothing; somebody else's name. */
  named: number;
  suggested: number;
  missed: number;
  wrong: number;
  /** The same samples where the person never enrolled: how many got a name, got a suggestion. */
  strangers: number;
  strangersNamed: number;
  strangersSuggested: number;
  /** Where misses and false accepts are equal: rate and threshold. */
  equalError: number;
  equalErrorAt: number;
  /** The threshold from which on at most 0.1 % of others are accepted, and the share of misses there. */
  safeAt: number;
  safeMisses: number;
  /** Each half of the voices judged by a threshold that was chosen on the other one. */
  heldOut: HeldOut[];
  trials: Trials;
}

export interface HeldOut {
  /** 0.05 above the highest score of two people in the other half. */
  threshold: number;
  misses: number;
  /** Of so many pairs of samples and other people. */
  falseAccepts: number;
  others: number;
}

const ENROL_SECONDS = 20;
export const SAMPLE_SECONDS = [5, 15] as const;
const FALSE_ACCEPTS = 0.001;
const SAFETY = 0.05;
/** An id for the bench: people are told apart by it and nothing else. */
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Voices with too little speech to enrol and to be heard again are strangers to all. */
export function scoreVoices(voices: readonly MeasuredVoice[]): VoiceFigures[] {
  const blocks = ENROL_SECONDS / BLOCK_SECONDS;
  const enrolled = voices.map(({ blocks: { clean }, narrow }, index) => {
    const used = clean.length > blocks ? blocks : Math.floor(clean.length / 2);
    const vector = meanVector(clean.slice(0, used).map(block => block.vector));
    return { personId: idOf(index), half: index % 2, used, vector, narrow: meanVector(narrow.slice(0, used)) };
  });
  const references = enrolled.filter(({ used }) => used >= 1);
  return SAMPLE_SECONDS.flatMap(seconds =>
    CONDITIONS.map(condition => {
      const samples = voices.flatMap((voice, index) =>
        cut(voice.blocks[condition].slice(enrolled[index]?.used ?? 0), seconds).map(block => ({
          ...{ personId: idOf(index), half: index % 2 },
          ...block,
        })),
      );
      return score(samples, references, { condition, seconds });
    }),
  );
}

/** The voices are dealt into two halves, in turn. */
interface Halved {
  half: number;
}

interface Sample extends VoiceBlock, Halved {
  personId: string;
}

function score(
  samples: readonly Sample[],
  references: readonly (VoiceReference & Halved)[],
  what: { condition: Condition; seconds: number },
): VoiceFigures {
  const trials = { same: [] as number[], other: [] as number[] };
  const counts = { accurate: 0, known: 0, named: 0, suggested: 0, wrong: 0, strangersNamed: 0, strangersSuggested: 0 };
  const halves = [0, 1].map(() => ({ same: [] as number[], other: [] as number[] }));
  for (const { personId, half, ...heard } of samples) {
    const scored = references.map(reference => ({ ...reference, score: scoreOf(heard, reference) ?? 0 }));
    for (const one of scored) {
      const kind = one.personId === personId ? 'same' : 'other';
      trials[kind].push(one.score);
      if (one.half === half) halves[half]?.[kind].push(one.score);
    }
    const decide = (among: readonly VoiceReference[]) =>
      matchVoices([{ voice: 0, seconds: what.seconds, ...heard }], among)[0];
    if (references.some(reference => reference.personId === personId)) {
      counts.known++;
      if (scored.toSorted((a, b) => b.score - a.score)[0]?.personId === personId) counts.accurate++;
      const match = decide(references);
      if (match?.decision === 'automatic') counts[match.personId === personId ? 'named' : 'wrong']++;
      else if (match?.personId === personId) counts.suggested++;
    }
    const stranger = decide(references.filter(reference => reference.personId !== personId));
    if (stranger) counts[stranger.decision === 'automatic' ? 'strangersNamed' : 'strangersSuggested']++;
  }
  const share = (count: number) => count / Math.max(1, counts.known);
  const equal = equalErrorPoint(trials);
  const safe = pointOfFalseAccepts(trials, FALSE_ACCEPTS);
  return {
    ...what,
    samples: counts.known,
    accuracy: share(counts.accurate),
    named: share(counts.named),
    suggested: share(counts.suggested),
    missed: share(counts.known - counts.named - counts.suggested - counts.wrong),
    wrong: share(counts.wrong),
    strangers: samples.length,
    strangersNamed: counts.strangersNamed,
    strangersSuggested: counts.strangersSuggested,
    equalError: equal ? (equal.falseAccepts + equal.misses) / 2 : 0,
    equalErrorAt: equal?.threshold ?? 0,
    safeAt: safe?.threshold ?? 1,
    safeMisses: safe?.misses ?? 1,
    heldOut: halves.map((half, index) => holdOut(half, halves[1 - index]?.other ?? [])),
    trials,
  };
}

function holdOut({ same, other }: Trials, elsewhere: readonly number[]): HeldOut {
  const threshold = Math.max(0, ...elsewhere) + SAFETY;
  return {
    threshold,
    misses: same.filter(score => score < threshold).length / Math.max(1, same.length),
    falseAccepts: other.filter(score => score >= threshold).length,
    others: other.length,
  };
}

function cut(blocks: readonly VoiceBlock[], seconds: number): VoiceBlock[] {
  const size = seconds / BLOCK_SECONDS;
  return Array.from({ length: Math.floor(blocks.length / size) }, (_, index) => {
    const own = blocks.slice(index * size, (index + 1) * size);
    const vector = meanVector(own.map(block => block.vector));
    return { vector, isNarrow: own.filter(block => block.isNarrow).length * 2 > own.length };
  });
}
