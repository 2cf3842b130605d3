/** Cuts a meeting into parts that fit the model's window, with room for the answer. */
import type { Transcript } from '../../pipeline/meeting.ts';

/** One line of the prompt; a very long turn has several. */
export interface PromptLine {
  /** The turn's id. */
  id: string;
  speaker: string;
  text: string;
}

export interface ChunkPlan {
  chunks: PromptLine[][];
  /** The window to ask for: one for the whole meeting, because another one makes the server load the model again. */
  contextTokens: number;
}

/**
 * Room for the answer. The reply schema allows more, but its lists are seldom full; an answer that reaches the end of
 * the window is seen by its done_reason and asked for again.
 */
export const REPLY_TOKENS = 3_000;
/** Small models lose the thread in long prompts, whatever their window (models.md §8.5: 8 to 12 thousand). */
const MAX_CHUNK_TOKENS = 10_000;
/** A window is rounded up to a multiple of this, so that meetings of like length share one. */
const WINDOW_STEP = 1_024;
/** Lines that the next part repeats, so that an answer is not parted from its question. */
const OVERLAP_LINES = 2;
const MAX_LINE_CHARS = 2_000;
/** From this share of the room on, an announced topic opens a new part. */
const MIN_CHUNK_SHARE = 0.7;

/** Never too low for any language that we know: English has 4 to 5 bytes to a token, ids and Chinese about 3. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}

/**
 * @param modelTokens the model's own maximum
 * @param promptTokens what the prompt needs beside the lines
 */
export function planChunks(transcript: Transcript, modelTokens: number, promptTokens: number): ChunkPlan {
  const lines = toLines(transcript);
  const reply = Math.min(REPLY_TOKENS, Math.floor(modelTokens / 3));
  const room = Math.max(1, Math.min(MAX_CHUNK_TOKENS, modelTokens - promptTokens - reply));
  const chunks = cut(lines, room);
  const longest = Math.max(0, ...chunks.map(countTokens));
  const needed = longest + promptTokens + reply;
  return { chunks, contextTokens: Math.min(modelTokens, Math.ceil(needed / WINDOW_STEP) * WINDOW_STEP) };
}

/** Both halves of a part that was longer than estimated; empty where it cannot be cut. */
export function halve(chunk: readonly PromptLine[]): PromptLine[][] {
  const middle = Math.ceil(chunk.length / 2);
  return chunk.length < 2 ? [] : [chunk.slice(0, middle), chunk.slice(middle)];
}

function toLines({ turns, speakers }: Transcript): PromptLine[] {
  const labels = new Map(speakers.map(({ id, label }) => [id, label]));
  return turns.flatMap(({ id, speaker, text }) => {
    const parts: PromptLine[] = [];
    for (let from = 0; from < text.length; ) {
      const to = endOfPart(text, from);
      parts.push({ id, speaker: labels.get(speaker) ?? speaker, text: text.slice(from, to).trim() });
      from = to;
    }
    return parts;
  });
}

/** At a space where there is one near. */
function endOfPart(text: string, from: number): number {
  const to = from + MAX_LINE_CHARS;
  if (to >= text.length) return text.length;
  const space = text.lastIndexOf(' ', to);
  return space > from + MAX_LINE_CHARS / 2 ? space + 1 : to;
}

function cut(lines: readonly PromptLine[], room: number): PromptLine[][] {
  const chunks: PromptLine[][] = [];
  let chunk: PromptLine[] = [];
  let tokens = 0;
  for (const line of lines) {
    const cost = tokensOf(line);
    const isTurnStart = chunk.at(-1)?.id !== line.id;
    if (
      chunk.length > 0 &&
      (tokens + cost > room || (tokens > room * MIN_CHUNK_SHARE && opensTopic(line) && isTurnStart))
    ) {
      chunks.push(chunk);
      const kept = chunk.slice(-OVERLAP_LINES);
      chunk = countTokens(kept) + cost <= room ? kept : [];
      tokens = countTokens(chunk);
    }
    chunk.push(line);
    tokens += cost;
  }
  return chunk.length > 0 ? [...chunks, chunk] : chunks;
}

function opensTopic({ text }: PromptLine): boolean {
  return /\b(?:next|last|second|third|fourth|another) (?:topic|point|item|thing|question)\b|\bmoving on\b/iu.test(text);
}

function countTokens(lines: readonly PromptLine[]): number {
  return lines.reduce((sum, line) => sum + tokensOf(line), 0);
}

function tokensOf({ id, speaker, text }: PromptLine): number {
  return estimateTokens(`${id} ${speaker}: ${text}\n`);
}
