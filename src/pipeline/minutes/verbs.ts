/** Verbs of work that can be done after a meeting, and those that only move the conversation. */
import { stem } from './words.ts';

const WORK =
  `accept add adjust analyse analyze announce answer apply approve arrange ask assemble assess assign attach audit
  back book bring brief build buy calculate call cancel change chase check circulate clarify clean clear close collect
  compare compile complete confirm connect contact convert coordinate copy correct cover create cut deal define delete
  deliver deploy design develop disable discuss distribute document double-check download draft drop edit email enable
  escalate estimate evaluate examine export extend fetch file fill finalise finalize find finish fix follow forward gather
  get give hand handle hire host implement import improve inform install interview investigate invite join launch lead list
  look mail make manage measure meet mention merge message migrate monitor move negotiate notify open order organise
  organize own pay phone pick ping plan post prepare present print process produce propose provide publish pull push put
  raise reach read rebuild record recruit redo refactor register release remind remove rename renew repair repeat replace reply report
  request reschedule research reserve resend resolve return review revise rewrite ring roll rotate run schedule search
  secure sell send set share ship show sign sort source speak specify spend split start submit summarise summarize switch
  sync take talk tell test tidy track train transcribe transfer translate try turn type update upgrade upload verify visit
  walk work wrap write`.split(/\s+/);

/** Doing these is talking, here and now, unless a deadline says otherwise. */
const TALK =
  `ask back go join look mention read repeat run share show speak start spend summarise summarize talk tell try turn type
  walk wrap meet confirm`.split(/\s+/);

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
   come eat drink sit stand`.split(/\s+/),
);
