/** The actions so far, found again by an index of their words, so that long meetings stay linear. */
import type { Action } from './find-actions.ts';
import type { Sentence } from './sentences.ts';
import { overlapOf } from './words.ts';

/** Shared part of the smaller set of words from which two sentences mean the same task. */
const SAME = 0.7;
/** A word that so many tasks share tells nothing; the latest are enough. */
const MAX_PER_STEM = 200;
const RECENT = 20;

export class ActionLedger {
  readonly actions: Action[] = [];
  private readonly byStem = new Map<string, Action[]>();

  add(action: Action): void {
    this.actions.push(action);
    for (const stem of action.stems) {
      const list = this.byStem.get(stem);
      if (list) list.push(action);
      else this.byStem.set(stem, [action]);
    }
  }

  /** The latest of the actions that a sentence with these words fits best. */
  find(stems: ReadonlySet<string>, least = SAME): Action | undefined {
    const counts = new Map<Action, number>();
    for (const stem of stems)
      for (const action of this.byStem.get(stem)?.slice(-MAX_PER_STEM) ?? [])
        counts.set(action, (counts.get(action) ?? 0) + 1);
    let best: Action | undefined;
    let bestScore = 0;
    for (const [action, shared] of counts) {
      const score = overlapOf(action.stems, stems);
      if (score < least || (shared < 2 && Math.min(action.stems.size, stems.size) > 1)) continue;
      if (score >= bestScore) [best, bestScore] = [action, score];
    }
    return best;
  }

  /** The open action said or changed last, at most so many turns before the sentence. */
  recent(sentence: Sentence, turns: number, accept: (action: Action) => boolean = () => true): Action | undefined {
    let latest: Action | undefined;
    for (const action of this.actions.slice(-RECENT)) {
      const last = action.evidence.at(-1);
      if (action.status !== 'open' || !last || sentence.turnIndex - last.turnIndex > turns || !accept(action)) continue;
      if (last.index >= (latest?.evidence.at(-1)?.index ?? -1)) latest = action;
    }
    return latest;
  }
}
