/** What one sentence promises, asks for or demands: the raw material of action items. */
import type { DueMention } from './due-dates.ts';
import type { Names } from './names.ts';
import type { Sentence } from './sentences.ts';
import { isIdle, isPlainWork, isWork } from './verbs.ts';
import { contentStems, tidy } from './words.ts';

export type Commitment =
  | { kind: 'promise'; task: string; strength: 'firm' | 'weak' }
  /** Somebody is asked; nothing is settled until they agree. */
  | { kind: 'request'; task: string; addressee: string | undefined; firm: boolean }
  /** Work without a name, or for a named person who need not be in the room. */
  | { kind: 'duty'; task: string; owner: string | undefined }
  /** "I'll do that": points back to what was said. */
  | { kind: 'taken' };

const ADVERBS =
  '(?:just |also |then |quickly |definitely |probably |certainly |gladly |happily |personally |still |now |go ahead and |try to |try and |make sure to |make sure (?:that )?we |be sure to |start to |help (?:you )?|go and |go |actually |then |have to |need to |be able to |first )*';
const VERB = "([\\p{L}][\\p{L}'-]*)";
const FIRM = new RegExp(
  `\\bI(?:'ll| will| shall|'m going to| am going to|'m gonna| am gonna| promise to| volunteer to) ${ADVERBS}${VERB}`,
  'iu',
);
const BEING = /\bI(?:'ll| will) be ([\p{L}]+ing)\b/iu;
const WEAK = new RegExp(
  `\\b(?:I (?:can|could|need to|have to|should|must|still need to|want to|plan to|intend to)|I'd better|I've got to|let me|I'm happy to|happy to|I(?:'d| would)(?: like to| love to| rather)?) ${ADVERBS}${VERB}`,
  'iu',
);
const DOING = /\bI'?m ((?:[\p{L}]+)ing)\b/iu;
const TAKEN = [
  /\b(?:I'll|I will|I can|I could|let me) (?:just |also |probably |definitely |happily |gladly )?(?:do|take|handle|own|cover|pick up|look after|grab|manage|sort) (?:that|it|this|those|these|them|one|that one|this one)(?: one| on| up| over| out)?\b/i,
  /\b(?:I'll|I will|I can|let me) (?:take care of|look after|deal with|see to|get on) (?:that|it|this|those|these|them)\b/i,
  /\b(?:leave (?:it|that) (?:with|to) me|on it|will do|I've got (?:it|that|this) covered|consider it done|I'm on it|I volunteer|I'll volunteer|that's on me|that one's mine)\b/i,
];
const ASK = new RegExp(
  `\\b(?:can|could|would|will) you (?:please |maybe |perhaps |also |just |all )*${ADVERBS}${VERB}`,
  'iu',
);
const MIND = new RegExp(
  `\\bwould you mind ([\\p{L}]+ing)\\b|\\bI(?:'d| would) (?:like|need|want) you to ${ADVERBS}${VERB}|\\bI (?:need|want) you to ${ADVERBS}${VERB}|\\byou (?:need to|have to|should|must) ${ADVERBS}${VERB}`,
  'iu',
);
const PLEASE = new RegExp(`(?:^|[,.] )(?:so |then |and )?please ${ADVERBS}${VERB}`, 'iu');
const NOBODY_YET = new RegExp(
  `\\b(?:someone|somebody|anyone|one of us|somebody else) (?:should|needs to|need to|has to|must|ought to|could|will have to|will need to) ${ADVERBS}${VERB}`,
  'iu',
);
const PASSIVE =
  /\b(?:has|have|needs?|had|must|still has|still have|still needs?) (?:also |still )?(?:to (?:also |still )?)?(?:be|get) ([\p{L}-]+)\b/iu;
const WE = new RegExp(
  `\\b(?:we|they) ?(?:'ll| will| need to| have to| must| should| still need to| still have to|'ve got to|'re going to| are going to) ${ADVERBS}${VERB}`,
  'iu',
);
const LABELLED = /^(?:action(?: item| point)?|to-?do|ai|next step)s?(?: for (\p{L}+))?\s*[:,–-]\s*(.+)/iu;

/** A condition or somebody else's words: no promise. */
const HEDGED =
  /\b(?:if|unless|thought|supposed?|imagine|whether|wish|whenever|asked if|wondering if|wonder if|when|why|because|would have|could have|otherwise)\b[^,]*$/iu;
const KIND_HEDGE =
  /\bif (?:that's|that is|it's|you're|you are|everyone is|nobody|no one|it helps|you like|you want)\b[^,]*$/iu;
/** Talk about the talk, or about the moment. */
const IN_THE_ROOM =
  /\b(?:my|the) screen\b|\b(?:right now|real quick|for a (?:second|moment|minute)|one second|in a (?:second|moment|minute)|a (?:quick )?(?:question|recap|overview|summary of)|the next (?:slide|topic|point|item)|later in (?:this|the) (?:call|meeting))\b|^(?:hear|see)\b|^(?:sum|move|kick|hand (?:it |this )?over|turn (?:it )?(?:over )?to|wrap|start|begin|jump|pause|stop|go (?:back|over|through|first|next|on)|get (?:back to the|started|going)|pass (?:it|this)|read (?:it|this|that|out)|give (?:you|everyone) (?:a|an|some|the) |tell you|talk (?:about|you)|ask (?:you|a|one|everyone|this|that)\b|put it|say|share (?:this|that) with you now|take (?:a look|questions?|notes|that|a (?:break|step))|make (?:a|one|this|it|sure it's) (?:point|quick|clear|short|comment))/iu;
const REFUSED =
  /\b(?:can't|cannot|can not|won't|will not|couldn't|not able|unable|not me|rather not|don't have time|no time)\b/i;

/** All that a sentence commits to; usually nothing. */
export function readCommitments(sentence: Sentence, names: Names, due: DueMention | undefined): Commitment[] {
  const { text } = sentence;
  const found = [
    readLabelled(text, names),
    readRequest(sentence, names),
    sentence.isQuestion ? undefined : readPromise(text, due),
    sentence.isQuestion ? undefined : readNamed(text, names),
    sentence.isQuestion ? undefined : readDuty(text, due),
  ];
  const first = found.find(one => one !== undefined);
  return first ? [first] : [];
}

/** "I can't do the quotes": who had the task gives it up. */
export function isRefusal(text: string): boolean {
  return REFUSED.test(text);
}

function readPromise(text: string, due: DueMention | undefined): Commitment | undefined {
  if (TAKEN.some(pattern => pattern.test(text)) && !REFUSED.test(text) && !/\bbut not\b/i.test(text)) {
    const rest = contentStems(text.replace(/\b(?:take|do|handle|own|cover|pick|grab|care|look)\b/gi, ''));
    if (rest.size <= 6) return { kind: 'taken' };
  }
  const firm = FIRM.exec(text);
  if (firm && !isHedged(text, firm.index)) {
    const being = BEING.exec(text);
    const verb = being?.[1] ?? firm[1] ?? '';
    const task = text.slice(firm.index + firm[0].length - (firm[1] ?? '').length);
    const deliver =
      /^have (?:it|that|this|them|the|a|an|your|our|my)\b.*\b(?:ready|out|done|finished|by|for you|sent|over|up|to you)\b/i.test(
        task,
      );
    const works =
      isPlainWork(verb) || deliver || (due !== undefined && !isIdle(verb)) || (isWork(verb) && isAboutObject(task));
    if (works && !IN_THE_ROOM.test(task))
      return { kind: 'promise', task: tidyTask(being ? withoutBe(task) : task), strength: 'firm' };
  }
  const weak = WEAK.exec(text);
  if (weak && !isHedged(text, weak.index) && !REFUSED.test(text) && isWork(weak[1] ?? '')) {
    const task = text.slice(weak.index + weak[0].length - (weak[1] ?? '').length);
    if (!IN_THE_ROOM.test(task)) return { kind: 'promise', task: tidyTask(task), strength: 'weak' };
  }
  const doing = DOING.exec(text);
  if (doing && due && isPlainWork(doing[1] ?? '') && !isHedged(text, doing.index)) {
    return {
      kind: 'promise',
      task: tidyTask(text.slice(doing.index + doing[0].length - (doing[1] ?? '').length)),
      strength: 'weak',
    };
  }
  return undefined;
}

function readRequest(sentence: Sentence, names: Names): Commitment | undefined {
  const { text } = sentence;
  const addressee = names.called(sentence)[0];
  const ask = ASK.exec(text) ?? MIND.exec(text);
  if (ask && !isHedged(text, ask.index)) {
    const verb = ask.slice(1).find(Boolean) ?? '';
    const task = text.slice(ask.index + ask[0].length - verb.length);
    if (isWork(verb) && !IN_THE_ROOM.test(task) && !/\b(?:tell|explain|remind|show) (?:me|us)\b/i.test(task)) {
      return {
        kind: 'request',
        task: tidyTask(withoutName(task, addressee)),
        addressee,
        firm: /^I |\bneed you\b|\byou (?:need|have|must)\b/i.test(ask[0]),
      };
    }
  }
  const please = PLEASE.exec(text);
  if (please && isWork(please[1] ?? '')) {
    const task = text.slice(please.index + please[0].length - (please[1] ?? '').length);
    if (!IN_THE_ROOM.test(task))
      return {
        kind: 'request',
        task: tidyTask(withoutName(task, addressee)),
        addressee,
        firm: addressee !== undefined,
      };
  }
  const named = new RegExp(`^(?:\\p{L}+, )?(\\p{L}+), (?:you )?(?:please )?${ADVERBS}${VERB}`, 'iu').exec(text);
  if (
    named &&
    addressee &&
    names.find(named[1] ?? '') &&
    isPlainWork(named[2] ?? '') &&
    !sentence.isQuestion &&
    !/ing$/.test(named[2] ?? '')
  ) {
    return {
      kind: 'request',
      task: tidyTask(text.slice(named[0].length - (named[2] ?? '').length)),
      addressee,
      firm: true,
    };
  }
  return undefined;
}

/** "Marcus will write the job ad", "it's on Ana to call them". */
function readNamed(text: string, names: Names): Commitment | undefined {
  for (const name of names.all()) {
    const modal = new RegExp(
      `\\b${name}(?:'ll| will| is going to| needs to| has to| should| must| is to| to| can| agreed to| is responsible for| takes?| owns?) ${ADVERBS}${VERB}`,
      'u',
    ).exec(text);
    if (!modal || isHedged(text, modal.index) || /\b(?:from|thanks|thank you),? $/iu.test(text.slice(0, modal.index)))
      continue;
    const verb = modal[1] ?? '';
    if (/\b(?:should|can) /.test(modal[0]) ? isPlainWork(verb) : isWork(verb)) {
      const task = text.slice(modal.index + modal[0].length - verb.length);
      if (!IN_THE_ROOM.test(task)) return { kind: 'duty', task: tidyTask(task), owner: name };
    }
  }
  return undefined;
}

function readDuty(text: string, due: DueMention | undefined): Commitment | undefined {
  const nobody = NOBODY_YET.exec(text);
  if (nobody && isWork(nobody[1] ?? '')) {
    return {
      kind: 'duty',
      task: tidyTask(text.slice(nobody.index + nobody[0].length - (nobody[1] ?? '').length)),
      owner: undefined,
    };
  }
  const passive = PASSIVE.exec(text);
  if (
    passive &&
    due &&
    isWork(passive[1] ?? '') &&
    /\w/.test(text.slice(0, passive.index)) &&
    !isHedged(text, passive.index)
  ) {
    const subject = tidy(
      text.slice(0, passive.index).replace(/^(?:and|but|so|also|then|okay|oh|well|now|plus)[, ]+/gi, ''),
    );
    if (!/^(?:it|that|this|they|those|there|he|she|we)$/i.test(subject))
      return {
        kind: 'duty',
        task: tidyTask(
          `${subject} ${passive[0].replace(/^(?:still )?/i, '')}${text.slice(passive.index + passive[0].length)}`,
        ),
        owner: undefined,
      };
  }
  const we = WE.exec(text);
  if (we && due && isPlainWork(we[1] ?? '') && !isHedged(text, we.index) && !/\b(?:today)\b/i.test(due.text)) {
    const task = text.slice(we.index + we[0].length - (we[1] ?? '').length);
    if (!IN_THE_ROOM.test(task)) return { kind: 'duty', task: tidyTask(task), owner: undefined };
  }
  return undefined;
}

/** "Action item for Kim: order the parts." */
function readLabelled(text: string, names: Names): Commitment | undefined {
  const match = LABELLED.exec(text);
  if (!match?.[2] || contentStems(match[2]).size < 2) return undefined;
  const first = /^(\p{L}+)(?:,| to| will|'ll)? /u.exec(match[2]);
  const owner = names.find(match[1] ?? '') ?? names.find(first?.[1] ?? '');
  const task = first && owner && names.find(first[1] ?? '') ? match[2].slice(first[0].length) : match[2];
  return { kind: 'duty', task: tidyTask(task), owner };
}

function isHedged(text: string, at: number): boolean {
  const before = text.slice(0, at);
  return HEDGED.test(before) && !KIND_HEDGE.test(before);
}

/** A verb that may be talk counts as work when it has an object of some substance. */
function isAboutObject(task: string): boolean {
  return contentStems(task).size >= 2 && !/\b(?:you|it|that|this)$/i.test(task.replace(/[.!]$/, ''));
}

function withoutBe(task: string): string {
  return task.replace(/^be /i, '');
}

function withoutName(task: string, name: string | undefined): string {
  return name ? task.replace(new RegExp(`,? ${name}(?=[,.?!]|$)`, 'u'), '') : task;
}

function tidyTask(task: string): string {
  return tidy(
    task
      .replace(
        /,? (?:please|right|okay|ok|then|too|as well|for sure|if that's (?:okay|ok|fine)|if that helps)\b[?.!]*$/iu,
        '',
      )
      .replace(/[?!]+$/, ''),
  );
}
