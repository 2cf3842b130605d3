/** What the meeting was about, and from when to when: announced topics first, else where the words change (TextTiling). */
import { isHostile } from './hostile-text.ts';
import { findNumbers } from './numerals.ts';
import { type Sentence, seconds } from './sentences.ts';
import { countShared, foldWords, isStopWord, stem, tidy } from './words.ts';

export interface Topic {
  title: string;
  /** Seconds. */
  start: number;
  end: number;
}

const ANNOUNCED = [
  /\b(?:first|second|third|fourth|fifth|sixth|next|last|final|another|new) (?:topic|point|item|subject|thing)(?: (?:is|on the (?:list|agenda)(?: is)?|today is))?[,:.]? (?:is )?(?:the |our )?([^.?!;]{3,60})/iu,
  /\b(?:let's|let us|we(?:'ll)?|I'd like to|shall we|we can|we should) (?:start|begin|kick off|move on|continue|go on)(?: now)? (?:with|to|by talking about) (?:the |our )?(?!(?:the )?next|you\b|it\b|that\b|this\b)([^.?!;]{3,60})/iu,
  /\bmoving on to (?:the |our )?([^.?!;]{3,60})/iu,
  /\b(?:let's|let us) (?:talk about|discuss|turn to) (?:the |our )?(?!it\b|that\b|this\b)([^.?!;]{3,60})/iu,
  /\bone more thing (?:on|about) (?:the |our )?([^.?!;,]{3,60})/iu,
  /\bspeaking of (?:the |our )?([^.?!;,]{3,60})/iu,
];
const NO_TOPIC =
  /^(?:\d.*|(?:mon|tues|wednes|thurs|fri|satur|sun)day|hour|minute|day|week|month|year|hundred|thousand|million|percent|pound|euro|dollar|point|item|topic|meeting|wrong|start|different)s?$/;
const SHORTEST_MS = 45_000;
/** Sentences on either side of a border that TextTiling compares. */
const BLOCK = 8;
const MIN_TILE_SENTENCES = 14;
const MAX_TOPICS = 24;

export function findTopics(sentences: readonly Sentence[]): Topic[] {
  const first = sentences[0];
  const last = sentences.at(-1);
  if (!first || !last) return [];
  const announced = readAnnounced(sentences);
  const starts = announced.length >= 2 ? announced : tile(sentences);
  const opened = starts[0]?.at === 0 || announced.length >= 2 ? starts : [{ at: 0, title: undefined }, ...starts];
  const typical = countStems(sentences);
  return opened
    .map(({ at, title }, place) => {
      const end = opened[place + 1]?.at ?? sentences.length;
      const part = sentences.slice(at, end);
      return {
        title: title ?? keyTerms(part, typical, 3).join(', '),
        start: seconds(part[0]?.startMs ?? 0),
        end: seconds(Math.max(...part.slice(-3).map(one => one.endMs))),
      };
    })
    .filter(({ title }) => title !== '');
}

/** The words that are frequent here and rarer elsewhere, as they are written. */
export function keyTerms(part: readonly Sentence[], typical: ReadonlyMap<string, number>, count: number): string[] {
  const forms = new Map<string, Map<string, number>>();
  for (const { text } of part.filter(one => !isHostile(one.text))) {
    for (const token of foldWords(text)) {
      if (isStopWord(token) || token.length < 4 || NO_TOPIC.test(token) || findNumbers([token]).length > 0) continue;
      const written = forms.get(stem(token)) ?? new Map<string, number>();
      written.set(token, (written.get(token) ?? 0) + 1);
      forms.set(stem(token), written);
    }
  }
  return [...forms]
    .map(([stemmed, written]) => {
      const here = [...written.values()].reduce((sum, times) => sum + times, 0);
      const [form] = [...written].sort((a, b) => b[1] - a[1])[0] ?? [''];
      return { form, here, score: (here * here) / (typical.get(stemmed) ?? here) };
    })
    .filter(({ here }) => here >= 2)
    .sort((a, b) => b.score * b.here - a.score * a.here)
    .slice(0, count)
    .map(({ form }) => form);
}

export function countStems(sentences: readonly Sentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of sentences) {
    for (const token of foldWords(text))
      if (!isStopWord(token)) counts.set(stem(token), (counts.get(stem(token)) ?? 0) + 1);
  }
  return counts;
}

interface Start {
  at: number;
  title: string | undefined;
}

function readAnnounced(sentences: readonly Sentence[]): Start[] {
  const starts: Start[] = [];
  for (const sentence of sentences) {
    if (isHostile(sentence.text)) continue;
    const said = ANNOUNCED.map(pattern => pattern.exec(sentence.text)?.[1]).find(one => one !== undefined);
    if (!said) continue;
    const title = tidy(said.replace(/,(?!\d).*$/u, '').replace(/\b(?:then|please|now|today|first|quickly)$/iu, ''));
    const last = starts.at(-1);
    const previous = last && sentences[last.at];
    if (foldWords(title).every(isStopWord)) continue;
    if (previous && sentence.startMs - previous.startMs < SHORTEST_MS / 3) continue;
    starts.push({ at: sentence.index, title });
  }
  return starts.slice(0, MAX_TOPICS);
}

/** Borders where the words before and after have least in common (Hearst, 1997, simplified). */
function tile(sentences: readonly Sentence[]): Start[] {
  if (sentences.length < 2 * MIN_TILE_SENTENCES) return [{ at: 0, title: undefined }];
  const alike: { at: number; likeness: number }[] = [];
  for (let at = BLOCK; at <= sentences.length - BLOCK; at++) {
    const before = stemsOf(sentences.slice(at - BLOCK, at));
    const after = stemsOf(sentences.slice(at, at + BLOCK));
    alike.push({ at, likeness: countShared(before, after) / Math.sqrt(before.size * after.size || 1) });
  }
  const wanted = Math.min(MAX_TOPICS, Math.floor(sentences.length / (2 * MIN_TILE_SENTENCES)));
  const borders: number[] = [];
  for (const { at } of alike.toSorted((a, b) => a.likeness - b.likeness)) {
    if (borders.length === wanted) break;
    const near = [0, sentences.length, ...borders].some(border => Math.abs(border - at) < MIN_TILE_SENTENCES);
    if (!near && sentences[at]?.turnIndex !== sentences[at - 1]?.turnIndex) borders.push(at);
  }
  return [0, ...borders.sort((a, b) => a - b)].map(at => ({ at, title: undefined }));
}

function stemsOf(sentences: readonly Sentence[]): Set<string> {
  return new Set(sentences.flatMap(({ stems }) => [...stems]));
}
