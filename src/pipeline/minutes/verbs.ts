/** Verbs of work that can be done after a meeting, and those that only move the conversation. */
import { stem } from './words.ts';

const WORK =
  `accept acquire add adjust administer advertise align amend analyse analyze annotate announce answer apply approve
  archive arrange ask assemble assess assign attach audit automate back benchmark block book borrow brief bring build
  bump buy calculate calibrate call cancel capture cater change chase check circulate clarify clean clear close
  collect commission compare compile complete compose confirm connect consult contact convert coordinate copy correct
  corroborate courier cover create cut deal decorate define delete deliver deploy design develop dig disable discuss
  dispatch distribute divide document double-check download draft draw drop duplicate edit email enable engage enrol
  enter escalate escort estimate evaluate examine expand expedite export extend fetch file fill finalise finalize find
  finish fix follow formalise formalize format forward frame fund furnish gather get give grab group hand handle hire
  host hunt implement import improve inform inspect install instruct integrate interview investigate invite invoice
  issue itemise itemize join laminate launch lay lead liaise list load lock log look mail maintain make manage map
  mark measure meet mention merge message migrate mock monitor mount move negotiate note notify nudge obtain onboard
  open order organise organize outline own pack paint pass patch pay phone photograph pick ping pitch place plan plug
  poll populate post prepare present print prioritise prioritize process produce profile program programme propose
  prototype provide publish pull purchase push put query quote raise reach read reassign rebuild recalculate reconcile
  reconfigure record recruit redo refactor refill refine refresh refund register reimburse reinstall relay release
  remake remind remove rename renew reorganise reorganize repair repeat replace reply report request reschedule
  research resend reserve resolve restart restock restore retest retrieve return review revise rewrite ring roll
  rotate run schedule search secure sell send set share ship shortlist show sign simplify sketch solve sort source
  speak specify spend split staff start stock store study submit summarise summarize supply survey swap switch sync
  tabulate tackle take talk tell test text tidy track train transcribe transfer translate try turn tweak type unblock
  uninstall update upgrade upload validate verify vet visit walk weigh weld wire work wrap write`.split(/\s+/);

/** Doing these is talking, here and now, unless a deadline says otherwise. */
const TALK =
  `ask back go join look mention note pass place quote read repeat run share show speak start spend summarise summarize talk tell
  try turn type walk wrap meet confirm mark outline`.split(/\s+/);

/** Verbs that say little without their object. */
const LIGHT = 'add bring change cut get give make move open pull put sell set take work'.split(' ');

/** What a group resolves to do. */
const OUTCOMES =
  `abandon accept adopt allow appoint approve ban book build buy cancel change charge choose close commit cut decline defer delay deliver
  deploy discontinue double drop end extend fix freeze go grant hire hold host increase introduce invest keep launch leave limit
  merge migrate move offer open order outsource pay pick plan postpone promote publish push raise reduce refund reject
  release remove rename renew replace rent repair restore retire reverse revert roll rotate run scrap sell send set share ship shut sign skip split
  sponsor start stay stick stop support suspend swap switch take target terminate test try turn use widen withdraw write`.split(
    /\s+/,
  );

const OUTCOME_STEMS = new Set(OUTCOMES.map(stem));
const WORK_STEMS = new Set(WORK.map(stem));
const TALK_STEMS = new Set(TALK.map(stem));
const LIGHT_STEMS = new Set(LIGHT.map(stem));
const PARTICIPLES = new Map(
  `written=write sent=send done=do bought=buy built=build taken=take made=make given=give told=tell paid=pay found=find
   brought=bring spoken=speak drawn=draw rewritten=rewrite chosen=choose held=hold sold=sell got=get read=read set=set
   put=put cut=cut redone=redo rebuilt=rebuild`
    .split(/\s+/)
    .map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']),
);

/** True for a verb (any form) of work. */
export function isWork(verb: string): boolean {
  const base = baseOf(verb);
  return base === 'do' || WORK_STEMS.has(stem(base));
}

/** True for a verb of work that seldom means talking: enough to see a task without a due date. */
export function isPlainWork(verb: string): boolean {
  const stemmed = stem(baseOf(verb));
  return WORK_STEMS.has(stemmed) && !TALK_STEMS.has(stemmed) && !LIGHT_STEMS.has(stemmed);
}

/** True for a verb like "get", which makes a task only with something to get. */
export function isLightWork(verb: string): boolean {
  return LIGHT_STEMS.has(stem(baseOf(verb)));
}

function baseOf(verb: string): string {
  return PARTICIPLES.get(verb.toLowerCase()) ?? verb.toLowerCase();
}

/** Work that only the words after the verb make: "let the caterer know", "have a word with", "look into". */
const PHRASES = new RegExp(
  [
    "let (?!me\\b|you\\b|us\\b|it\\b|that\\b)[\\p{L}' -]{2,40}? know",
    'have (?:a|an|another) (?:quick |little )?(?:word|chat|look|meeting|call|think)',
    'look (?:into|at|after|up|for)',
    'get (?:someone|somebody|hold|in touch|back to)',
    'come back (?:to|with)',
    'go (?:through|over|to the)',
    'take care of',
    'see (?:if|whether|what I can)',
    '(?:tell|ask) (?!me\\b|us\\b|you\\b|about\\b|for\\b|a\\b|the question|why\\b|how\\b|what\\b)',
    '(?:talk|speak) (?:to|with) (?!me\\b|us\\b|you\\b)',
    'run (?:it|this|that|them) (?:by|past)',
    '(?:touch base|reach out|follow up|circle back|sort out|figure out|work out|find out|deal with|put in|put together)',
    'make (?:sure|an appointment|an? (?:list|draft|plan|proposal|offer|copy|poster|slide|spreadsheet|template))',
    'write (?:down|up)',
  ]
    .map(phrase => `^${phrase}`)
    .join('|'),
  'iu',
);

/** True where a task begins with words of work that no single verb shows. */
export function isWorkPhrase(task: string): boolean {
  return PHRASES.test(task);
}

/** True for a verb (any form) that says what a group has resolved to do. */
export function isOutcome(verb: string): boolean {
  return OUTCOME_STEMS.has(stem(verb.toLowerCase()));
}

/** What people say "I'll" to without promising work. */
export function isIdle(verb: string): boolean {
  return IDLE.has(verb.toLowerCase());
}

const IDLE = new Set(
  `be have say see admit let miss never need know think guess assume pass stop stick like love hate hope want wish wait
   leave die keep bet grant spare skip probably not always agree disagree believe remember forget understand hear feel
   come eat drink sit stand suppose consider expect imagine explain describe argue cry laugh lose fall go seem appear become
   start begin end call take give tell trust second appreciate mean regret doubt worry enjoy prefer live pretend recall support play only`.split(
    /\s+/,
  ),
);
