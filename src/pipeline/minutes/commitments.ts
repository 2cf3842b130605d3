/** What one sentence promises, asks for or demands: the raw material of action items. */
import type { DueMention } from './due-dates.ts';
import type { Names } from './names.ts';
import type { Sentence } from './sentences.ts';
import { subjectStems } from './subject-stems.ts';
import { isIdle, isLightWork, isPlainWork, isWork, isWorkPhrase } from './verbs.ts';
import { contentStems, tidy } from './words.ts';

export type Commitment =
  /** `firm`: "I'll …"; else "I can …", "I need to …", which others may take up or leave. */
  | { kind: 'promise'; task: string; firm: boolean }
  /** Somebody is asked; nothing is settled until they agree, unless it is an order to a named person. */
  | { kind: 'request'; task: string; addressee: string | undefined; firm: boolean }
  /** "Who can …?": whoever volunteers has it. */
  | { kind: 'call'; task: string }
  /** Work without a name, or for a named person who need not be in the room. */
  | { kind: 'duty'; task: string; owner: string | undefined }
  /** "I'll do that": points back to what was said. */
  | { kind: 'taken' };

const ADVERB =
  '(?:just|also|then|quickly|definitely|probably|certainly|gladly|happily|personally|still|now|actually|first|please|kindly|maybe|perhaps|all|have to|need to|try to|try and|make sure to|be sure to|go ahead and|go and)';
const VERB = `(?:${ADVERB} ){0,3}([\\p{L}][\\p{L}'-]*)`;
const I_WILL = "I(?:'ll| will| shall|'m going to| am going to|'m gonna| am gonna| promise to| volunteer to)";
const FIRM = new RegExp(`\\b${I_WILL} ${VERB}`, 'iu');
/** "I'll be sending it" */
const WILL_BE = new RegExp(`\\b${I_WILL} be ([\\p{L}]+ing)\\b`, 'iu');
const ABLE = new RegExp(
  `\\b(?:I (?:can|could|still have to|still need to|need to|have to|must|should|want to|plan to)|I've got to|I'd (?:have|need) to|I'd better|I'd be happy to|I'm happy to|let me) ${VERB}`,
  'iu',
);
const DOING = /\bI'?m ([\p{L}]+ing)\b/iu;
const TAKEN =
  /\b(?:(?:I'll|I will|I can|I could|let me) (?:(?:just|also|probably|definitely|happily|gladly) )?(?:(?:do|take|handle|own|cover|pick|grab|manage|sort|look after|deal with|see to|take care of|get on) (?:that|it|this|those|these|them|one)\b|do so\b|volunteer\b)|leave (?:it|that|this|that one) (?:with|to) me|on it\b|will do\b|I've got (?:it|that|this) covered|consider it done|I volunteer\b|(?:that one's|that's) (?:mine|on me)|I'm on (?:it|that)|you(?:'ll| will) (?:get|have) (?:it|them|that|this)\b)/iu;
const ASK = new RegExp(
  `\\b(?:(?:can|could|would|will) you(?: be able to| possibly| be so kind as to)?|(?:do|d')? ?you (?:want to|wanna)(?=.*\\?)|are you able to|any chance you (?:can|could)|can I ask you to|may I ask you to|you(?:'ll| will)? (?:need|have) to|you(?:'d| had) better) ${VERB}`,
  'iu',
);
const WANT = new RegExp(`\\bI(?:'d| would)? (?:like|need|want) you to ${VERB}`, 'iu');
const MIND = /\b(?:would you mind|do you mind) ([\p{L}]+ing)\b/iu;
const PLEASE = new RegExp(`(?:^|[,.] |\\b(?:so|then|and) )(?:please|kindly) ${VERB}`, 'iu');
/** "Run it past the lawyer, will you?", "Put a notice up, please." */
const IMPERATIVE = new RegExp(
  `^(?:.*, and |(?:(?:so|then|and|okay|now),? )*)${VERB}(?= [^?]*, (?:(?:will|would|can|could) you|please)[?.!]*$)`,
  'iu',
);
/** Things that are owed: "you still owe me the org chart", "I want the pages from you", "can I have the figures by Friday?" */
const OWED = [
  /\byou (?:still )?owe (?:me|us) (.+)/iu,
  /\bI(?:'d| would)? (?:still |also )?(?:need|want|like|expect)(?: to have)? (.{3,60}?) from you\b/iu,
  /\b(?:can|could|may) (?:I|we) (?:get|have|see) (.{3,60}?)(?= (?:by|before|until|on|today|tomorrow|this|next)\b)/iu,
];
/** "I finish it until Wednesday": as people say it whose language has no other future. */
const PRESENT = /\b(?:I|I think I) (?:(?:then|also|just) )?([\p{L}]+)(?= .)/iu;
/** "Rob said he'd do the flyers", "Rob promised to do the flyers" */
const REPORTED = new RegExp(
  `\\b([\\p{L}][\\p{L}-]+) (?:(?:says|said)(?: that)? (?:he|she|they)(?:'d|'ll| would| will| can| could)|promised to|offered to|volunteered to|wants to) ${VERB}`,
  'giu',
);
const WHO = new RegExp(
  `\\bwho(?:'s| is|'ll| will| can| could| wants to| would like to)(?: going to| gonna)? ${VERB}`,
  'iu',
);
const SOMEBODY = new RegExp(
  `\\b(?:someone|somebody|one of us) (?:should|needs to|has to|must|ought to|will have to) ${VERB}`,
  'iu',
);
const PASSIVE =
  /\b(?:(?:has|have|needs?|must) (?:also |still )?(?:to (?:also |still )?)?|(?:is|are) to )(?:be|get) ([\p{L}-]+)\b/iu;
/** "The clerk is to publish the minutes by Friday": of people who are named by what they do. */
const ROLE = new RegExp(
  `\\b(?:the|our|my) (accountant|agency|architect|assistant|caretaker|chair|chairman|chairperson|clerk|consultant|contractor|designer|developer|editor|intern|landlord|lawyer|manager|nurse|office|receptionist|secretary|supplier|teacher|team|treasurer|vendor) (?:is to|are to|will|'ll|is going to|needs to|has to|must|should) ${VERB}`,
  'iu',
);
const WE = new RegExp(
  `\\bwe(?:'ll have to| still need to| still have to| need to| have to| must|'ve got to) ${VERB}`,
  'iu',
);
const LABELLED = /^(?:action(?: item| point)?|to-?do|next step)s?(?: for (\p{L}+))?\s*[:,–-]\s*(\S.+)/iu;
/** Whoever has a known name. */
const NAMED = new RegExp(
  `\\b(\\p{Lu}[\\p{L}-]+)(?:'ll| will| is going to| is gonna| needs to| has to| should| must| is to| can| agreed to| is responsible for) ${VERB}`,
  'giu',
);

/** A condition, a report or a reason just before: no promise. */
const HEDGED =
  /\b(?:if|unless|thought|supposed|imagine|whether|wish|whenever|when|before|said|told|asked|wonder|wondering|why|because|how|what|where|otherwise|would|could)\b(?:(?!\b(?:so|but)\b)[^,])*$/iu;
const POLITE = /\bif (?:that's|that is|it's|you're|nobody|no one|it helps|you like|you want)\b[^,]*$/iu;
/** Done while they speak. */
const AT_ONCE =
  /\b(?:right now|real quick|for a (?:second|moment|minute)|in a (?:second|moment|minute)|my screen|the (?:call|line)|on the (?:screen|board|whiteboard))\b/iu;
const REFUSED = /\b(?:can't|cannot|can not|won't|will not|couldn't|not able|unable|not me|rather not)\b/iu;
/** "I'll give you an example": said of the talk itself. */
const FIGURE_OF_SPEECH =
  /^(?:give|take|make|get|bring|put|add|move|cut|open|pull|change|set|work) (?:(?:you|it|that|this|us) )?(?:(?:back|on|up|in|over|out|down|to|a bit|a little|an?|your|the|one|my|some|another) )*(?:example|point|guess|start|break|sense|moment|look|second|seconds|minute|minutes|step|idea|chance|try|word|comment|remark|question|joke|credit|mind|subject|topic|slide|picture|impression|feeling|difference|thing|stuff|turn|go|case|way)s?\b/iu;
/** Has no time, or takes a part only: says no, but gives nothing up. */
const BUSY =
  /\b(?:swamped|too busy|snowed under|no time|don't have (?:the )?time|on leave|on holiday|on vacation|some of (?:it|that|them)|but not)\b/iu;

/** What a sentence commits to; usually nothing. */
export function readCommitment(sentence: Sentence, names: Names, due: DueMention | undefined): Commitment | undefined {
  const { text, isQuestion } = sentence;
  if (AT_ONCE.test(text)) return undefined;
  const asked = readLabelled(text, names) ?? readRequest(sentence, names, due);
  if (asked || isQuestion) return asked ?? readCall(text);
  return readPromise(text, due) ?? readNamed(text, names) ?? readDuty(text, due);
}

/** "I can't do the quotes": who had the task gives it up. */
export function isRefusal(text: string): boolean {
  return REFUSED.test(text);
}

/** Not a yes: "I can't", "I'm swamped", "some of it". */
export function declines(text: string): boolean {
  return REFUSED.test(text) || BUSY.test(text);
}

/** "send it", "have them out": says nothing new about what is to be done. */
export function pointsBack(task: string): boolean {
  return /\b(?:it|him|her|them|that|this|those|these|one)\b/iu.test(task) && contentStems(task).size <= 2;
}

function readPromise(text: string, due: DueMention | undefined): Commitment | undefined {
  const firm = readFirm(text, due);
  if (firm && !pointsBack(firm)) return { kind: 'promise', task: firm, firm: true };
  const able = readAble(text, due);
  // "I need to get a new tank, I'll get one on Friday": the thing is in the first half
  if (firm && able && !pointsBack(able)) return { kind: 'promise', task: able, firm: true };
  if (TAKEN.test(text) && !declines(text) && contentStems(text).size <= 6) return { kind: 'taken' };
  if (able && !firm) return { kind: 'promise', task: able, firm: false };
  if (firm) return { kind: 'promise', task: firm, firm: true };
  const present = due?.date ? PRESENT.exec(text) : null;
  if (present && !isHedged(text, present.index)) {
    const { verb, task } = taskOf(text.trimEnd(), present);
    if ((isPlainWork(verb) || verb === 'do') && !/(?:ed|t)$/u.test(verb)) return { kind: 'promise', task, firm: true };
  }
  const doing = DOING.exec(text);
  if (doing && due && isPlainWork(doing[1] ?? '') && !isHedged(text, doing.index))
    return { kind: 'promise', task: taskOf(text, doing).task, firm: false };
  return undefined;
}

/** What "I'll …" promises in a sentence. */
function readFirm(text: string, due: DueMention | undefined): string | undefined {
  const firm = WILL_BE.exec(text) ?? FIRM.exec(text);
  if (!firm || isHedged(text, firm.index)) return undefined;
  const { verb, task } = taskOf(text, firm);
  return isPromised(verb, task, due) || hasObject(verb, task) ? task : undefined;
}

/** What "I can …" or "I need to …" offers. */
function readAble(text: string, due: DueMention | undefined): string | undefined {
  const able = ABLE.exec(text);
  if (!able || isHedged(text, able.index) || declines(text)) return undefined;
  const { verb, task } = taskOf(text, able);
  return isPromised(verb, task, due) || (isWork(verb) && pointsBack(task)) ? task : undefined;
}

/** "I'll laminate the signs for the hall": any verb that does something to a thing. */
function hasObject(verb: string, task: string): boolean {
  const object =
    /^\S+ (?:up |out |down |over |in |off )?(?:the|an?|our|your|his|her|their|those|these|some|all|my|every|both) (.+)/iu.exec(
      task,
    );
  if (!object || isIdle(verb) || FIGURE_OF_SPEECH.test(task)) return false;
  return isLightWork(verb)
    ? subjectStems(object[1] ?? '').size >= 1
    : !isWork(verb) && subjectStems(object[1] ?? '').size >= 2;
}

/** "I'll" is also how people think aloud: the verb must be work, or have a deadline, or a thing that it works on. */
function isPromised(verb: string, task: string, due: DueMention | undefined): boolean {
  if (isPlainWork(verb) || isWorkPhrase(task)) return true;
  if (/^have\b.*\b(?:ready|out|done|finished|by|for you|sent|over|to you)\b/iu.test(task)) return true;
  if (due && (!isIdle(verb) || isWork(verb))) return true;
  return isLightWork(verb) && !FIGURE_OF_SPEECH.test(task) && subjectStems(task.slice(verb.length)).size >= 2;
}

function readRequest(sentence: Sentence, names: Names, due: DueMention | undefined): Commitment | undefined {
  const { text } = sentence;
  const addressee = names.called(sentence)[0];
  const isTask = (verb: string, task: string) =>
    isPlainWork(verb) ||
    isWorkPhrase(task) ||
    (isLightWork(verb) && hasObject(verb, task)) ||
    (due !== undefined && isWork(verb));
  const ask = [ASK, WANT, MIND, PLEASE, IMPERATIVE].map(pattern => pattern.exec(text)).find(match => match !== null);
  if (ask && !isHedged(text, ask.index)) {
    const { verb, task } = taskOf(text, ask);
    // "can you take care of that?"
    const handsOver = /^(?:do|take|handle|cover|own)\b/iu.test(task) && pointsBack(task);
    const firm = addressee !== undefined && !sentence.isQuestion;
    const movesDate = /^make (?:it|that)\b/iu.test(task);
    if ((isTask(verb, task) && !movesDate) || handsOver)
      return { kind: 'request', task: withoutName(task, addressee), addressee, firm };
  }
  const owed = OWED.map(pattern => pattern.exec(text)?.[1]).find(thing => thing !== undefined);
  if (owed && (due || !OWED.at(-1)?.test(text)) && subjectStems(owed).size > 0 && !/^(?:to|you|a|an)\b/iu.test(owed))
    return { kind: 'request', task: tidyTask(owed), addressee, firm: addressee !== undefined && !sentence.isQuestion };
  const order = new RegExp(`^(?:[\\p{L}]+, )?([\\p{Lu}][\\p{L}-]+), (?:you )?${VERB}`, 'iu').exec(text);
  const name = order && names.find(order[1] ?? '');
  if (!order || !name || sentence.isQuestion) return undefined;
  const { verb, task } = taskOf(text, order);
  return isPlainWork(verb) && !/(?:ing|ed)$/u.test(verb)
    ? { kind: 'request', task, addressee: name, firm: true }
    : undefined;
}

function readCall(text: string): Commitment | undefined {
  const who = WHO.exec(text);
  if (!who) return undefined;
  const { verb, task } = taskOf(text, who);
  return isWork(verb) || isWorkPhrase(task) ? { kind: 'call', task } : undefined;
}

/** "Marcus will write the job ad." */
function readNamed(text: string, names: Names): Commitment | undefined {
  for (const match of text.matchAll(REPORTED)) {
    const owner = names.find(match[1] ?? '');
    const { verb, task } = taskOf(text, match);
    if (owner && (isWork(verb) || isWorkPhrase(task))) return { kind: 'duty', task, owner };
  }
  for (const match of text.matchAll(NAMED)) {
    const owner = names.find(match[1] ?? '');
    if (!owner || isHedged(text, match.index)) continue;
    const { verb, task } = taskOf(text, match);
    const weak = / (?:should|can) /u.test(match[0]);
    if (weak ? isPlainWork(verb) : isWork(verb)) return { kind: 'duty', task, owner };
  }
  return undefined;
}

function readDuty(text: string, due: DueMention | undefined): Commitment | undefined {
  const somebody = SOMEBODY.exec(text);
  if (somebody && !isHedged(text, somebody.index)) {
    const { verb, task } = taskOf(text, somebody);
    if (isWork(verb) || isWorkPhrase(task)) return { kind: 'duty', task, owner: undefined };
  }
  const role = due && ROLE.exec(text);
  if (role && !isHedged(text, role.index)) {
    const { verb, task } = taskOf(text, role);
    if (isPlainWork(verb)) return { kind: 'duty', task, owner: role[1] };
  }
  const passive = due && PASSIVE.exec(text);
  if (passive && isWork(passive[1] ?? '') && !isHedged(text, passive.index)) {
    const subject = tidy(
      text.slice(0, passive.index).replace(/^(?:(?:and|but|so|also|then|okay|oh|well|now|plus)[, ]+)+/iu, ''),
    );
    if (contentStems(subject).size > 0)
      return { kind: 'duty', task: tidyTask(`${subject} ${text.slice(passive.index)}`), owner: undefined };
  }
  const we = due && WE.exec(text);
  if (we && !isHedged(text, we.index)) {
    const { verb, task } = taskOf(text, we);
    if (isPlainWork(verb)) return { kind: 'duty', task, owner: undefined };
  }
  return undefined;
}

/** "Action item for Kim: order the parts." */
function readLabelled(text: string, names: Names): Commitment | undefined {
  const match = LABELLED.exec(text);
  if (!match?.[2] || contentStems(match[2]).size < 2) return undefined;
  const first = /^(\p{L}+)(?:,| to| will|'ll)? /u.exec(match[2]);
  const leading = names.find(first?.[1] ?? '');
  const task = first && leading ? match[2].slice(first[0].length) : match[2];
  return { kind: 'duty', task: tidyTask(task), owner: names.find(match[1] ?? '') ?? leading };
}

/** The verb that a match ends with, and what follows it to the end of its clause. */
function taskOf(text: string, match: RegExpExecArray | RegExpMatchArray): { verb: string; task: string } {
  const verb = match.at(-1) ?? '';
  const from = (match.index ?? 0) + match[0].length - verb.length;
  return { verb, task: tidyTask(text.slice(from)) };
}

function isHedged(text: string, at: number): boolean {
  const before = text.slice(0, at);
  return HEDGED.test(before) && !POLITE.test(before);
}

function withoutName(task: string, name: string | undefined): string {
  return name && task.endsWith(name)
    ? tidy(task.slice(0, -name.length).replace(/\b(?:mr|mrs|ms|miss|dr)\.? $/iu, ''))
    : task;
}

/** Cut where another clause begins, with what is polite left out. */
function tidyTask(task: string): string {
  const clause = task.replace(
    /(?<!\b(?:whether|if|what|that|how|why|when|where|who|which|because|than|as|before|after|until|till|while|once|and|or|think|sure|know)),? (?:it|they|he|she|there|we|you|i|this|that) (?:was|were|is|are|must|has|have|had|will|can't|don't|didn't|said)\b.*$|,? (?:(?:and|so|but) (?:if|to|you|we|they|he|she|it|that|I|there|honestly)|but|because|since|although|otherwise)\b.*$|, (?:we|you|they|he|she|I|it|it's|that's|there's)\b.*$/iu,
    '',
  );
  return tidy(
    clause
      .replace(
        /,? (?:please|right|okay|ok|then|too|as well|for sure|(?:will|would|can|could) you|if (?:that's|that|you|it)\b.*)[?.!]*$/iu,
        '',
      )
      .replace(/[?!]+$/u, ''),
  );
}
