/** The words of questions and of sentences in a form in which they meet: roots, numbers by value, groups of synonyms. */
import { findNumbers } from './numerals.ts';
import { foldWords, isStopWord } from './words.ts';

/** Words of meetings that say the same in a question and in its answer. A word may stand in several groups. */
const SYNONYMS = `
  deadline due
  cost price charge fee pay paid expense spend spent expensive cheap euro pound dollar euros pounds dollars
  budget finance fund money
  price money worth
  bill invoice
  demand ask want request require
  meeting meet met appointment session
  call phone ring telephone rang callback dial
  mobile phone smartphone
  postpone move delay push reschedule shift slip defer
  launch release ship rollout deploy publish live
  finish complete done ready
  fix repair solve resolve correct
  buy bought purchase order acquire procure
  hire recruit employ
  employee staff worker colleague member
  photo picture image photograph
  problem issue trouble bug failure fail error fault defect difficulty mistake
  failed broken
  send sent email mail forward deliver submit share
  write wrote written draft
  book reserve booking reservation
  present show demo presentation
  customer client buyer
  user customer
  begin began begun start kickoff started
  cancel stop drop skip abandon scrap remove
  choose chose chosen pick select
  big large size huge
  small little tiny
  fast quick quickly rapid speed
  slow late
  increase raise grow grew rise rose growth
  decrease reduce cut lower drop reduction
  save reduce less
  check verify review inspect examine look
  prefer like love enjoy favour
  vacation holiday leave holidays
  christmas holidays xmas
  keep kept store retain storage
  job position role vacancy post
  annoy bother frustrate irritate
  change switch replace swap rotate modify
  sell sold sale revenue
  suggest propose recommend proposal suggestion
  agree agreed accept approve
  reject refuse decline
  offer bid tender
  quote offer estimate
  break broke broken damage
  salary wage
  help assist support
  visitor guest attendee
  long duration
  allowed permit permission
  look appearance style
  owner responsible
  legal lawyer law solicitor attorney
  doctor physician
  sick ill illness unwell
  car vehicle
  van truck lorry
  office building premises
  shop webshop
  site website webpage page
  app application
  screen display monitor
  lcd display
  document paper file
  manual handbook guide instructions
  contract agreement
  sign signed signature
  supplier vendor provider
  company firm business
  boss manager chief head
  leader lead
  child children kid kids
  parent parents
  wife husband spouse
  house home
  train railway
  journey trip travel
  test trial tested
  place put position location located
  install setup installed
  shape form
  material fabric
  strong tough robust
  draw drew drawn drawing sketch paint
  answer reply respond response
  notify inform tell told
  remind reminder
  close closed shut
  open opening
  leave quit resign left
  join joined
  teach train training course
  learn learned
  measure measured
  weight heavy
  height high
  wide width
  age old
  wrong bad incorrect poor
  empty dead flat
  full
  alert warning alarm notification
  speech voice
  recognition recognise recognize
  update upgrade
  version edition
  goal aim target objective
  reason why because
  complaint complain
  discount rebate
  profit margin
  advertise advertisement advert ads promote promotion
  marketing advertise
  conference fair exhibition
  lunch dinner meal
  water watering
  move relocate relocation
  cover cover substitute
  bring brought
  build built building construct
  make made manufacture produce production
  factory plant
  insurance insure insured
  rent lease
  vote voted
  election elect
  risk danger
  security secure
  privacy private
  law regulation compliance
  translate translation translator
  print printed printer
  feature function functionality
  task todo action
  progress percent
  migration migrate`
  .trim()
  .split('\n')
  .map(line => line.trim().split(' '));

/** Shorter stems would make one of "meter", "met" and "mete". */
const MIN_ROOT = 4;
const SUFFIXES =
  /^(.+?)(?:ational|ations?|ments?|ings?|ions?|ness|ible|able|ance|ence|ful|ers?|ors?|ed|ly|es|al|s|e)$/u;

/** Rougher than `stem`: "translate", "translation" and "translated" meet, for a question is worded by somebody else. */
export function rootOf(token: string): string {
  let root = token.replace(/'(?:s|re|ll|ve|d|m)?$/u, '');
  for (let shorter = shorten(root); shorter !== root; shorter = shorten(root)) root = shorter;
  return root.replace(/(?<=.{2})y$/u, 'i');
}

function shorten(word: string): string {
  if (/(?:ss|us|is)$/u.test(word)) return word;
  const plain = /^(.{3,}?)(?:ing|ed|es|s|e)$/u.exec(word)?.[1];
  const found = SUFFIXES.exec(word)?.[1];
  const root = found && found.length >= MIN_ROOT ? found : plain;
  return root && /[aeiouy]/u.test(root) ? root.replace(/([bdgmnprt])\1$/u, '$1') : word;
}

const GROUPS = new Map<string, string[]>();
SYNONYMS.forEach((words, index) => {
  for (const root of new Set(words.map(rootOf))) GROUPS.set(root, [...(GROUPS.get(root) ?? []), `=${index}`]);
});

/** The groups that a root belongs to, as keys that no word can have. */
export function groupsOf(root: string): readonly string[] {
  return GROUPS.get(root) ?? [];
}

/** The content words of a text in order, roots and numbers ("#45000"); `token` is the word as folded. */
export function contentKeys(text: string): { key: string; token: string }[] {
  const tokens = foldWords(text);
  const numbers = findNumbers(tokens);
  // "one" and "second" are seldom numbers
  const counted = numbers.filter(({ value, from, to }) => value > 2 || to - from > 1 || /\d/u.test(tokens[from] ?? ''));
  const numeric = new Set(counted.flatMap(({ from, to }) => tokens.slice(from, to).map((_, at) => from + at)));
  return tokens.flatMap((token, at) => {
    const number = counted.find(({ from }) => from === at);
    if (number) return [{ key: `#${number.value}`, token }];
    if (numeric.has(at) || token.length < 2 || isStopWord(token) || isStopWord(token.replace(/(?:ing|ed|s)$/u, '')))
      return [];
    return [{ key: rootOf(token), token }];
  });
}
