/** Decisions from the words: what was settled aloud, not what was proposed. A later decision replaces an earlier one. */
import type { Day } from './calendar.ts';
import { type DueMention, findDueMentions } from './due-dates.ts';
import { isHostile } from './hostile-text.ts';
import { numberValues } from './numerals.ts';
import type { Sentence } from './sentences.ts';
import { contentStems, countShared, overlapOf, tidy } from './words.ts';

export interface Decision {
  text: string;
  evidence: Sentence[];
  stems: Set<string>;
  numbers: Set<number>;
  /** The last day that it names. */
  day: DueMention | undefined;
}

const LEAD =
  /^(?:(?:okay|ok|all right|alright|right|good|great|fine|perfect|excellent|so|then|well|and|yes|yeah|no|now|in that case|agreed|correction|very funny|settled|cool|fair enough|thanks(?: everyone| all)?|understood|done|sounds good|I think|I guess|it looks like|decision|therefore|to confirm|just to confirm|to be clear|for the record)[,.:;!]*(?:\s+|$)(?:then[,.]?\s+)?)+/iu;
/** What marks a conclusion where the sentence is otherwise a plain statement. */
const CONCLUDES =
  /^(?:.{0,40}\b)?(?:okay|ok|all right|alright|right|good|great|fine|so|then|in that case|correction|perfect|agreed|cool|fair enough|settled)\b/iu;
const STATED = [
  /\b(?:it'?s|that'?s|it is|that is|this is|is|are) (?:now |all |therefore |hereby |then )?(?:decided|agreed|settled|approved|confirmed|final|official|a (?:decision|deal)|the decision|our decision|unanimous|a go|carried)\b/iu,
  /\b(?:we|the (?:board|team|group|committee)) (?:have |'ve |has |hereby )?(?:all |now |just )?(?:decided?|agreed?|settled|resolved?|approved?|voted|chosen|chose)\b(?! (?:whether|if|how|who|what))/iu,
  /\b(?:motion|resolution|proposal|budget|plan)\b.{0,40}\b(?:carries|carried|passes|passed|is approved|is adopted|is accepted)\b/iu,
  /\b(?:the )?(?:final )?decision(?: (?:here|then|today))?(?: is|:)/iu,
  /\bwe(?:'re| are| will|'ll) (?:going|go) (?:with|for|ahead)\b/iu,
  /\bwe(?:'re| are) (?:now )?(?:dropping|moving|keeping|switching|hiring|cancell?ing|shipping|launching|postponing|adopting|using|stopping|sticking|going)\b/iu,
  /\blet'?s (?:go (?:with|for|ahead)|stick (?:with|to)|settle on|agree (?:on|to|that)|make it|say (?:that )?(?:the|it|we))\b/iu,
];
/** Only points at the decision beside it. */
const POINTS =
  /^(?:(?:okay|ok|all right|alright|right|good|great|fine|perfect|so|then|well|yes)[,.]?\s+)*(?:then\s+)?(?:it'?s|that'?s|that is|it is|so that'?s|this is)\s+(?:then |now |all )?(?:decided|agreed|settled|approved|confirmed|final|the decision|our decision|a decision|a deal)(?: then| now)?[.!:]?$/iu;
const OUTCOME_VERBS =
  "accept|add|adopt|allow|appoint|approve|ask|ban|begin|block|build|buy|cancel|change|charge|choose|close|combine|commit|continue|cover|cut|defer|delay|deliver|deploy|discontinue|do|don't|do not|double|drop|end|extend|fix|freeze|go|grant|hire|hold|increase|introduce|invest|keep|launch|leave|limit|make|merge|migrate|move|offer|open|order|outsource|pay|pick|plan|postpone|promote|publish|push|put|raise|reduce|refund|reject|release|remove|renew|rename|replace|restore|retire|reverse|revert|roll|rotate|run|scrap|sell|send|set|ship|skip|split|sponsor|start|stay|stick|stop|support|swap|switch|take|target|terminate|test|try|use|wait|write";
const PERFORMED = new RegExp(
  `^we (?:also |now |will |'ll |all )?(?:${OUTCOME_VERBS})\\b(?! (?:know|see|remember|have))`,
  'iu',
);
const WILL = new RegExp(`^we(?:'ll| will) (?:${OUTCOME_VERBS})\\b`, 'iu');
const SUBJECT_MOVES =
  /^the \p{L}[\p{L} -]{0,40}? (?:moves?|stays?|goes|changes?|shifts?|becomes?|will be|is (?:now|moved|postponed|cancelled|canceled|delayed)|starts?|ends?) \b/iu;
const LETS = new RegExp(`^let'?s (?:just |also |all |then )?(${OUTCOME_VERBS})\\b`, 'iu');
const AGREES =
  /^(?:(?:yes|yeah|yep|sure|ok|okay|right|good|fine|perfect|great),? )*(?:agreed|agree|I agree|sounds good|works for me|fine (?:by|with) me|absolutely|definitely|same here|that works|no objections?|I'm (?:fine|okay|good|happy) with|yes|yeah|yep|okay|ok|sure|perfect|deal|makes sense|\+1|seconded|let's do (?:it|that))\b/iu;

const TALK =
  /\b(?:let'?s|we'll|we will|we|then we) (?:just )?(?:start|begin|get started|move on|go on|go around|go round|go over|go through|go back|go to|see|talk|discuss|come back|leave (?:it|that|this)|keep (?:it|that|this)\b|wait (?:a|for (?:him|her|them))|take (?:a|this|that|it|questions|five|ten)|wrap|stop (?:here|there)|end (?:here|there|the|this)|do (?:a|the) (?:round|quick|intro)|put (?:it|that|this)|write (?:it|that|this)|run through|open the|pick (?:this|that|it) up|hold (?:that|on)|make sure|try to keep|do (?:that|this|it)(?: now)?[.!]?$|get (?:going|back|on|into)|continue|look|hear|check|park|set (?:that|this) aside|hope|think|move to the next|go first|split up|add (?:it|that) to)/iu;
const UNDECIDED =
  /\b(?:not|n't|never) (?:going to )?(?:decide|settle|resolve|agree|commit|know|sure)|\b(?:open question|stays? open|still open|leave (?:it|that|this) open|undecided|no decision|not (?:yet )?(?:decided|agreed|settled|approved)|table (?:it|that|this)|to be decided|tbd|nothing (?:is |was |has been )?(?:decided|agreed)|haven't|hasn't|isn't (?:decided|agreed|final)|before we (?:decide|agree))\b/iu;
const UNSURE =
  /\b(?:maybe|perhaps|might|could|should|would|I'd|what if|unless|if we|if you|if they|probably|I wonder|I think we|when we|last (?:year|time|week|month)|yesterday|usually|always|every (?:time|day)|used to|have to|need to)\b/iu;
const REPLACES =
  /\b(?:correction|instead|moves?|moved|change[sd]?|changed|rather than|no longer|actually|now|reverse|undo|scrap|take (?:that|it) back|after all|postpone[d]?|push(?:ed)?|delay(?:ed)?|not)\b/iu;

export function findDecisions(sentences: readonly Sentence[], today: Day): Decision[] {
  const decisions: Decision[] = [];
  for (const sentence of sentences) {
    const found = readDecision(sentence, sentences);
    if (!found) continue;
    const [main, ...others] = found;
    if (!main) continue;
    const text = tidyDecision(main.text);
    const decision: Decision = {
      text,
      evidence: [main, ...others],
      stems: contentStems(text),
      numbers: numberValues(text),
      day: findDueMentions(text, today).at(-1),
    };
    if (decision.stems.size >= 2 || decision.numbers.size > 0) enter(decision, decisions);
  }
  return decisions;
}

/** The sentence that says the decision first, then those that confirm it. */
function readDecision(sentence: Sentence, sentences: readonly Sentence[]): Sentence[] | undefined {
  const { text } = sentence;
  if (sentence.isQuestion || isHostile(text) || UNDECIDED.test(text)) return undefined;
  if (POINTS.test(text)) return pointedAt(sentence, sentences);
  const core = text.replace(LEAD, '');
  if (
    TALK.test(core) &&
    !/^we (?:keep|leave|stop|start|wait|take|hold|continue) (?:the|our|using|all|both|with|every|on|off|until|to)\b/iu.test(
      core,
    )
  )
    return undefined;
  if (STATED.some(pattern => pattern.test(text)) && !UNSURE.test(core))
    return concerns(sentence) ? [sentence] : undefined;
  const concludes = CONCLUDES.test(text) || followsConclusion(sentence, sentences);
  if (UNSURE.test(core)) return undefined;
  if (concludes && (PERFORMED.test(core) || SUBJECT_MOVES.test(core))) return [sentence];
  if (WILL.test(core) || LETS.test(core)) {
    const agreed = agreement(sentence, sentences);
    if (agreed) return [sentence, agreed];
  }
  return undefined;
}

/** "That's decided." belongs to what was said before it in the turn; with nothing there, to what follows. */
function pointedAt(sentence: Sentence, sentences: readonly Sentence[]): Sentence[] | undefined {
  const before = sentences[sentence.index - 1];
  const after = sentences[sentence.index + 1];
  const isContent = (one: Sentence | undefined) =>
    one?.turn.speaker === sentence.turn.speaker &&
    Math.abs(one.turnIndex - sentence.turnIndex) <= 1 &&
    one.stems.size >= 2 &&
    !one.isQuestion &&
    !isHostile(one.text);
  if (before && before.turnIndex === sentence.turnIndex && isContent(before)) return [before, sentence];
  if (after && isContent(after)) return [after, sentence];
  const proposal = sentences
    .slice(Math.max(0, sentence.index - 6), sentence.index)
    .findLast(one => one.stems.size >= 3 && !isHostile(one.text));
  return proposal ? [proposal, sentence] : undefined;
}

function concerns({ text, stems }: Sentence): boolean {
  return (
    stems.size >= 2 &&
    !/\b(?:we (?:all )?(?:agreed?|decided?)) (?:last|yesterday|in (?:the )?(?:last|previous))\b/iu.test(text)
  );
}

/** "Okay. We drop the manual." and "Any objections? No? Then …": the conclusion may stand in the sentence before. */
function followsConclusion(sentence: Sentence, sentences: readonly Sentence[]): boolean {
  const before = sentences[sentence.index - 1];
  if (before?.turnIndex !== sentence.turnIndex) return false;
  return (
    /^(?:okay|ok|all right|alright|right|good|great|fine|perfect|agreed|correction(?:,? then)?|decided|settled|deal|no|no objections|so|excellent|any (?:strong )?objections|then that's decided)[,.!?]*$/iu.test(
      before.text,
    ) || POINTS.test(before.text)
  );
}

/** Somebody else says yes right after, and nobody says no. */
function agreement(sentence: Sentence, sentences: readonly Sentence[]): Sentence | undefined {
  const replies = sentences
    .slice(sentence.index + 1, sentence.index + 8)
    .filter(one => one.turn.speaker !== sentence.turn.speaker && one.turnIndex - sentence.turnIndex <= 3);
  const first = replies[0];
  return first && AGREES.test(first.text) && !first.isQuestion ? first : undefined;
}

/** Adds a decision, in the place of the one that it repeats or corrects. */
function enter(decision: Decision, decisions: Decision[]): void {
  const recent = decisions.slice(-60);
  const earlier = recent.findLast(one => {
    const overlap = overlapOf(one.stems, decision.stems);
    const shared = countShared(one.stems, decision.stems);
    if (overlap >= 0.7 && shared >= 2) return true;
    return (
      REPLACES.test(decision.evidence[0]?.text ?? '') &&
      shared >= 1 &&
      ((one.day !== undefined && decision.day !== undefined) || overlap >= 0.5 || sharesOldValue(one, decision))
    );
  });
  if (!earlier) {
    decisions.push(decision);
    return;
  }
  decisions.splice(decisions.indexOf(earlier), 1);
  const differs =
    [...decision.numbers].some(value => !earlier.numbers.has(value)) || REPLACES.test(decision.evidence[0]?.text ?? '');
  const fuller = differs || decision.stems.size >= earlier.stems.size ? decision : earlier;
  decisions.push({
    ...fuller,
    evidence: [...new Set([...fuller.evidence, ...earlier.evidence, ...decision.evidence])],
  });
}

/** "…from the twelfth to the nineteenth" names the value that it replaces. */
function sharesOldValue(earlier: Decision, later: Decision): boolean {
  return earlier.numbers.size > 0 && [...earlier.numbers].some(value => later.numbers.has(value));
}

function tidyDecision(text: string): string {
  const core = text
    .replace(LEAD, '')
    .replace(/^(?:then )?(?:it'?s|that'?s|it is|that is) (?:decided|agreed|settled)[,:]? (?:that )?/iu, '')
    .replace(/^(?:we(?:'ve| have)? (?:all )?(?:decided|agreed) (?:that |to |on )?)/iu, '')
    .replace(/^let'?s (?:say|agree) (?:that )?/iu, '')
    .replace(LEAD, '');
  return tidy(contentStems(core).size > 0 ? core : text);
}
