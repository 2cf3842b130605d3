/**
 * Decisions from the words: what was settled aloud, not what was proposed. The pattern is the one of people: somebody
 * proposes, somebody agrees, somebody says how it will be. A later decision replaces an earlier one on the same subject.
 */
import type { Day } from './calendar.ts';
import { contextOf, withContext } from './context.ts';
import { type DueMention, findDueMentions } from './due-dates.ts';
import { isHostile } from './hostile-text.ts';
import { findNumbers, numberValues } from './numerals.ts';
import { joinEvidence, type Sentence } from './sentences.ts';
import { subjectStems } from './subject-stems.ts';
import { isLightWork, isOutcome, isPlainWork } from './verbs.ts';
import { contentStems, countShared, foldWords, overlapOf, tidy } from './words.ts';

export interface Decision {
  text: string;
  evidence: Sentence[];
  /** What it is about: stems without numbers, weekdays and months. */
  subject: Set<string>;
  stems: Set<string>;
  numbers: Set<number>;
  /** The last day that it names. */
  day: DueMention | undefined;
}

/** Words that open a conclusion, and those that may stand before them. */
const LEAD =
  /^(?:(?:(?:good|fair) (?:point|idea)|okay|ok|alright|all right|right|good|great|fine|perfect|excellent|lovely|cool|awesome|brilliant|so|then|in that case|fair enough|agreed|settled|decided|done|deal|correction|therefore|to confirm|for the record|well|and|oh|ah|yes|yeah|yep|no|now|thanks)(?:[,.:;!]+\s*|\s+|$))+/iu;
const CONCLUDING =
  /\b(?:okay|ok|alright|right|good|great|fine|perfect|excellent|lovely|cool|so|then|in that case|fair enough|good point|agreed|settled|decided|done|deal|correction|therefore|to confirm|for the record)\b/iu;
const SETTLED = '(?:decided|agreed|settled|approved|confirmed|carried|adopted|unanimous|final|a deal|resolved)';
/** Only points at the decision beside it: "That's decided." "Carried unanimously." "Final answer." */
const POINTS = new RegExp(
  `^(?:(?:it'?s|that'?s|it is|that is|this is) (?:now |all |then )?(?:${SETTLED}|(?:the|our|a|my) (?:final )?decision)|carried|motion (?:is )?carried|final answer|decided|settled|approved|it'?s a deal)\\b(?: (?:then|now|unanimously))*(?:, .*)?[.!:]?$`,
  'iu',
);
/** Takes up a proposal in a word: of anybody, or of somebody else. */
const ACCEPTS_PROPOSAL =
  /^(?:let's|we'll|let us|we will|we) (?:do|go with|go for|agree on|take|have) (?:that|it|this)(?: then| one)?[.!]?$|^sounds like a plan[.!]?$/iu;
const APPROVES =
  /^(?:(?:all )?agreed|approved|done|deal|sold|seconded|granted|motion seconded|(?:please )?go ahead|go for it|do it)(?: then)?[.!]?$/iu;
/** "Should we …?", "why don't we …", "I'd say we …": what may be taken up. */
const SUGGESTS =
  /^(?:(?:I think|I guess|maybe|perhaps|or|what if|how about|I'd (?:say|suggest)|and) )*(?:we (?:should|could|can|might|ought to|might as well|had better)|let's|why don't we|why not|(?:what if|how about|what about)(?: we)?|(?:shall|should|could) we|do we want to|I'd (?:rather|prefer(?: to)?|(?=go (?:for|with)))|my vote is for) ?(?!not\b)(?:(?:also|just|all|maybe|perhaps|then|both) )*/iu;
/** "Bouncy castle it is." */
const IT_IS = /^(?!.*\b(?:what|how|that|where|who|this|think|know)\b).{3,60} it is(?: then)?[.!]?$/iu;
/** "So paper lists until the scanners are fixed": what is settled, in a phrase without a verb before its first side clause. */
const SIDE_CLAUSE =
  /[,;]? (?:until|till|unless|if|when|while|as long as|because|since|where|who|that|which|before|after)\b.*$/iu;
const HAS_VERB =
  /\b(?:I|you|he|she|it|they|we|us|there|that|this|these|those|who|which|what|how|why|where|when|somebody|someone|anybody|anyone|everybody|everyone|nobody|people|I'm|is|are|was|were|am|be|been|has|have|had|do|does|did|will|would|can|could|should|might|may|must|let|like|means?|thinks?|needs?|wants?|gets?|got|goes|go|makes?|takes?|comes?|works?|looks?|sounds?|seems?|thanks|thank|about|sorry|please|welcome|hello|bye)\b|'(?:re|ve|ll|m)\b|n't\b|^(?:a lot|not|just|only|maybe|and|but|or|for example|next|first|item)\b/iu;
/** Two words that conclude, before or after: "Right, so …", "Okay, … then." */
const CLOSES =
  /^(?=.*\b(?:right|okay|ok|alright|good|great|fine|perfect|lovely|cool|done|agreed|deal|fair enough)\b).*(?:\bso\b|\bthen[.!]?$)|\bdone[.!]? /iu;
/** "Alright, then it's Porto." */
const CHOOSES =
  /^(?:then )?(?:it's|it is|it'll be|we're with|we take|we choose|I choose) ((?!(?:not|a|an|time|about|been|like|just|all|only|so|too|very|really|kind|more|less|good|fine|okay|ok|clear|true|possible|important|easy|hard|because)\b)\p{L}[\p{L}\p{N}' -]{1,30})[.!]?$/iu;
/** How it is to be: "from now on no late shifts unless I've signed them off". */
const RULE = /\bfrom now on\b(?! (?:I|you|he|she)\b)/iu;
const SETTLES = [POINTS, ACCEPTS_PROPOSAL, APPROVES];
const SETTLED_WORD = /\b(?:agreed|settled|decided|deal)\b/iu;
/** Says in so many words that something is decided, and what. */
const STATED = [
  /^(?:it'?s|that'?s|it is|that is) (?:now |all |then )?(?:decided|agreed|settled)\b/iu,
  /\bwe(?:'ve| have) (?:all |now |just |therefore )?(?:decided|agreed|settled|resolved|voted|chosen)\b(?! (?:whether|if|how|who|what|with)\b)/iu,
  /\b(?:the|our|my) (?:final )?decision (?:is|was) (?:to|that)\b/iu,
  /\b(?:it|that|this)(?:'s| is| has| was)(?: been| now| all)+ (?:decided|agreed|settled|resolved)\b/iu,
  /^(?:we|they)(?:'re| are) not (?:going to |gonna )?[\p{L}]+ .{2,60}?\b(?:after all|any ?more|any longer)\b/iu,
  /^(?:what we(?:'ll| will|'re going to) do is|the plan is (?:to|that)|I(?:'ve| have) decided)\b/iu,
  /^we(?:'re| are) going (?:ahead )?with (?!it\b|that\b|this\b)/iu,
  /\b(?:motion|resolution|proposal|budget|minutes|accounts|plan)\b.{0,40}\b(?:is|are|was|were) (?:hereby )?(?:approved|adopted|accepted|carried|rejected)\b/iu,
];
/** "We decided" may tell an old story; with an opening word it concludes. */
const PAST_STATED = /^(?:we|the (?:board|team|group|committee)) (?:all )?(?:decided|agreed|voted|chose|resolved)\b/iu;
const RESOLVES =
  /^(?:we|let's)(?:'ll|'re|'ve| will| shall| are| have)?(?: don't| do not| won't| will not| not)?(?: (?:all|also|now|just|then|both|therefore)){0,2}(?: going to| gonna)? ([\p{L}]+)/iu;
/** Outcomes that the verb alone does not show. */
const OUTCOME_PHRASE =
  /\b(?:give .{2,40} a miss|hold off|go ahead|call .{2,40} off|do without|get rid of|put .{2,40} (?:off|on hold)|bring .{2,40} forward|make .{2,40} (?:mandatory|optional|compulsory|permanent|free|public))\b/iu;
const STATES =
  /^(?:let's (?:say|agree|make it)(?: that)? )?(?:the|our) [\p{L}][\p{L}' -]{0,40}? (?:is|are|will be|moves?|stays?|goes|becomes?|starts?|ends?|remains?)\b/iu;
const PROPOSES =
  /^(?:I(?:'d| would)? (?:like to )?(?:propose|suggest|move|recommend|say|vote)|my (?:proposal|suggestion) (?:is|would be)|I think)(?: that)? (?=(?:we|let's)\b)/iu;
const AGREES =
  /^(?:(?:um|oh|well|yes|yeah|yep|sure|okay|right|good|no)[,.]? )*(?:(?:[\p{L}\p{N}'-]+ ){0,3}(?:works|is fine|'s fine|is good|'s good|is better)|(?:[\p{L}]+ )?[\p{L}-]+'s (?:fine|good|better|wise|reasonable)|agreed?|I agree|I think (?:that's|so|it's)|sounds (?:good|great|right|fine|like)|fine|absolutely|definitely|exactly|same here|me too|count me in|I (?:can|could) live with|no objections?|none|I'm (?:fine|okay|good|happy|all for|for it)|I'd be happy|let's|works|righto|fair enough|great|lovely|cool|awesome|brilliant|nor do I|me neither|so (?:would|do|am) I|same|I'm in|you've convinced me|I don't hate|why not|it makes sense|all for it|yes|yeah|yep|okay|ok|sure|perfect|deal|that makes sense|makes sense|seconded|aye|I(?:'d)? vote|I love|(?:good|great) idea|please do|let's do (?:it|that)|go for it|got it)\b/iu;
const RESERVES = /\b(?:but|however|not|don't|can't|won't|wouldn't|isn't|disagree)\b/iu;
const ASKS_ALL = /\b(?:objections?|object|everyone (?:okay|happy)|all in favou?r|does that work)\b/iu;

/** Moves of the meeting itself, which settle nothing. */
const TALK =
  /\b(?:start (?:with|by|off)|begin|get (?:started|going|back|into)|move (?:on|to the next)|go (?:on|back|over|through|around|round|first|to the next)|come back|take (?:a (?:break|look|step)|five|ten|questions)|wrap|see|talk|discuss|look|wait|(?:leave|keep|put|pick|do|take|write|set|hold|add) (?:it|that|this|these|going|quick)|continue (?:with|the discussion)|end (?:here|there|the meeting)|stop (?:here|there)|make sure|run through|park|table|hear)\b/iu;
const UNDECIDED =
  /\b(?:open question|stays? open|still open|undecided|no decision|not (?:yet )?(?:decided|agreed|settled|approved|final)|to be decided|tbd|nothing (?:is|was|has been) (?:decided|agreed)|(?:haven't|hasn't|didn't|don't|not going to|can't|won't|before we) (?:\p{L}+ )?(?:decide|decided|agree|agreed|settle|settled|commit|know)|until we (?:know|have|hear))\b/iu;
const UNSURE =
  /\b(?:maybe|perhaps|might|could|should|would|I'd|what if|unless|if (?:we|you|they|it|that)|probably|I wonder|when we|last (?:year|time|week|month)|yesterday|usually|always|every (?:time|day)|used to|have to|need to|(?:a|two|three|four|five|ten) years? ago)\b/iu;
const REPLACES =
  /\b(?:correction|instead|moves?|moved|changed?|changes|rather than|no longer|actually|reverse|undo|scrap|take (?:that|it) back|after all|postponed?|push(?:ed|ing)?|delay(?:ed)?|not|don't|won't)\b/iu;
/** How soon a proposal is taken up. */
const MAX_ANSWER_TURNS = 5;
/** A correction lies near; older decisions are left alone, which also bounds the cost. */
const MAX_LOOK_BACK = 60;

export function findDecisions(sentences: readonly Sentence[], today: Day): Decision[] {
  const decisions: Decision[] = [];
  for (const sentence of sentences) {
    const [main, ...others] = readDecision(sentence, sentences);
    if (!main) continue;
    const own = tidyDecision(main.text);
    const context = saysLittle(own)
      ? (others.find(({ stems }) => stems.size >= 2) ?? contextOf(main, sentences, isContent))
      : undefined;
    const text = context ? withContext(own, context) : own;
    const decision: Decision = {
      text,
      evidence: joinFirst(main, context ? [...others, context] : others),
      subject: subjectStems(text),
      stems: contentStems(text),
      numbers: numberValues(text),
      day: findDueMentions(text, today).at(-1),
    };
    if (decision.subject.size > 0 && decision.stems.size + decision.numbers.size >= 2) enter(decision, decisions);
  }
  return decisions;
}

/** "Make her an offer", "It's Porto", "A hundred and ten it is" */
function saysLittle(text: string): boolean {
  const isAmount = findNumbers(foldWords(text)).some(({ ordinal }) => !ordinal);
  if (IT_IS.test(text) && isAmount && subjectStems(text).size === 0) return true;
  const { size } = contentStems(text);
  return (
    size + numberValues(text).size === 1 && (CHOOSES.test(text) || /\b(?:it|him|her|them|that|this|one)\b/iu.test(text))
  );
}

/** The sentence that says the decision stays first. */
function joinFirst(main: Sentence, others: Sentence[]): Sentence[] {
  return [main, ...new Set(others.filter(one => one !== main))];
}

/** "That's decided.": says that something is settled, not what. */
export function isVerdict(text: string): boolean {
  return POINTS.test(text.replace(LEAD, ''));
}

/** The sentence that says the decision first, then those that confirm it; empty where nothing is decided. */
function readDecision(sentence: Sentence, sentences: readonly Sentence[]): Sentence[] {
  const { text } = sentence;
  if (sentence.isQuestion || isHostile(text) || UNDECIDED.test(text)) return [];
  const lead = LEAD.exec(text)?.[0] ?? '';
  const core = text.slice(lead.length);
  if (POINTS.test(core) || (core === '' && POINTS.test(text))) return pointedAt(sentence, sentences);
  if (ACCEPTS_PROPOSAL.test(core) || APPROVES.test(core) || (core === '' && APPROVES.test(text)))
    return takenUp(sentence, sentences, ACCEPTS_PROPOSAL.test(core));
  if (RULE.test(core) && sentence.stems.size >= 2) return [sentence];
  if (UNSURE.test(core)) return [];
  const chosen = CONCLUDING.test(lead) ? CHOOSES.exec(core)?.[1] : undefined;
  const choice = chosen && choiceOf(chosen, sentence, sentences);
  if (choice) return [sentence, choice];
  if (STATED.some(pattern => pattern.test(core))) return sentence.stems.size >= 2 ? [sentence] : [];
  const follows = followsConclusion(sentence, sentences);
  const concludes = CONCLUDING.test(lead) || follows;
  if (concludes && isPhrase(core)) {
    if (SETTLED_WORD.test(lead) || /, (?:done|agreed|settled)[.!]?$/iu.test(text)) return [sentence];
    const opening = follows ? `${sentences[sentence.index - 1]?.text} ` : '';
    const yes = CLOSES.test(opening + text) ? agreement(sentence, sentences, true) : undefined;
    if (yes) return [sentence, yes];
  }
  if (concludes && PAST_STATED.test(core)) return sentence.stems.size >= 2 ? [sentence] : [];
  if (concludes && IT_IS.test(core)) return [sentence];
  if (!resolves(core, concludes) && !(concludes && STATES.test(core)) && !IT_IS.test(core)) return [];
  if (concludes && followsSettlement(sentence, sentences)) return [sentence];
  const agreed = agreement(sentence, sentences, concludes);
  return agreed ? [sentence, agreed] : [];
}

/** No sentence, but enough to know what is meant. */
function isPhrase(core: string): boolean {
  const head = core.replace(SIDE_CLAUSE, '');
  const { size } = contentStems(head);
  return !HAS_VERB.test(head) && size >= 2 && size + numberValues(head).size >= 3;
}

/** "Are we going with Porto or Lyon?": the sentence whose choice is named later. */
function choiceOf(chosen: string, sentence: Sentence, sentences: readonly Sentence[]): Sentence | undefined {
  const stems = contentStems(chosen);
  return sentences
    .slice(Math.max(0, sentence.index - 12), sentence.index)
    .find(one => /\bor\b/iu.test(one.text) && stems.size > 0 && overlapOf(stems, one.stems) === 1);
}

/** "We'll …" and "let's …" look ahead; "we keep …" and "we are keeping …" may describe how things are. */
function resolves(core: string, concludes: boolean): boolean {
  const match = RESOLVES.exec(core);
  const ahead = /^let's|'ll|will|shall|going to|gonna|(?:stay|stick|go) with/iu.test(
    core.slice(0, (match?.[0].length ?? 0) + 5),
  );
  if (!match) return false;
  const verb = match[1] ?? '';
  const isResolved =
    isOutcome(verb) || OUTCOME_PHRASE.test(core) || (ahead && (isPlainWork(verb) || isLightWork(verb)));
  if (!isResolved && !/^let's not\b/iu.test(core)) return false;
  return (ahead || concludes) && !TALK.test(core.slice(0, match[0].length + 20));
}

/** The proposal that "let's do that" or somebody else's "agreed" is said of. */
function takenUp(sentence: Sentence, sentences: readonly Sentence[], byAnybody: boolean): Sentence[] {
  const earlier = sentences
    .slice(Math.max(0, sentence.index - 8), sentence.index)
    .filter(one => sentence.turnIndex - one.turnIndex <= MAX_ANSWER_TURNS && isWhole(one));
  const proposal = earlier.findLast(
    one => isProposal(one) && (byAnybody || one.turn.speaker !== sentence.turn.speaker),
  );
  if (proposal) return [proposal, sentence];
  const before = sentences[sentence.index - 1];
  // "So flyers in both languages. Let's do that."
  return byAnybody && before?.turn === sentence.turn && isContent(before) && /\bso\b/iu.test(before.text)
    ? [before, sentence]
    : [];
}

/** "That's decided." belongs to a proposal or statement shortly before it; with nothing there, to what follows. */
function pointedAt(sentence: Sentence, sentences: readonly Sentence[]): Sentence[] {
  const before = sentences[sentence.index - 1];
  if (before?.turn === sentence.turn && isContent(before)) return [before, sentence];
  const after = sentences[sentence.index + 1];
  if (after?.turn === sentence.turn && isContent(after) && resolves(after.text.replace(LEAD, ''), true))
    return [after, sentence];
  const earlier = earlierContent(sentence, sentences);
  const main = earlier.findLast(isProposal) ?? earlier.at(-1);
  return main ? [main, sentence] : [];
}

function earlierContent(sentence: Sentence, sentences: readonly Sentence[]): Sentence[] {
  return sentences.slice(Math.max(0, sentence.index - 8), sentence.index).filter(isContent);
}

function isContent(sentence: Sentence): boolean {
  return !sentence.isQuestion && isWhole(sentence);
}

function isWhole({ stems, text }: Sentence): boolean {
  if (stems.size < 2 || isHostile(text) || UNDECIDED.test(text)) return false;
  return !/^(?:when|if|because|since|while)\b/iu.test(text);
}

function isProposal({ text }: Sentence): boolean {
  const core = text.replace(LEAD, '');
  return PROPOSES.test(core) || SUGGESTS.test(core);
}

/** "Okay. We drop the manual.": the opening word may be a sentence of its own. */
function followsConclusion(sentence: Sentence, sentences: readonly Sentence[]): boolean {
  const before = sentences[sentence.index - 1];
  if (before?.turn !== sentence.turn) return false;
  const rest = before.text.replace(LEAD, '');
  return rest.length < before.text.length && (rest === '' || POINTS.test(rest) || ACCEPTS_PROPOSAL.test(rest));
}

/** "Any objections? No? Then …" or "That's decided. We …": nothing more is needed. */
function followsSettlement(sentence: Sentence, sentences: readonly Sentence[]): boolean {
  const before = sentences.slice(Math.max(0, sentence.index - 2), sentence.index);
  return before.some(
    ({ text, turn }) =>
      turn === sentence.turn && (ASKS_ALL.test(text) || SETTLES.some(pattern => pattern.test(text.replace(LEAD, '')))),
  );
}

/** Somebody else's yes, right after; with a concluding word, right before counts as well. */
function agreement(sentence: Sentence, sentences: readonly Sentence[], concludes: boolean): Sentence | undefined {
  const others = (from: number, to: number, turns: number) =>
    sentences
      .slice(Math.max(0, from), to)
      .filter(
        one => one.turn.speaker !== sentence.turn.speaker && Math.abs(one.turnIndex - sentence.turnIndex) <= turns,
      );
  const agrees = ({ text, isQuestion }: Sentence) => !isQuestion && AGREES.test(text) && !RESERVES.test(text);
  const reply = others(sentence.index + 1, sentence.index + 8, 3)[0];
  if (reply && agrees(reply)) return reply;
  return concludes ? others(sentence.index - 5, sentence.index, 3).findLast(agrees) : undefined;
}

/** Adds a decision, in the place of the one that it repeats or corrects. */
function enter(decision: Decision, decisions: Decision[]): void {
  const corrects = REPLACES.test(decision.evidence[0]?.text ?? '');
  const earlier = decisions.slice(-MAX_LOOK_BACK).findLast(one => {
    const overlap = overlapOf(one.subject, decision.subject);
    const shared = countShared(one.subject, decision.subject);
    if (shared === 0) return false;
    const bothDated = one.day !== undefined && decision.day !== undefined;
    return (
      (overlap >= (isNear(one, decision) ? 0.5 : 0.7) && shared >= 2) ||
      (bothDated && overlap >= 0.5) ||
      (corrects && (bothDated || overlap >= 0.5 || sharesValue(one, decision)))
    );
  });
  if (!earlier) {
    decisions.push(decision);
    return;
  }
  decisions.splice(decisions.indexOf(earlier), 1);
  const differs = corrects || [...decision.numbers].some(value => !earlier.numbers.has(value));
  const kept = differs || decision.stems.size >= earlier.stems.size ? decision : earlier;
  decisions.push({ ...kept, evidence: joinEvidence(earlier.evidence, decision.evidence) });
}

/** Said again in the same exchange, in other words. */
function isNear(earlier: Decision, later: Decision): boolean {
  return (later.evidence[0]?.turnIndex ?? 0) - (earlier.evidence.at(-1)?.turnIndex ?? 0) <= 2;
}

/** "…from the twelfth to the nineteenth" names the value that it replaces. */
function sharesValue(earlier: Decision, later: Decision): boolean {
  return [...earlier.numbers].some(value => later.numbers.has(value));
}

function tidyDecision(text: string): string {
  const core = text
    .replace(LEAD, '')
    .replace(/^(?:it'?s|that'?s|it is|that is) (?:decided|agreed|settled)[,:]? (?:that )?/iu, '')
    .replace(/^we(?:'ve| have)? (?:all )?(?:decided|agreed) (?:that |to |on )?/iu, '')
    .replace(/^let's (?:say|agree) (?:that )?/iu, '')
    .replace(
      /[,;]?\s+(?:and )?(?:that|it|this)(?:'s| is| has| was)(?: been| now| all)* (?:decided|agreed|settled|resolved)\b.*$/iu,
      '',
    )
    .replace(/,? (?:is )?every(?:one|body) (?:happy|okay|ok|fine|agreed)\b.*$/iu, '')
    .replace(PROPOSES, '')
    .replace(SUGGESTS, '')
    .replace(/,? then[.!]?$|\?$/iu, '');
  return tidy(contentStems(core).size > 0 ? core : text);
}
