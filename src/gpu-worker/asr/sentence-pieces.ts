/** Vocabularies of SentencePiece as their exports write them: one `piece id` a line, `▁` for a space. */

export interface SentencePieces {
  /** By id. */
  pieces: readonly string[];
  /** Bytes of the text of a piece; empty for marks such as `<unk>` and `<|zh|>`. */
  bytesOf(token: number): Uint8Array;
}

/** @throws TypeError for a line that is no piece with its id */
export function parseSentencePieces(text: string): SentencePieces {
  const pieces: string[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [, piece, id] = /^(.*) (\d+)\r?$/.exec(line) ?? [];
    if (piece === undefined) throw new TypeError(`no piece and id: ${line}`);
    pieces[Number(id)] = piece;
  }
  const encoder = new TextEncoder();
  return {
    pieces,
    bytesOf(token) {
      const piece = pieces[token] ?? '';
      const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
      if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
      return isMark(piece) ? new Uint8Array() : encoder.encode(piece.replaceAll('▁', ' '));
    },
  };
}

function isMark(piece: string): boolean {
  return /^<[^<>]+>$/.test(piece);
}
