/** Questions that were left open, said so by somebody; an answer or a decision later closes them. */
import type { Decision } from './find-decisions.ts';
import { isHostile } from './hostile-text.ts';
import { numberValues } from './numerals.ts';
import { joinEvidence, type Sentence } from './sentences.ts';
import { countShared, foldWords, overlapOf, tidy } from './words.ts';

export interface OpenQuestion {
  text: string;
  evidence: Sentence[];
  stems: Set<string>;
}

const LEFT_OPEN =
  /\b(?:open question|(?:leave|keep) (?:it|that|this|that one|this one|the question|these) (?:as )?(?:one )?open|(?:stays?|remains?|is still|are still|still) (?:open|unclear|undecided|unresolved)|no answer (?:yet|today|for now)|nobody (?:can answer|knows)|no ?one (?:can answer|knows)|(?:not|n't) (?:going to )?(?:decide|settle|resolve|answer) (?:\p{L}+ ){0,3}(?:today|now|here|yet)|(?:don't|do not) (?:know|have an answer) yet|(?:park|table) (?:it|that|this)|to be (?:decided|determined|confirmed)|take (?:it|that|this) offline|come back to (?:it|that|this)|(?:find|figure|work|sort) (?:it|that|this) out (?:later|next|in|another|when|some)|leave (?:it|that|this) for (?:now|later|next|another)|unanswered|we(?:'ll| will) (?:have to )?(?:see|discuss|talk about|decide) (?:it|that|this)? ?(?:later|next|another))\b/iu;
const STILL_OPEN =
  /\b(?:it(?:'s| is)|what's|what is|the question is) (?:still )?(?:open|unclear|undecided|not (?:yet )?(?:clear|decided|known)) (?:whether|if|who|what|when|how|which|where)|\b(?:we(?: still)?|I still) (?:don't|do not|need to) (?:yet )?(?:know|find out|figure out|decide|clarify|work out) (?:yet )?(?:whether|if|who|what|when|how|which|where|why)\b/iu;
const UNKNOWN =
  /^(?:(?:um|oh|well|ugh|hm|honestly|good question|so|right|yeah|ah|no|to be honest)[,.]? )*(?:(?:this |that )?(?:I|we) (?:honestly |really |still |just )?(?:don't|do not) (?:honestly |really |actually )?(?:know|have (?:that|the|an|any|a) (?:figures?|numbers?|answer|idea|clue))|no (?:idea|clue)|(?:I|we)(?:'m| am|'re| are) (?:really |honestly )?not sure|not sure|(?:I|we) (?:have|'ve) (?:absolutely )?no (?:idea|clue)|nobody knows|not yet|good question\b|(?:(?:it|that) )?depends on the\b|(?:I|we) can't (?:say|tell|answer)\b|(?:I|we) (?:haven't|have not) (?:decided|heard)\b|hard to say|unclear|I can't say|I couldn't (?:say|tell you)|dunno|(?:I|we)(?:'d| would) have to (?:check|ask|look|find out))\b/iu;
const ASKS_ABOUT = /^(?:(?:and|so|okay|but),? )*(?:what|how) about\b/iu;
const WHY = /\b(?:why|how come|what happened|what caused)\b/iu;
const BANTER =
  /^(?:right|okay|ok|yes|yeah|no|really|sorry|what|huh|correct|pardon)\?$|^(?:anything (?:else|still open)|any (?:other )?(?:questions|objections|business)|(?:is )?everybody (?:okay|here)|can you (?:hear|see|repeat)|how are you|does that (?:work|make sense)|shall we|ready|agreed)\b[^?]{0,25}\?$/iu;
const ASKS_WHAT_IS_OPEN = /\b(?:anything|nothing|what)(?:'s| is)? (?:else |still )?(?:open|unclear)\b/iu;
/** Longer ones go on to say something. */
const MAX_UNKNOWN_WORDS = 12;
/** How far back the question may lie. */
const LOOK_BACK_TURNS = 14;
/** A question that is asked again is the same while it is fresh; this also bounds the cost. */
const MAX_LOOK_BACK = 60;

export function findQuestions(sentences: readonly Sentence[], decisions: readonly Decision[]): OpenQuestion[] {
  const open: OpenQuestion[] = [];
  let asked: Sentence[][] = [];
  for (const sentence of sentences) {
    if (isHostile(sentence.text)) continue;
    asked = asked.filter(group => sentence.turnIndex - (group.at(-1)?.turnIndex ?? 0) <= LOOK_BACK_TURNS);
    if (sentence.isQuestion) {
      if (!BANTER.test(sentence.text)) addQuestion(sentence, asked);
      continue;
    }
    const cue = LEFT_OPEN.test(sentence.text) && !ASKS_WHAT_IS_OPEN.test(sentence.text);
    if (cue) leaveOpen(sentence, sentences, asked, open);
    else if (STILL_OPEN.test(sentence.text) && sentence.stems.size >= 3) addOpen(open, [sentence], tidy(sentence.text));
    else if (UNKNOWN.test(sentence.text) && foldWords(sentence.text).length <= MAX_UNKNOWN_WORDS) {
      const last = asked.at(-1);
      const direct = last && sentence.turnIndex - (last.at(-1)?.turnIndex ?? 0) === 1;
      const question = direct && withContext(last, sentences);
      if (question && !isAnswered(sentence, sentences)) addOpen(open, [...question, sentence], questionText(question));
    }
  }
  return dropRestated(open).filter(question => !decisions.some(decision => closes(decision, question)));
}

/** Questions in a row by one speaker are one. */
function addQuestion(sentence: Sentence, asked: Sentence[][]): void {
  const last = asked.at(-1);
  const previous = last?.at(-1);
  if (last && previous && previous.turn === sentence.turn && previous.index + 1 === sentence.index) last.push(sentence);
  else asked.push([sentence]);
}

/** "Do we know why?" is no question to read alone: the sentence before comes with it. Undefined where nothing helps. */
function withContext(group: Sentence[], sentences: readonly Sentence[]): Sentence[] | undefined {
  if (group.some(({ stems, text }) => stems.size >= 2 || (stems.size === 1 && ASKS_ABOUT.test(text)))) return group;
  const first = group[0]?.index ?? 0;
  const before = sentences.slice(Math.max(0, first - 2), first).findLast(({ stems }) => stems.size >= 3);
  return before && group.some(({ text }) => WHY.test(text)) ? [before, ...group] : undefined;
}

function leaveOpen(
  cue: Sentence,
  sentences: readonly Sentence[],
  asked: readonly Sentence[][],
  open: OpenQuestion[],
): void {
  const around = sentences
    .slice(Math.max(0, cue.index - 3), cue.index + 2)
    .filter(one => one.turn === cue.turn && !one.isQuestion);
  const said = new Set(around.flatMap(one => [...one.stems]));
  const values = new Set(around.flatMap(one => [...numberValues(one.text)]));
  let best: Sentence[] | undefined;
  let bestScore = 0;
  for (const group of asked) {
    const stems = new Set(group.flatMap(one => [...one.stems]));
    if (stems.size === 0) continue;
    const numbers = numberValues(group.map(one => one.text).join(' '));
    const distance = cue.turnIndex - (group.at(-1)?.turnIndex ?? 0);
    const score =
      countShared(stems, said) + 1.5 * sharedValues(numbers, values) + 1 / (1 + distance) + (stems.size >= 2 ? 0.2 : 0);
    if (score > bestScore) [best, bestScore] = [group, score];
  }
  const near = best && (bestScore >= 1 || cue.turnIndex - (best.at(-1)?.turnIndex ?? 0) <= 5);
  if (best && near) addOpen(open, [...best, cue], questionText(best));
  else if (cue.stems.size >= 3 && STILL_OPEN.test(cue.text)) addOpen(open, [cue], tidy(cue.text));
}

function sharedValues(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  // "one" and "first" are seldom numbers
  return [...a].filter(value => value > 1 && b.has(value)).length;
}

function addOpen(open: OpenQuestion[], evidence: Sentence[], text: string): void {
  const stems = new Set(evidence.filter(one => one.isQuestion || evidence.length === 1).flatMap(one => [...one.stems]));
  const same = open.slice(-MAX_LOOK_BACK).find(one => one.evidence[0] === evidence[0] || isSame(one.stems, stems));
  if (same) same.evidence = joinEvidence(same.evidence, evidence);
  else open.push({ text, evidence, stems });
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return overlapOf(a, b) >= 0.8 && (Math.min(a.size, b.size) >= 2 || a.size === b.size);
}

/** The turn or the next ones go on to answer after all. */
function isAnswered(reply: Sentence, sentences: readonly Sentence[]): boolean {
  const next = sentences.slice(reply.index + 1, reply.index + 5);
  return next.some(one =>
    /\b(?:I (?:do )?know|the answer is|I checked|it's because|let me check|I can tell you|actually it)\b/iu.test(
      one.text,
    ),
  );
}

/** "What about the cold test?" asked again as "Does the battery survive …?" a moment later: the later wording counts. */
function dropRestated(open: OpenQuestion[]): OpenQuestion[] {
  return open.filter((question, index) => {
    const end = question.evidence.at(-1)?.turnIndex ?? 0;
    const next = open[index + 1];
    return !(
      next &&
      (next.evidence[0]?.turnIndex ?? 0) - end <= 2 &&
      !LEFT_OPEN.test(question.evidence.at(-1)?.text ?? '')
    );
  });
}

function closes(decision: Decision, question: OpenQuestion): boolean {
  const later = (decision.evidence.at(-1)?.index ?? 0) > (question.evidence[0]?.index ?? 0);
  return later && countShared(decision.stems, question.stems) >= 2 && overlapOf(decision.stems, question.stems) >= 0.6;
}

function questionText(group: readonly Sentence[]): string {
  const withWords = group.filter(one => one.stems.size >= 1 || WHY.test(one.text));
  const full = withWords.length > 0 ? withWords : group;
  return full
    .map(({ text }) =>
      tidy(text.replace(/^(?:(?:and|so|but|okay|well|perfect|good|um|sorry|one more thing|just one)[,.]? )+/iu, '')),
    )
    .map((text, place) => (/[?!]$/u.test(text) ? text : `${text}${full[place]?.isQuestion === false ? '.' : '?'}`))
    .join(' ');
}
