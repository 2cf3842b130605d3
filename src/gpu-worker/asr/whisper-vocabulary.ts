/** Whisper's tokens: bytes of text, and marks for language, task and time. */

/** Whisper's own code for Javanese differs from ISO 639-1. */
const ISO_CODES: Readonly<Record<string, string>> = { jw: 'jv' };

export interface WhisperVocabulary {
  size: number;
  endOfText: number;
  startOfTranscript: number;
  /** Begins the text that came before, which the model takes for its own. */
  startOfPrevious: number;
  transcribe: number;
  translate: number;
  noSpeech: number;
  noTimestamps: number;
  /** ISO 639 code to token. */
  languages: ReadonlyMap<string, number>;
  /** Bytes of a token of text; empty for marks. */
  bytesOf(token: number): Uint8Array;
  /** Tokens of a text, as in training. */
  encode(text: string): number[];
}

/**
 * @param tokens as published: text in the alphabet of GPT-2's byte-level encoding, marks as `<|…|>`; marks of time may lack
 * @throws TypeError when a mark is missing
 */
export function createWhisperVocabulary(tokens: readonly string[]): WhisperVocabulary {
  const idOf = (mark: string) => {
    const id = tokens.lastIndexOf(mark);
    if (id < 0) throw new TypeError(`the vocabulary has no ${mark}`);
    return id;
  };
  const endOfText = idOf('<|endoftext|>');
  const startOfTranscript = idOf('<|startoftranscript|>');
  const translate = idOf('<|translate|>');
  const languages = tokens.slice(startOfTranscript + 1, translate).map((mark, index) => {
    const code = mark.slice(2, -2);
    return [ISO_CODES[code] ?? code, startOfTranscript + 1 + index] as const;
  });
  const idOfText = new Map(tokens.slice(0, endOfText).map((text, id) => [text, id]));
  return {
    size: tokens.length,
    endOfText,
    startOfTranscript,
    startOfPrevious: idOf('<|startofprev|>'),
    transcribe: idOf('<|transcribe|>'),
    translate,
    noSpeech: tokens.includes('<|nospeech|>') ? idOf('<|nospeech|>') : idOf('<|nocaptions|>'),
    noTimestamps: idOf('<|notimestamps|>'),
    languages: new Map(languages),
    bytesOf: token => {
      const text = token < endOfText ? (tokens[token] ?? '') : '';
      return Uint8Array.from(text, character => BYTES.get(character) ?? 0);
    },
    encode: text => (text.match(CHUNKS) ?? []).flatMap(chunk => encodeChunk(chunk, idOfText)),
  };
}

/** How GPT-2 cuts a text before tokens are looked for (openai/tiktoken, openai_public.py). */
const CHUNKS = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Byte-pair encoding: the pair that is the earliest token is joined first, until no pair is a token. */
function encodeChunk(chunk: string, idOf: ReadonlyMap<string, number>): number[] {
  let parts = Array.from(Buffer.from(chunk), byte => CHARACTERS.get(byte) ?? '');
  for (;;) {
    const pairs = parts.slice(1).map((part, index) => idOf.get(`${parts[index]}${part}`) ?? Number.POSITIVE_INFINITY);
    const first = Math.min(...pairs);
    if (first === Number.POSITIVE_INFINITY) return parts.flatMap(part => idOf.get(part) ?? []);
    const at = pairs.indexOf(first);
    parts = parts.toSpliced(at, 2, `${parts[at]}${parts[at + 1]}`);
  }
}

const BYTES = buildBytes();
const CHARACTERS: ReadonlyMap<number, string> = new Map([...BYTES].map(([character, byte]) => [byte, character]));

/** GPT-2 writes each byte as a printable character: those that are printable as themselves, the others from U+0100 on. */
function buildBytes(): ReadonlyMap<string, number> {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 255 && byte !== 173);
  let next = 256;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(isPrintable(byte) ? byte : next++), byte]),
  );
}
