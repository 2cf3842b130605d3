/** Hears a recording whose language is not known, or that changes its language; models and tasks are the caller's. */
import type { Span } from '../../pipeline/meeting.ts';
import { isDoubtfulEnglish } from './language-doubt.ts';
import type { PieceTranscript } from './piece-transcript.ts';
import { joinLanguages, smoothLanguages } from './smooth-languages.ts';

/** A stretch and what was heard in it. */
export interface Heard extends Span {
  transcript: PieceTranscript;
  /** ISO 639 code. */
  language: string;
}

/** What can be asked of the models. */
export interface Ears {
  /** Undefined where no model knows English alone. */
  hearEnglish: ((pieces: readonly Span[]) => Promise<PieceTranscript[]>) | undefined;
  /** Without a language each window is heard in its own. */
  hearAny(windows: readonly Span[], language?: string): Promise<PieceTranscript[]>;
  /** What was said in that language, in English. */
  translate(windows: readonly Span[], language: string): Promise<PieceTranscript[]>;
  /** Speech inside a stretch, cut into parts. */
  cut(within: Span, into: 'pieces' | 'sentences'): Span[];
}

/** The same stretches in English: those in other languages are translated. */
export async function translateHeard(ears: Ears, heard: readonly Heard[]): Promise<PieceTranscript[]> {
  const translated = heard.map(({ transcript }) => transcript);
  const foreign = new Set(heard.map(({ language }) => language).filter(language => language !== 'en'));
  for (const language of foreign) {
    const own = heard.flatMap((one, index) => (one.language === language ? [index] : []));
    const spans = own.map(index => ({ startMs: heard[index]!.startMs, endMs: heard[index]!.endMs }));
    const answers = await ears.translate(spans, language);
    own.forEach((index, at) => {
      translated[index] = answers[at]!;
    });
  }
  return translated;
}

/** Pieces that are heard first, to find out whether it is worth to hear all of it as English. */
const SAMPLED = 3;
/** Windows that are less sure of their language may hold two. */
const SURE = 0.8;

/** Everything within a stretch, in time order. */
export async function hearLanguages(ears: Ears, within: Span): Promise<Heard[]> {
  const pieces = ears.cut(within, 'pieces');
  if (!ears.hearEnglish) return hearWindows(ears, pieces);
  const sampled = sample(pieces.length);
  const first = await ears.hearEnglish(sampled.map(index => pieces[index]!));
  const foreign = first.filter(isDoubtfulEnglish).length;
  if (foreign * 2 > first.length) return hearWindows(ears, pieces);
  const rest = pieces.flatMap((_, index) => (sampled.includes(index) ? [] : [index]));
  const later = await ears.hearEnglish(rest.map(index => pieces[index]!));
  const transcripts = new Array<PieceTranscript>(pieces.length);
  sampled.forEach((index, at) => {
    transcripts[index] = first[at]!;
  });
  rest.forEach((index, at) => {
    transcripts[index] = later[at]!;
  });
  return checkDoubtful(ears, pieces, transcripts);
}

/** English pieces that are certain stay; what the others are, the model for all languages says. */
async function checkDoubtful(ears: Ears, pieces: Span[], transcripts: PieceTranscript[]): Promise<Heard[]> {
  const english = pieces.map((piece, index) => ({ ...piece, transcript: transcripts[index]!, language: 'en' }));
  const doubtful = english.filter(({ transcript }) => isDoubtfulEnglish(transcript));
  if (doubtful.length === 0) return english;
  const windows = doubtful.map(({ startMs, endMs }) => ({ startMs, endMs }));
  const answers = await ears.hearAny(windows);
  const alone = findAlone(english, new Map(doubtful.map((piece, index) => [piece, answers[index]!])));
  const others = [...windows.keys()].filter(index => !alone.has(doubtful[index]!));
  const checked = await hearWindows(
    ears,
    others.map(index => windows[index]!),
    others.map(index => answers[index]!),
  );
  const foreign = checked.filter(({ language }) => language !== 'en');
  const kept = english.filter(
    piece => !foreign.some(other => other.startMs < piece.endMs && piece.startMs < other.endMs),
  );
  // of a piece that is English in part only, those parts too come from the model for all languages
  const lost = (part: Heard) => !kept.some(piece => piece.startMs < part.endMs && part.startMs < piece.endMs);
  return [...kept, ...checked.filter(lost)].sort((a, b) => a.startMs - b.startMs);
}

/**
 * Doubtful pieces among certain English ones that are English too: a laugh or a mumble sounds like any language.
 * @param answers of the model for all languages, to the doubtful pieces
 */
function findAlone(pieces: readonly Heard[], answers: ReadonlyMap<Heard, PieceTranscript>): Set<Heard> {
  const withChances = pieces.map(piece => {
    const answer = answers.get(piece);
    return { ...piece, chances: answer ? (answer.languages ?? {}) : { en: 1 } };
  });
  const isEnglish = smoothLanguages(withChances).map(language => language === 'en');
  // beside a foreign one it may be English in part only
  return new Set(pieces.filter((_, index) => [-1, 0, 1].every(step => isEnglish[index + step] ?? true)));
}

/** Each window in its language; where that changes the sound is cut anew, so that no window holds two. */
async function hearWindows(ears: Ears, windows: Span[], known?: readonly PieceTranscript[]): Promise<Heard[]> {
  const transcripts = known ?? (await ears.hearAny(windows));
  const withChances = windows.map((window, index) => ({ ...window, chances: transcripts[index]!.languages ?? {} }));
  const languages = smoothLanguages(withChances);
  const heard: Heard[] = [];
  for (const { from, to, recut } of groupWindows(withChances, languages)) {
    if (recut) {
      const around = { before: languages[from - 1], after: languages[to] };
      heard.push(
        ...(await hearChange(ears, { startMs: windows[from]!.startMs, endMs: windows[to - 1]!.endMs }, around)),
      );
      continue;
    }
    for (let index = from; index < to; index++) {
      const language = languages[index]!;
      const own = transcripts[index]!;
      const transcript = own.language === language ? own : (await ears.hearAny([windows[index]!], language))[0]!;
      heard.push({ ...windows[index]!, transcript, language });
    }
  }
  return heard;
}

/** A stretch in which the language changes: sentence by sentence first, then each language by itself. */
async function hearChange(
  ears: Ears,
  within: Span,
  around: { before: string | undefined; after: string | undefined },
): Promise<Heard[]> {
  const sentences = ears.cut(within, 'sentences');
  const transcripts = await ears.hearAny(sentences);
  const withChances = sentences.map((span, index) => ({ ...span, chances: transcripts[index]!.languages ?? {} }));
  const languages = smoothLanguages(withChances, around);
  const heard: Heard[] = [];
  for (const { language, ...span } of joinLanguages(sentences.map((s, i) => ({ ...s, language: languages[i]! })))) {
    const windows = ears.cut(span, 'pieces');
    const again = await ears.hearAny(windows, language);
    heard.push(...windows.map((window, index) => ({ ...window, transcript: again[index]!, language })));
  }
  return heard;
}

/** Runs of windows; those beside a change of language, or unsure of theirs while others differ, are to be cut anew. */
function groupWindows(windows: readonly (Span & { chances: Readonly<Record<string, number>> })[], languages: string[]) {
  const several = new Set(languages).size > 1;
  const flags = windows.map(({ chances }, index) => {
    const language = languages[index]!;
    const changes = [languages[index - 1], languages[index + 1]].some(
      other => other !== undefined && other !== language,
    );
    const rival = Object.entries(chances).some(([code, chance]) => code !== language && chance > 1 - SURE);
    return changes || (several && rival);
  });
  const groups: { from: number; to: number; recut: boolean }[] = [];
  flags.forEach((recut, index) => {
    const last = groups.at(-1);
    if (last?.recut === recut) last.to = index + 1;
    else groups.push({ from: index, to: index + 1, recut });
  });
  return groups;
}

/** Some indexes, spread over all. */
function sample(count: number): number[] {
  const wanted = Math.min(SAMPLED, count);
  return Array.from({ length: wanted }, (_, index) => Math.floor(((index + 0.5) * count) / wanted));
}
