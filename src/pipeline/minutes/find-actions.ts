/** Action items from the words. Later turns win: an item ends as it was left, with every moment that formed it. */
import type { Transcript } from '../meeting.ts';
import type { Day } from './calendar.ts';
import { type Commitment, isRefusal, readCommitments } from './commitments.ts';
import { type DueMention, findDue, findDueMentions } from './due-dates.ts';
import { isHostile } from './hostile-text.ts';
import type { Names } from './names.ts';
import type { Sentence } from './sentences.ts';
import { contentStems, countShared, overlapOf } from './words.ts';

export interface Action {
  text: string;
  owner: string | null;
  due: DueMention | undefined;
  status: 'open' | 'done' | 'cancelled';
  evidence: Sentence[];
  stems: Set<string>;
}

/** Not yet an action: asked and not answered, or a need that its speaker may take up. */
interface Pending {
  action: Action;
  asker: string;
  turnIndex: number;
}

const ACCEPTS =
  /^(?:(?:um|oh|well|and|okay|ok|perfect|great),? )*(?:sure|yes|yeah|yep|yup|okay|ok|of course|certainly|absolutely|definitely|no problem|will do|happy to|gladly|on it|got it|right|fine|sounds good|can do|consider it done|all right|alright|agreed|with pleasure|you got it|that works|works for me|makes sense|done|deal|no worries|understood|noted|I'd be happy|I'd love to)\b/i;
const CANCELS =
  /\b(?:cancell?ed|(?:is|are|was) off\b|no longer need|not needed|don't need (?:to|the|that|it)|no need (?:to|for)|never mind|forget (?:about )?(?:the|that|it)|scrap(?:ped)?|(?:please )?(?:don't|do not) \p{L}+|(?:won't|not) be necessary|not going to \p{L}+ (?:the|that|it)|(?:drop|skip|cancel) (?:the|that|it)|take (?:that|it) off (?:the|your) list|off the table)\b/iu;
const DONE =
  /\b(?:I(?:'ve| have)?(?: already| just)? (?:sent|done|finished|completed|fixed|updated|booked|called|ordered|shared|submitted|paid|delivered|emailed|uploaded|posted|wrote|written|merged|closed|signed)|(?:is|are|was|were|that's|it's)(?: now| all)? (?:already )?(?:done|finished|completed|sent|fixed|sorted|booked|delivered)|already (?:done|sent|finished|booked|fixed|did|took care))\b/i;
const HANDED =
  /\b(?:from (\p{Lu}\p{L}+) (?:over )?to (\p{Lu}\p{L}+)|(\p{Lu}\p{L}+) (?:will|'ll|can|is going to|should)?\s*(?:take|takes|taking|handle|do|own)s? (?:it|that|this|those|them|over)\b)/u;
const NOT_YET_SETTLED = /\b(?:I'd|I would|should we|could we|maybe|perhaps|what if|might)\b/i;
/** Turns within which an answer or a volunteer is sought. */
const ANSWER_TURNS = 4;
const TAKEN_TURNS = 6;
const SAME = 0.6;

export function findActions(
  sentences: readonly Sentence[],
  transcript: Transcript,
  names: Names,
  today: Day,
): Action[] {
  const labels = new Map(transcript.speakers.map(({ id, label }) => [id, label]));
  const ledger = new Ledger();
  let pending: Pending[] = [];
  for (const sentence of sentences) {
    if (isHostile(sentence.text)) continue;
    const speaker = labels.get(sentence.turn.speaker) ?? sentence.turn.speaker;
    pending = pending.filter(({ turnIndex }) => sentence.turnIndex - turnIndex <= ANSWER_TURNS);
    const due = findDue(sentence.text, today);
    const commitment = readCommitments(sentence, names, due)[0];
    if (settle(sentence, ledger, names, commitment)) continue;
    pending = answer(sentence, speaker, pending, ledger, commitment, due);
    if (commitment) commit({ sentence, speaker, commitment, due, ledger, pending, sentences });
    else addDue(sentence, ledger, due, today);
  }
  return ledger.actions;
}

/** The actions so far, found again by an index of their words so that long meetings stay linear. */
class Ledger {
  readonly actions: Action[] = [];
  private readonly byStem = new Map<string, Action[]>();

  add(action: Action): void {
    this.actions.push(action);
    this.index(action, action.stems);
  }

  /** The latest action that a sentence is about. */
  find(stems: ReadonlySet<string>, least = SAME): Action | undefined {
    const counts = new Map<Action, number>();
    for (const stem of stems)
      for (const action of this.byStem.get(stem)?.slice(-200) ?? []) counts.set(action, (counts.get(action) ?? 0) + 1);
    let best: Action | undefined;
    let bestScore = 0;
    for (const [action, shared] of counts) {
      const score = overlapOf(action.stems, stems);
      if (score < least || (shared < 2 && Math.min(action.stems.size, stems.size) > 1)) continue;
      if (score >= bestScore) [best, bestScore] = [action, score];
    }
    return best;
  }

  /** The last action said or changed at most so many turns ago. */
  recent(turnIndex: number, turns: number, accept: (action: Action) => boolean): Action | undefined {
    return this.actions
      .slice(-20)
      .filter(action => accept(action) && turnIndex - (action.evidence.at(-1)?.turnIndex ?? 0) <= turns)
      .sort((a, b) => (a.evidence.at(-1)?.index ?? 0) - (b.evidence.at(-1)?.index ?? 0))
      .at(-1);
  }

  private index(action: Action, stems: ReadonlySet<string>): void {
    for (const stem of stems) {
      const list = this.byStem.get(stem);
      if (list) list.push(action);
      else this.byStem.set(stem, [action]);
    }
  }
}

/** Cancelled, done, handed on: true when the sentence is used up by that. */
function settle(sentence: Sentence, ledger: Ledger, names: Names, commitment: Commitment | undefined): boolean {
  const { text, stems } = sentence;
  const about = () => ledger.find(stems, 0.5);
  const vague = /\b(?:that|it|this) (?:task|item|action|one)?\b/i.test(text)
    ? ledger.recent(sentence.turnIndex, 2, isOpen)
    : undefined;
  if (CANCELS.test(text) && !sentence.isQuestion && !NOT_YET_SETTLED.test(text)) {
    const target = about() ?? (/\b(?:task|item|action|never mind|cancell?ed)\b/i.test(text) ? vague : undefined);
    if (target && target.status === 'open' && commitment?.kind !== 'promise') {
      target.status = 'cancelled';
      target.evidence.push(sentence);
      return true;
    }
  }
  if (DONE.test(text) && !sentence.isQuestion && commitment?.kind !== 'promise') {
    const target = about() ?? (stems.size <= 2 && /\b(?:that's|it's|already)\b/i.test(text) ? vague : undefined);
    if (target?.status === 'open') {
      target.status = 'done';
      target.evidence.push(sentence);
      return true;
    }
  }
  const handed = HANDED.exec(text);
  const heir = names.find(handed?.[2] ?? handed?.[3] ?? '');
  if (handed && heir && !sentence.isQuestion) {
    const target = about() ?? ledger.recent(sentence.turnIndex, TAKEN_TURNS, isOpen);
    if (target) {
      target.owner = heir;
      target.evidence.push(sentence);
      return true;
    }
  }
  if (isRefusal(text)) {
    const target = about();
    if (target && target.status === 'open' && target.owner !== null) {
      target.evidence.push(sentence);
      return true;
    }
  }
  return false;
}

/** Looks whether the sentence takes up what was asked. */
function answer(
  sentence: Sentence,
  speaker: string,
  pending: readonly Pending[],
  ledger: Ledger,
  commitment: Commitment | undefined,
  due: DueMention | undefined,
): Pending[] {
  return pending.filter(({ action, asker }) => {
    if (speaker === asker && commitment?.kind !== 'taken') return true;
    if (isRefusal(sentence.text)) return false;
    const promises = commitment?.kind === 'promise' && overlapOf(action.stems, contentStems(commitment.task)) >= 0.5;
    const takes =
      commitment?.kind === 'taken' ||
      promises ||
      (speaker !== asker && ACCEPTS.test(sentence.text) && !sentence.isQuestion);
    if (!takes) return true;
    action.owner ??= speaker;
    if (due) action.due = due;
    action.evidence.push(sentence);
    if (!ledger.actions.includes(action)) ledger.add(action);
    return false;
  });
}

interface Committing {
  sentence: Sentence;
  speaker: string;
  commitment: Commitment;
  due: DueMention | undefined;
  ledger: Ledger;
  pending: Pending[];
  sentences: readonly Sentence[];
}

function commit(given: Committing): void {
  const { sentence, speaker, commitment, due, ledger, pending } = given;
  if (commitment.kind === 'taken') {
    if (ledger.actions.some(action => action.evidence.at(-1) === sentence)) return; // taken as an answer
    takeUp(given);
    return;
  }
  const action = buildAction(commitment, speaker, sentence, due);
  const known = ledger.find(action.stems);
  if (known?.evidence.at(-1) === sentence) return;
  const accepted = ledger.recent(sentence.turnIndex, 0, one => isOpen(one) && one.evidence.at(-1) === sentence);
  if (accepted && pointsBack(action)) return;
  const continues = known ?? continued(given, action);
  if (continues && continues.status === 'open') {
    update(continues, action, sentence, commitment);
    return;
  }
  if (action.stems.size === 0) return;
  if (commitment.kind === 'request') {
    if (commitment.firm && commitment.addressee) ledger.add(action);
    pending.push({ action, asker: speaker, turnIndex: sentence.turnIndex });
  } else if (commitment.kind === 'promise' && commitment.strength === 'weak') {
    if (due && /\b(?:need|have|must|got) to\b|\bmust\b|\blet me\b|\bI can\b|\bI'm\b/i.test(sentence.text))
      ledger.add(action);
    else if (/\b(?:need|have) to\b|\bI can\b|\blet me\b/i.test(sentence.text))
      pending.push({ action, asker: speaker, turnIndex: sentence.turnIndex });
  } else ledger.add(action);
}

/** "I'll do that" takes the last thing that waits for somebody, else what was given up or has no owner. */
function takeUp({ sentence, speaker, due, ledger }: Committing): void {
  const target =
    ledger.recent(
      sentence.turnIndex,
      TAKEN_TURNS,
      action => isOpen(action) && (action.owner === null || isRefusal(action.evidence.at(-1)?.text ?? '')),
    ) ?? ledger.recent(sentence.turnIndex, 1, action => isOpen(action) && action.owner === speaker);
  if (!target) return;
  target.owner = speaker;
  if (due) target.due = due;
  target.evidence.push(sentence);
}

function buildAction(
  commitment: Exclude<Commitment, { kind: 'taken' }>,
  speaker: string,
  sentence: Sentence,
  due: DueMention | undefined,
): Action {
  const owner =
    commitment.kind === 'promise' ? speaker : commitment.kind === 'request' ? commitment.addressee : commitment.owner;
  const text = due ? withoutDue(commitment.task, due.text) : commitment.task;
  return { text, owner: owner ?? null, due, status: 'open', evidence: [sentence], stems: contentStems(text) };
}

/** "… and have it out by Friday": a sentence with nothing of its own goes on with the task just named. */
function continued({ sentence, speaker, ledger, sentences }: Committing, action: Action): Action | undefined {
  const last = ledger.recent(sentence.turnIndex, 0, one => isOpen(one) && one.owner === speaker);
  const previous = sentences[sentence.index - 1];
  return last && previous && last.evidence.at(-1) === previous && pointsBack(action) ? last : undefined;
}

/** "send it", "have them out": says nothing new about what is to be done. */
function pointsBack({ text, stems }: Action): boolean {
  return /\b(?:it|them|that|those)\b/i.test(text) && stems.size <= 2;
}

function update(known: Action, later: Action, sentence: Sentence, commitment: Commitment): void {
  const firm = commitment.kind === 'duty' ? commitment.owner !== undefined : commitment.kind === 'promise';
  if (later.owner !== null && (firm || known.owner === null)) known.owner = later.owner;
  if (later.due) known.due = later.due;
  if (known.evidence.at(-1) !== sentence) known.evidence.push(sentence);
}

/** A plain sentence may move a known task's date, or give it one: "…the firmware on the eleventh instead". */
function addDue(sentence: Sentence, ledger: Ledger, due: DueMention | undefined, today: Day): void {
  if (!due || sentence.isQuestion) return;
  const shorter = new Set([...sentence.stems].filter(stem => !contentStems(due.text).has(stem)));
  const moved =
    /\b(?:instead|rather|mov(?:e|ed|ing)|push(?:ed)?|postpone[d]?|delay(?:ed)?|bring forward|extend(?:ed)?|later|earlier|now|new (?:date|deadline)|correction|make (?:it|that)|deadline)\b/i.test(
      sentence.text,
    );
  if (!moved) return;
  const target = ledger.find(shorter, 0.5);
  if (
    target &&
    target.status === 'open' &&
    countShared(target.stems, shorter) > 0 &&
    findDueMentions(sentence.text, today).length > 0
  ) {
    target.due = due;
    target.evidence.push(sentence);
  }
}

function isOpen(action: Action): boolean {
  return action.status === 'open';
}

function withoutDue(task: string, said: string): string {
  const at = task.toLowerCase().indexOf(said.toLowerCase());
  if (at < 0) return task;
  const rest = `${task.slice(0, at).replace(/[,\s]+$/, '')}${task.slice(at + said.length)}`
    .replace(/\s+/g, ' ')
    .replace(/[\s,;]+$/, '');
  return rest.length > 5 ? rest : task;
}
