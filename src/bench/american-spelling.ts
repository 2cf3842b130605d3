/** British spellings to American ones, so that "organised" against "organized" is no error. */

/** Verbs and their nouns in -ise: what stands before the ending. */
const izeStems = `acclimat agon amort anglic annual apolog appet author brutal capital categor central character civil
  colon commercial compartmental computer conceptual contextual criminal critic crystal crystall custom demo democrat
  deput digit dramat econom emphas energ epitom equal evangel external factor familiar fantas fertil final formal
  general global harmon homogen hospital human hypnot hypothes ideal immortal immun individual industrial initial
  institutional internal ion item jeopard legal legitim liberal liquid local magnet marginal material maxim mechan
  memor mesmer metabol militar miniatur minim mobil modern moistur monet monopol moral motor national natural neutral
  normal operational optim organ ostrac oxid parallel pasteur patron penal personal philosoph plagiar polar politic
  popular pressur prior priorit privat professional public pulver radical random rational real recogn regular
  revolution romantic sanit scrutin secular sensational sensit serial social special stabil standard steril stigmat
  subsid summar symbol sympath synchron synthes system systemat tantal temporal terror theor token total traumat
  trivial union urban util vandal vapor verbal victim visual vital vocal western`;
/** Likewise in -yse. */
const yzeStems = 'anal breathal catal electrol hydrol paral';
const ourStems = `arb ard arm behavi cand clam col dem demean dol enam endeav fav ferv flav harb hon hum lab misdemean
  neighb od parl ranc rig rum sav savi splend succ tum val vap vig`;
const reStems = 'calib cent fib lit louv lust meag met mit och reconnoit sab salt scept sepulch somb spect theat';
const doubledStems = `bevel cancel carol channel chisel council counsel dial dishevel duel equal flannel fuel funnel gravel
  grovel initial jewel kennel label level libel marshal marvel model panel parcel pedal pencil quarrel ravel refuel revel rival
  shovel shrivel signal snivel snorkel spiral swivel total towel travel trial trowel tunnel unravel yodel`;

const stem = (stems: string) => stems.trim().split(/\s+/).join('|');

const endings: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\b([a-z]*(?:${stem(izeStems)}))is(e|es|ed|er|ers|ing|able|ation|ations|ational)\\b`, 'g'), '$1iz$2'],
  [new RegExp(`\\b(${stem(yzeStems)})ys(e|es|ed|er|ers|ing)\\b`, 'g'), '$1yz$2'],
  [new RegExp(`\\b((?:un|dis|multi|tri|water)?(?:${stem(ourStems)}))our([a-z]*)\\b`, 'g'), '$1or$2'],
  [new RegExp(`\\b([a-z]*(?:${stem(reStems)}))re(s?)\\b`, 'g'), '$1er$2'],
  [/\bcentred\b/g, 'centered'],
  [new RegExp(`\\b((?:${stem(doubledStems)}))l(ed|er|ers|ing|ings|or|ors|ous)\\b`, 'g'), '$1$2'],
  [/\b(def|off|lic|pret)ence(s?)\b/g, '$1ense$2'],
  [/\b(catal|dial|anal|epil|monol|prol|homol)ogue(s?)\b/g, '$1og$2'],
  [/\b(enrol|fulfil|instil|distil)(s|ment|ments)?\b/g, '$1l$2'],
  [/\b(skil|wil)ful(ly|ness)?\b/g, '$1lful$2'],
  [/\b(an|encyclop|gyn|h|leuk|medi|orthop|p|pal)ae(?=[cdmosv])/g, '$1e'],
  [/\b(gr)ey(s|ed|ing|ish|ness)?\b/g, '$1ay$2'],
  [/\b(m|sm)ould(s|ed|er|ers|ing|ings|y)?\b/g, '$1old$2'],
  [/\bplough/g, 'plow'],
  [/\bsceptic/g, 'skeptic'],
];

const words: Readonly<Record<string, string>> = {
  aeroplane: 'airplane',
  aeroplanes: 'airplanes',
  ageing: 'aging',
  aluminium: 'aluminum',
  artefact: 'artifact',
  artefacts: 'artifacts',
  cheque: 'check',
  cheques: 'checks',
  cosy: 'cozy',
  draught: 'draft',
  draughts: 'drafts',
  instalment: 'installment',
  instalments: 'installments',
  jewellery: 'jewelry',
  kerb: 'curb',
  manoeuvre: 'maneuver',
  manoeuvres: 'maneuvers',
  moustache: 'mustache',
  mum: 'mom',
  practise: 'practice',
  practised: 'practiced',
  practises: 'practices',
  practising: 'practicing',
  programme: 'program',
  programmes: 'programs',
  pyjamas: 'pajamas',
  storey: 'story',
  storeys: 'stories',
  sulphur: 'sulfur',
  tonne: 'ton',
  tonnes: 'tons',
  tyre: 'tire',
  tyres: 'tires',
  woollen: 'woolen',
  yoghurt: 'yogurt',
};

/** @param text lower case, words separated by spaces */
export function americanize(text: string): string {
  const ended = endings.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
  return ended.replace(/\b[a-z]+\b/g, word => (Object.hasOwn(words, word) ? words[word]! : word));
}
