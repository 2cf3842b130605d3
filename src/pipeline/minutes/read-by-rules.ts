/** What the rules make of a meeting: the extractive summary is written from it, and a language model's items are held against it. */
import type { Transcript } from '../meeting.ts';
import type { Day } from './calendar.ts';
import { type Action, findActions } from './find-actions.ts';
import { type Decision, findDecisions } from './find-decisions.ts';
import { findNames } from './names.ts';
import { type Sentence, splitIntoSentences } from './sentences.ts';

export interface RuleReading {
  sentences: Sentence[];
  decisions: Decision[];
  actions: Action[];
}

/** @param today of the meeting, against which due dates are resolved */
export function readByRules(transcript: Transcript, today: Day): RuleReading {
  const sentences = splitIntoSentences(transcript, { atCommas: true });
  if (transcript.language !== 'en') return { sentences, decisions: [], actions: [] }; // the rules are for English
  const names = findNames(sentences, transcript.speakers);
  return {
    sentences,
    decisions: findDecisions(sentences, today),
    actions: findActions(sentences, transcript, names, today),
  };
}
