/** What recognisers of several languages have in common, whatever their models look like. */
import type { Span } from '../../pipeline/meeting.ts';
import type { PieceTranscript } from '../asr/piece-transcript.ts';
import type { WavFile } from '../audio/wav-file.ts';

/** What was asked of all windows alike. */
export interface WindowOptions {
  /** ISO 639 code; undefined: each window's own. */
  language?: string | undefined;
  task: 'transcribe' | 'translate';
  /** What may be said, the likeliest first: told to models that can be told, as many as there is room for. */
  terms?: readonly string[] | undefined;
}

export interface WindowRecognizer {
  /**
   * Recognises windows of one recording, in the order given. Each is at most 30 s long.
   * @throws the signal's reason once it is aborted
   */
  transcribe(
    wav: WavFile,
    windows: readonly Span[],
    options: WindowOptions,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<PieceTranscript[]>;
  release(): Promise<void>;
}
