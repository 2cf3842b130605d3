/** Action items from the words. Later turns win: an item ends as it was left, with every moment that formed it. */
import type { Transcript } from '../meeting.ts';
import { ActionLedger } from './action-ledger.ts';
import type { Day } from './calendar.ts';
import { isCancelled, isDone } from './closing-words.ts';
import { type Commitment, declines, isRefusal, pointsBack, readCommitment } from './commitments.ts';
import { contextOf, withContext } from './context.ts';
import { type DueMention, findDue } from './due-dates.ts';
import { isVerdict } from './find-decisions.ts';
import { isHostile } from './hostile-text.ts';
import type { Names } from './names.ts';
import { joinEvidence, type Sentence } from './sentences.ts';
import { isWorkPhrase } from './verbs.ts';
import { contentStems, countShared, overlapOf, tidy } from './words.ts';

export interface Action {
  text: string;
  /** A speaker's label or a name that was said. */
  owner: string | null;
  due: DueMention | undefined;
  status: 'open' | 'done' | 'cancelled';
  evidence: Sentence[];
  stems: Set<string>;
}

/** Asked and not answered yet, or offered and not taken up yet. */
interface Pending {
  action: Action;
  asker: string;
  /** Only this speaker's plain "yes" counts; undefined where anybody's does. */
  addressee: string | undefined;
  /** A plain "yes" takes it; else only "I'll do that". */
  yesTakes: boolean;
  turnIndex: number;
}

/** A sentence with what was read from it. */
interface Reading {
  sentence: Sentence;
  /** The label of who speaks. */
  speaker: string;
  commitment: Commitment | undefined;
  due: DueMention | undefined;
}

const ACCEPTS =
  /^(?:(?:um|oh|well|and|okay|ok|perfect|great|right),? )*(?:sure|yes|yeah|yep|yup|of course|certainly|absolutely|definitely|very well|no problem|will do|happy to|gladly|on it|got it|can do|consider it done|with pleasure|you got it|I'd be happy|I'd love to|I (?:will|can|shall)[.!]?$|(?:okay|ok|alright|all right|fine|right|agreed|noted|understood|sounds good|works for me)[.!]?$)(?!,? (?:but|it's|that's|because)\b)/iu;
/** How an offer ("I can send it") is taken up by somebody else. */
const TAKES_UP =
  /^(?:(?:oh|okay|ok|yes|yeah),? )*(?:(?:yes|yeah),? please|please do|please|(?:that would be|that'd be) (?:great|good|helpful|lovely|perfect)|great|perfect|lovely|wonderful|thanks|thank you|awesome|brilliant)\b/iu;
/** "I'd have to ring them. — Would you?" */
const WOULD_YOU = /^(?:(?:oh|okay|great|yes|yeah),? )?(?:would|could|can|will) you(?: do that)?(?:,? please)?\?/iu;
const HANDED =
  /\bfrom (\p{Lu}[\p{L}-]+) (?:over )?to (\p{Lu}[\p{L}-]+)|\b(\p{Lu}[\p{L}-]+)(?: will|'ll| can| is going to| should)? (?:takes?|handles?|does?|owns?) (?:it|that|this|those|them)(?: over| on)?\b/u;
const TENTATIVE = /\b(?:I'd|I would|should we|could we|maybe|perhaps|what if|might|if)\b/iu;
const MOVES_DATE =
  /\b(?:instead|rather|mov(?:e|ed|ing)|push(?:ed|ing)?|postponed?|delay(?:ed)?|extend(?:ed)?|later|earlier|new (?:date|deadline)|correction|make (?:it|that)|the deadline)\b/iu;
/** A day that tells a story or sets the next meeting. */
const NOT_DUE =
  /\b(?:yesterday|last|ago|was|were|had|started?|arrived?|since|meet(?:ing)?|see (?:you|him|her|them)|holiday|not|n't|never|next time)\b/iu;
const MAX_STEMS_BESIDE_DATE = 1;
const SETTLES_DATE = /^(?:(?:oh|good (?:call|point|idea)|okay|ok|alright|right|fine|sure)[,.]? )+|\bthen[.!]?$/iu;
const DATE_TURNS = 3;
/** What somebody lacks, wants or asks for. */
const ASKS_FOR =
  /\b(?:need(?:s|ed)?|want(?:s|ed)?|missing|waiting for|would like|must|has to|have to|somebody|someone|please|don't forget|still not|broken|there's no|run out)\b/iu;
const CLOSE_SENTENCES = 4;
/** Turns within which an answer, or a volunteer, is sought. */
const ANSWER_TURNS = 4;
const TAKEN_TURNS = 6;

/** @param today of the meeting, against which due dates are resolved */
export function findActions(
  sentences: readonly Sentence[],
  transcript: Transcript,
  names: Names,
  today: Day,
): Action[] {
  const labels = new Map(transcript.speakers.map(({ id, label }) => [id, label]));
  const reader = new ActionReader(sentences, names, new Set(labels.values()), today);
  for (const sentence of sentences) {
    if (isHostile(sentence.text)) continue;
    const said = findDue(sentence.text, today);
    const commitment = readCommitment(sentence, names, said);
    reader.read({
      sentence,
      speaker: labels.get(sentence.turn.speaker) ?? sentence.turn.speaker,
      commitment,
      // "they said Wednesday, so I'll ring them this afternoon"
      due: (commitment && 'task' in commitment && findDue(fromTask(sentence.text, commitment.task), today)) || said,
    });
  }
  return reader.actions;
}

/** The sentence from where it names the task. */
function fromTask(text: string, task: string): string {
  const at = text.toLowerCase().indexOf(task.slice(0, 12).toLowerCase());
  return at < 0 ? task : text.slice(at);
}

/** Goes through the meeting once, in order. */
class ActionReader {
  private readonly ledger = new ActionLedger();
  private pending: Pending[] = [];
  private readonly sentences: readonly Sentence[];
  private readonly names: Names;
  private readonly labels: ReadonlySet<string>;

  private readonly today: Day;

  constructor(sentences: readonly Sentence[], names: Names, labels: ReadonlySet<string>, today: Day) {
    this.today = today;
    this.sentences = sentences;
    this.names = names;
    this.labels = labels;
  }

  get actions(): Action[] {
    return this.ledger.actions;
  }

  read(reading: Reading): void {
    const { sentence } = reading;
    this.pending = this.pending.filter(({ turnIndex }) => sentence.turnIndex - turnIndex <= ANSWER_TURNS);
    if (!sentence.isQuestion && (this.close(reading) || this.handOn(sentence) || this.giveUp(reading))) return;
    if (this.answer(reading)) return;
    if (reading.commitment) this.enter(reading, reading.commitment);
    else if (!sentence.isQuestion) this.moveDate(reading) || this.setDate(reading);
  }

  /** Cancelled or done. */
  private close({ sentence, commitment }: Reading): boolean {
    const { text, stems } = sentence;
    if (commitment?.kind === 'promise' && commitment.firm) return false;
    const cancels = isCancelled(text) && !TENTATIVE.test(text);
    if (!cancels && !isDone(text)) return false;
    const points = /\b(?:it|that|this|task|item|never mind)\b/iu.test(text) && stems.size <= 3;
    const target = this.ledger.find(stems, 0.5) ?? (points ? this.ledger.recent(sentence, 2) : undefined);
    if (target?.status !== 'open') return false;
    target.status = cancels ? 'cancelled' : 'done';
    target.evidence = joinEvidence(target.evidence, [sentence]);
    return true;
  }

  /** "The quotes go from Oliver to Marcus", "Kim will take that". */
  private handOn(sentence: Sentence): boolean {
    const handed = HANDED.exec(sentence.text);
    const heir = this.names.find(handed?.[2] ?? handed?.[3] ?? '');
    if (!handed || !heir) return false;
    const target =
      this.ledger.find(sentence.stems, 0.5) ?? (handed[3] ? this.ledger.recent(sentence, TAKEN_TURNS) : undefined);
    if (!target) return false;
    target.owner = heir;
    target.evidence = joinEvidence(target.evidence, [sentence]);
    return true;
  }

  /** "I can't do the quotes": kept, and free for whoever takes it. */
  private giveUp({ sentence, speaker }: Reading): boolean {
    if (!isRefusal(sentence.text)) return false;
    const target = this.ledger.find(sentence.stems, 0.5);
    if (target?.status !== 'open' || target.owner === null) return false;
    if (this.labels.has(target.owner) && target.owner !== speaker) return false;
    target.evidence = joinEvidence(target.evidence, [sentence]);
    return true;
  }

  /** Looks whether the sentence takes up the latest thing that waits for somebody. */
  private answer({ sentence, speaker, commitment, due }: Reading): boolean {
    const waiting = this.pending.findLast(one => this.takes(one, { sentence, speaker, commitment, due }));
    if (!waiting) return false;
    const { action, addressee } = waiting;
    this.pending = this.pending.filter(one => one !== waiting);
    // a named person who answers under a voice's label keeps the name; anybody else who says "I'll do that" has it
    if (action.owner === null || (this.labels.has(action.owner) && addressee !== undefined && speaker !== addressee))
      action.owner = speaker;
    if (due && !sentence.isQuestion) action.due = due;
    action.evidence = joinEvidence(action.evidence, [sentence]);
    if (!this.ledger.actions.includes(action)) this.ledger.add(action);
    return true;
  }

  private takes({ action, asker, addressee, yesTakes }: Pending, { sentence, speaker, commitment }: Reading): boolean {
    const offered = action.owner === asker;
    if (offered && speaker !== asker && WOULD_YOU.test(sentence.text)) return true;
    if (sentence.isQuestion || declines(sentence.text)) return false;
    if (offered) return speaker !== asker && TAKES_UP.test(sentence.text);
    if (commitment?.kind === 'taken') return true;
    const promises =
      commitment?.kind === 'promise' &&
      ((pointsBack(commitment.task) && (addressee === undefined || addressee === speaker)) ||
        overlapOf(action.stems, contentStems(commitment.task)) >= 0.5);
    if (speaker === asker) return false;
    if (promises) return true;
    return yesTakes && (addressee === undefined || addressee === speaker) && ACCEPTS.test(sentence.text);
  }

  private enter(reading: Reading, commitment: Commitment): void {
    if (commitment.kind === 'taken') {
      this.takeUp(reading);
      return;
    }
    const action = buildAction(reading, commitment);
    if (commitment.kind === 'request' && this.askAgain(reading, commitment, action)) return;
    const known = pointsBack(action.text) ? this.continued(reading, action) : this.ledger.find(action.stems);
    if (known?.status === 'open') {
      update(known, action, reading, commitment);
      return;
    }
    if (commitment.kind === 'promise' && pointsBack(action.text) && this.justOffered(reading)) {
      this.takeUp(reading);
      return;
    }
    if (pointsBack(action.text) && !this.addContext(action, reading.sentence) && !reading.due) return;
    if (action.stems.size === 0) return;
    const waits = (yesTakes: boolean, addressee?: string) =>
      this.pending.push({ action, asker: reading.speaker, addressee, yesTakes, turnIndex: reading.sentence.turnIndex });
    if (commitment.kind === 'request') {
      if (commitment.firm) this.ledger.add(action);
      const addressee = commitment.addressee;
      waits(true, addressee !== undefined && this.labels.has(addressee) ? addressee : undefined);
    } else if (commitment.kind === 'call') waits(false);
    else if (commitment.kind === 'promise' && !reading.due && (!commitment.firm || isVague(commitment.task)))
      waits(true);
    else {
      this.ledger.add(action);
      if (action.owner === null) waits(false);
    }
  }

  /** "Priya, could you do it?" after "Jorge, can you …?": the same task, another person. */
  private askAgain(
    { sentence, speaker }: Reading,
    commitment: Extract<Commitment, { kind: 'request' }>,
    action: Action,
  ): boolean {
    const waiting = pointsBack(action.text) ? this.pending.at(-1) : undefined;
    if (!waiting) return false;
    waiting.action.owner = action.owner ?? waiting.action.owner;
    waiting.action.evidence = joinEvidence(waiting.action.evidence, [sentence]);
    waiting.asker = speaker;
    waiting.addressee =
      commitment.addressee !== undefined && this.labels.has(commitment.addressee) ? commitment.addressee : undefined;
    waiting.turnIndex = sentence.turnIndex;
    return true;
  }

  /** "I'll do that": what was given up or has no owner, else what the speaker has just named. */
  private takeUp({ sentence, speaker, due }: Reading): void {
    const isFree = ({ owner, evidence }: Action) => owner === null || isRefusal(evidence.at(-1)?.text ?? '');
    const target =
      this.justOffered({ sentence, speaker }) ??
      this.ledger.recent(sentence, TAKEN_TURNS, isFree) ??
      this.ledger.recent(sentence, 1, ({ owner }) => owner === speaker) ??
      this.ownOffer(speaker);
    if (!target) {
      this.takeUnheard({ sentence, speaker, due });
      return;
    }
    target.owner = speaker;
    if (due) target.due = due;
    target.evidence = joinEvidence(target.evidence, [sentence]);
    if (!this.ledger.actions.includes(target)) this.ledger.add(target);
  }

  /** "I need a photographer by three. — I'll sort that out.": no rule saw a task, but somebody took it. */
  private takeUnheard({ sentence, speaker, due }: Pick<Reading, 'sentence' | 'speaker' | 'due'>): void {
    const isAsked = ({ turn, turnIndex, stems, text }: Sentence) =>
      turn.speaker !== sentence.turn.speaker &&
      sentence.turnIndex - turnIndex === 1 &&
      stems.size >= 2 &&
      ASKS_FOR.test(text) &&
      !declines(text);
    const asked = this.sentences.slice(Math.max(0, sentence.index - CLOSE_SENTENCES), sentence.index).findLast(isAsked);
    if (!asked || isHostile(asked.text)) return;
    const text = tidy(asked.text.replace(/^(?:(?:so|and|but|okay|well|right),? )+/iu, '').replace(/\?$/u, ''));
    const evidence = [asked, sentence];
    this.ledger.add({
      text,
      owner: speaker,
      due: due ?? findDue(asked.text, this.today),
      status: 'open',
      evidence,
      stems: asked.stems,
    });
  }

  /** "I have to ask Sofia. I'll write her today.": what the same turn has said the speaker must do. */
  private justOffered({ sentence, speaker }: Pick<Reading, 'sentence' | 'speaker'>): Action | undefined {
    const offer = this.ownOffer(speaker);
    return offer?.evidence.at(-1)?.turn === sentence.turn ? offer : undefined;
  }

  /** "I need to send the build. … I'll do that." */
  private ownOffer(speaker: string): Action | undefined {
    return this.pending.findLast(({ action }) => action.owner === speaker)?.action;
  }

  /** "… and have it out by Friday": a sentence with nothing of its own goes on with the task just named. */
  private continued({ sentence, speaker }: Reading, action: Action): Action | undefined {
    if (!pointsBack(action.text)) return undefined;
    const own = this.ledger.recent(sentence, 1, ({ owner }) => owner === speaker);
    return own && own.evidence.at(-1)?.index === sentence.index - 1 ? own : undefined;
  }

  /** "Draft an email for that" is no task to read alone: the sentence that it points to comes with it. */
  private addContext(action: Action, sentence: Sentence): boolean {
    const before = contextOf(sentence, this.sentences, ({ text }) => !isVerdict(text));
    if (!before) return false;
    action.text = withContext(action.text, before);
    action.stems = new Set([...action.stems, ...before.stems]);
    action.evidence = joinEvidence([before], action.evidence);
    return true;
  }

  /** A plain sentence may move a known task's date: "… the firmware on the eleventh instead". */
  private moveDate({ sentence, due }: Reading): boolean {
    if (!due || !MOVES_DATE.test(sentence.text)) return false;
    const dateStems = contentStems(due.text);
    const rest = new Set([...sentence.stems].filter(stem => !dateStems.has(stem)));
    const target = this.ledger.find(rest, 0.5);
    if (target?.status !== 'open' || countShared(target.stems, rest) === 0) return false;
    target.due = due;
    target.evidence = joinEvidence(target.evidence, [sentence]);
    return true;
  }

  /** "By Friday, please.", "You'll have it on Monday.": little else than a day, said of the task just named. */
  private setDate({ sentence, speaker, due }: Reading): void {
    if (!due?.date || isRefusal(sentence.text) || NOT_DUE.test(sentence.text)) return;
    const dateStems = contentStems(due.text);
    if ([...sentence.stems].filter(stem => !dateStems.has(stem)).length > MAX_STEMS_BESIDE_DATE) return;
    const isNear = ({ turnIndex }: Sentence) => sentence.turnIndex - turnIndex <= DATE_TURNS - 1;
    const isUndated = ({ due: known, evidence }: Action) => !known && evidence.slice(-1).some(isNear);
    // "Okay, the fourth then.": another day, by whoever has the task
    const isMoved = ({ owner }: Action) => owner === speaker && SETTLES_DATE.test(sentence.text);
    const target =
      this.pending.findLast(({ action }) => isUndated(action))?.action ??
      this.ledger.recent(sentence, DATE_TURNS - 1, isUndated) ??
      this.ledger.recent(sentence, DATE_TURNS, isMoved);
    if (!target) return;
    target.due = due;
    target.evidence = joinEvidence(target.evidence, [sentence]);
  }
}

/** "I'll draw it" is soon said and done; with a day, or somebody's thanks, it is a task. */
function isVague(task: string): boolean {
  return pointsBack(task) && contentStems(task).size <= 1 && !isWorkPhrase(task);
}

function buildAction({ sentence, speaker, due }: Reading, commitment: Exclude<Commitment, { kind: 'taken' }>): Action {
  const text = due ? withoutDue(commitment.task, due.text) : commitment.task;
  return {
    text,
    owner: ownerOf(commitment, speaker),
    due,
    status: 'open',
    evidence: [sentence],
    stems: contentStems(text),
  };
}

function ownerOf(commitment: Exclude<Commitment, { kind: 'taken' }>, speaker: string): string | null {
  if (commitment.kind === 'promise') return speaker;
  if (commitment.kind === 'request') return commitment.addressee ?? null;
  return commitment.kind === 'duty' ? (commitment.owner ?? null) : null;
}

/** The same task said again: a promise or a name may change its owner, a date its due date. */
function update(known: Action, later: Action, { sentence }: Reading, commitment: Commitment): void {
  const firm = commitment.kind === 'promise' ? commitment.firm : commitment.kind === 'duty' && later.owner !== null;
  if (later.owner !== null && (firm || known.owner === null)) known.owner = later.owner;
  if (later.due) known.due = later.due;
  known.evidence = joinEvidence(known.evidence, [sentence]);
}

function withoutDue(task: string, said: string): string {
  const at = task.toLowerCase().indexOf(said.toLowerCase());
  if (at < 0) return task;
  const before = task.slice(0, at).replace(/[,\s]+$/u, '');
  const rest = `${before}${task.slice(at + said.length)}`.replace(/\s+/gu, ' ').replace(/[\s,;]+$/u, '');
  return contentStems(rest).size > 0 ? rest : task;
}
