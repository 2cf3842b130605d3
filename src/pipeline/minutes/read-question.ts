/** What a question asks for: its content words, the kind of answer, and whose words are wanted. */
import type { Speaker } from '../meeting.ts';
import { findNumbers } from './numerals.ts';
import { contentKeys, rootOf } from './question-terms.ts';
import { foldWords } from './words.ts';

export type AnswerKind = 'time' | 'amount' | 'money' | 'person' | 'reason' | 'decision' | 'any';

export interface QuestionTerm {
  /** A root or a number. */
  key: string;
  /** How much it says about the subject, 0..1: "meeting" and "date" say little. */
  weight: number;
  /** Asks for the kind of answer ("which day"), so that a day covers it. */
  isKind: boolean;
  /** Written with a capital inside the question: the name of something. */
  isName: boolean;
}

export interface Question {
  terms: QuestionTerm[];
  /** False for "What about the project?": every meeting has such words. */
  hasSubject: boolean;
  tokens: string[];
  kind: AnswerKind;
  /** Without a day, a time or a number there is no answer. */
  needsKind: boolean;
  /** Speakers who are named. */
  speakers: Speaker[];
  /** Only what these speakers said is asked for: "What did Kenji say about …?" */
  saidBy: Speaker[];
  /** "What does Kenji have to do?" */
  asksForTasks: boolean;
}

/** Nobody asks more in one sentence; what hostile text can cost stays bounded. */
const MAX_CHARACTERS = 1_000;
const MAX_TERMS = 24;

/** Words that ask, and say nothing about the subject. */
const ASKING = rootsOf(
  `say talk mention tell speak discuss think thought happen anyone someone somebody anybody question answer decide decision
   decided agree agreed agreement conclude conclusion settle settled reason according opinion view mean regarding concerning
   currently exactly actually already finally now anything task todo action item do doing list promise information know known hear heard please much many often`,
);
/** Words that stand in most questions and in few answers. */
const LIGHT = rootsOf(
  `meeting team group project company plan date day time deadline number amount total person kind type sort part work use
   take name thing week month year colour color size percent percentage value today new old last next first second
   responsible charge choose chosen chose pick select involved board committee meeting status topic point issue matter
   detail idea option result information side way situation member members reaction everyone everybody`,
);
const LIGHT_WEIGHT = 0.3;
/** Verbs of every kind of business: the answer has a different one as often as not. */
const VAGUE = rootsOf(
  `check checks checked checking use used using show shows showed bring brings brought try expect expects expected demand demands
   require required request requested receive received become remain cause caused causing lead handle handles handling
   handled deal cover provide contain include included occur exist place placed located based change changed keep stop
   stopped start started find found hold held set run running wait offer offered ask asked plan planned attend follow
   prepare cost costs done finish finished ready bad good happening become turn add added given arrange organise organize
   sort manage suggested proposed recommended promised picked chosen required needed wanted planned responsible care
   supposed able allowed available correct happen go come came left promise propose suggest recommend need appear seem explain
   present report announce wrong`,
);
const VAGUE_WEIGHT = 0.5;
const TIME_WORDS = words('date day time deadline due week month year weekday');
const AMOUNT_WORDS = words(
  'number amount total time percent percentage value large big old far high fast heavy long tall deep wide',
);
const PERSON_WORDS = words('person people name responsible charge owner');
const SPEAKS = words(
  `say says said think thinks thought mention mentions mentioned suggest suggests suggested propose proposes proposed
   tell tells told explain explains explained argue argues argued report reports reported comment comments commented
   answer answers answered ask asks asked promise promised recommend recommends recommended object objected claim claimed
   talk talked complain complained`,
);

const KINDS: [AnswerKind, RegExp][] = [
  [
    'time',
    /\bwhen\b|\b(?:what|which) (?:date|day|time|month|week|year|weekday)\b|\bhow (?:soon|late)\b|\b(?:deadline|due date)\b|\bhow long ago\b|\bsince when\b/iu,
  ],
  [
    'amount',
    /\bhow (?:much|many|long|often|large|big|old|far|high|fast|heavy)\b|\b(?:what|which) (?:number|amount|percentage|share)\b/iu,
  ],
  ['person', /\b(?:who|whom|whose|which person|responsible)\b/iu],
  ['reason', /\bwhy\b|\bwhat(?:'s| is| was)? the reason\b|\bhow come\b/iu],
  ['decision', /\b(?:decid\w*|decision|agree[ds]?|settled?|conclu\w*|approved?|resolved)\b/iu],
];
const TIME_ASKED = /\b(?:what|which) (?:date|day|time|month|week|year|weekday)\b|\b(?:deadline|due date)\b/iu;
const MONEY =
  /\b(?:pays?|paid|costs?|prices?|charges?|charged|spend|spent|earn|salary|fees?|budget|money|worth|bill|revenue|profit)\b/iu;
const HOW_MUCH = /\bhow much (?:do|does|did|is|are|was|were|will|would|can|for|should)\b/iu;
const TASKS =
  /\b(?:tasks?|to-?dos?|action items?|(?:has|have|need|needs|supposed|going|got) to do|(?:will|should|must) \p{L}+ do|take[ns]? on)\b/iu;
const ASKS_FOR_SUM =
  /\bwhat(?:'s| is| was| are| were| does| did| do)\b.*\b(?:price|costs?|budget|rate|salary|fee|profit|revenue|total|number|pay|charge)\b/iu;

export function readQuestion(text: string, speakers: readonly Speaker[]): Question {
  const asked = text.slice(0, MAX_CHARACTERS).normalize('NFKC').replace(/[’‘`]/gu, "'");
  const tokens = foldWords(asked);
  const named = findSpeakers(tokens, speakers);
  const spoken = new Set(named.flatMap(({ from, to }) => tokens.slice(from, to)));
  const saidBy = named.filter(one => isSaying(tokens, one)).map(({ speaker }) => speaker);
  const kind = kindOf(asked);
  const needsKind = kind === 'time' || kind === 'amount' || (kind === 'money' && saidBy.length === 0);
  const terms = readTerms(asked, spoken, kind);
  return {
    terms,
    hasSubject: terms.some(({ weight, isKind }) => weight > LIGHT_WEIGHT || (needsKind && !isKind)),
    tokens,
    kind,
    needsKind,
    speakers: named.map(({ speaker }) => speaker),
    saidBy,
    asksForTasks: TASKS.test(asked),
  };
}

/** What a question is after; "how much" alone is about money. */
export function kindOf(asked: string): AnswerKind {
  // in "what is shown when it is empty" the first word asks
  const [first = ''] = /\b(?:who|whom|whose|what|which|where|why|how|when)\b/iu.exec(asked) ?? [];
  const kind = KINDS.find(([, pattern]) => pattern.test(asked))?.[0];
  if (kind === 'time' && !/^(?:when|how)$/iu.test(first) && !TIME_ASKED.test(asked))
    return ASKS_FOR_SUM.test(asked) ? 'money' : 'any';
  if (kind === 'amount' && (HOW_MUCH.test(asked) || (MONEY.test(asked) && /\bhow (?:much|high)\b/iu.test(asked))))
    return 'money';
  return kind ?? (ASKS_FOR_SUM.test(asked) ? 'money' : 'any');
}

const DAY =
  /\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter|christmas|easter|today|tonight|tomorrow|yesterday|mornings?|afternoons?|evenings?|noon|midnight|weekend|quarter|q[1-4]|o'?clock|[ap]\.?m|(?:next|last|this|every|a|an|per|in|within|after|half an?|couple of) (?:\p{L}+ )?(?:hours?|days?|weeks?|months?|years?|meeting)|(?:minutes?|hours?|days?|weeks?|months?|years?)(?: ago| from| before| after)?|(?:19|20)\d\d|\d+(?:st|nd|rd|th)|(?:around|at|by|until|till|before|after) (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})|soon)\b/iu;
const PERSON =
  /\b(?:I|I'(?:ll|m|ve|d)|my name|me|he|she|they|who|somebody|someone|nobody|no one)\b|(?<=[\p{Ll},] )\p{Lu}\p{Ll}+/u;
const REASON =
  /\b(?:because|'?cause|since|so that|reason|due to|that's why|otherwise|too|can't|cannot|couldn't|impossible|problem|no|not|makes? it|so|would cost)\b|n't\b/iu;
const SOME =
  /\b(?:half|quarter|third|couple|dozen|once|twice|hundreds?|thousands?|an? (?:hour|day|week|month|year)|none|nobody|most|all of)\b/iu;
const CURRENCY = /\b(?:euros?|pounds?|dollars?|cents?|pence|percent|per cent|bucks|grand|free)\b|[$€£%]/iu;
const COUNTED = /^(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|pages?|people|units?|times?|o'clock)$/u;

/** Tells whether a text has the kind of answer that is asked for; a "summer" of the question is no date. */
export function createKindTest({ kind, tokens }: Question): (text: string) => boolean {
  const asked = new Set(tokens);
  const unasked = (text: string) => foldWords(text).filter(token => !asked.has(token));
  switch (kind) {
    case 'time':
      return text => {
        const rest = unasked(text);
        return DAY.test(rest.join(' ')) || findNumbers(rest).some(({ ordinal, value }) => ordinal && value > 2);
      };
    case 'amount':
      return text => SOME.test(unasked(text).join(' ')) || saysSum(unasked(text));
    case 'money':
      return text => CURRENCY.test(text) || saysSum(unasked(text), COUNTED);
    case 'person':
      return text => PERSON.test(text);
    case 'reason':
      return text => REASON.test(text);
    default:
      return () => false;
  }
}

function saysSum(tokens: readonly string[], but?: RegExp): boolean {
  return findNumbers(tokens).some(({ value, ordinal, to }) => value > 1 && !ordinal && !but?.test(tokens[to] ?? ''));
}

function readTerms(asked: string, spoken: ReadonlySet<string>, kind: AnswerKind): QuestionTerm[] {
  const capitals = new Set(
    [...asked.matchAll(/(?<=[\p{Ll}\p{N},'] )\p{Lu}[\p{L}'-]+/gu)].flatMap(([name]) => foldWords(name)),
  );
  // "which languages is it in" is answered by "French"
  const [, sort = ''] =
    /\bwhich (\p{L}+) (?:is|are|was|were|do|does|did|will|would|can|should|has|have)\b/iu.exec(asked) ?? [];
  const isLight = (token: string) => LIGHT.has(rootOf(token)) || token === sort.toLowerCase();
  const terms = new Map<string, QuestionTerm>();
  for (const { key, token } of contentKeys(asked)) {
    if (ASKING.has(rootOf(token)) || spoken.has(token) || terms.has(key)) continue;
    const isKind = isKindWord(token, kind);
    const isVague = VAGUE.has(rootOf(token));
    const weight = isKind || isLight(token) ? LIGHT_WEIGHT : isVague ? VAGUE_WEIGHT : 1;
    terms.set(key, { key, weight, isKind, isName: capitals.has(token) });
    if (terms.size === MAX_TERMS) break;
  }
  return [...terms.values()];
}

function isKindWord(token: string, kind: AnswerKind): boolean {
  if (kind === 'time') return TIME_WORDS.has(token);
  if (kind === 'amount' || kind === 'money') return AMOUNT_WORDS.has(token);
  return kind === 'person' && PERSON_WORDS.has(token);
}

interface NamedSpeaker {
  speaker: Speaker;
  /** Tokens `[from, to)`. */
  from: number;
  to: number;
}

/** A label matches whole; a first name alone does where one speaker has it. */
function findSpeakers(tokens: readonly string[], speakers: readonly Speaker[]): NamedSpeaker[] {
  const plain = tokens.map(token => token.replace(/'s?$/u, ''));
  return speakers.flatMap(speaker => {
    const label = foldWords(speaker.label);
    const [first = ''] = label;
    const isUnique = speakers.filter(other => foldWords(other.label)[0] === first).length === 1;
    const whole = indexOf(plain, label);
    if (whole >= 0) return [{ speaker, from: whole, to: whole + label.length }];
    const from = isUnique && label.length > 1 && speaker.label !== speaker.id ? plain.indexOf(first) : -1;
    return from >= 0 ? [{ speaker, from, to: from + 1 }] : [];
  });
}

function indexOf(tokens: readonly string[], part: readonly string[]): number {
  if (part.length === 0) return -1;
  return tokens.findIndex((_, at) => part.every((token, place) => tokens[at + place] === token));
}

/** "did Kenji say", "Kenji thinks", "according to Kenji", "Kenji's opinion". */
function isSaying(tokens: readonly string[], { from, to }: NamedSpeaker): boolean {
  const before = tokens[from - 1] ?? '';
  const isOpinion = /^(?:opinion|view|position|argument|concern|idea|suggestion|proposal|comment|answer)s?$/u;
  return (
    SPEAKS.has(tokens[to] ?? '') ||
    (before === 'to' && tokens[from - 2] === 'according') ||
    (/'s?$/u.test(tokens[to - 1] ?? '') && isOpinion.test(tokens[to] ?? ''))
  );
}

function rootsOf(text: string): ReadonlySet<string> {
  return new Set([...words(text)].map(rootOf));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/u));
}
