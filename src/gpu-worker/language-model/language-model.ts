/** The port to a language model on a server of one's own. Its adapters: Ollama, and servers that speak OpenAI's protocol. */
import type { Summary } from '../../pipeline/summary.ts';
import type { WaitLimits } from './patience.ts';

export interface Question {
  prompt: string;
  /** JSON schema of the answer. */
  format: object;
  contextTokens: number;
  /** The answer may not be longer. */
  replyTokens: number;
  temperature: number;
  seed: number;
  /** Some servers ignore the schema while they keep a model from thinking: then it may think, and the thoughts are left out. */
  mayThink: boolean;
}

export interface Waiting {
  limits: WaitLimits;
  signal: AbortSignal;
  /** Called with the characters of the answer so far. */
  onPiece(characters: number): void;
}

export type ModelFinding =
  | {
      isReady: true;
      /** The one that will be asked. */
      model: string;
      /** The longest window that the model can have on this server, in tokens. */
      contextTokens: number;
      /** What an administrator should know: a server that is too old for what it is asked. */
      warnings: string[];
    }
  | {
      isReady: false;
      /** One plain sentence. */
      reason: string;
    };

export interface LanguageModel {
  method: Exclude<Summary['method'], 'extractive'>;
  /** For sentences: where the server is. */
  place: string;
  /**
   * Whether the server answers and has the model. Never throws for a server that is away, slow or something else.
   * @throws HansardError `cancelled` when `signal` aborts
   */
  find(signal?: AbortSignal): Promise<ModelFinding>;
  /**
   * One question; the answer is streamed, and accepted only when it is whole and the prompt was read to its end.
   * @param model as `find` gave it
   * @throws HansardError `summarizer_failed` for an answer that is cut, `summarizer_offline` for one that does not come,
   *   `cancelled`; ServerRefusal when the server says no; the connection's own error when it breaks
   */
  ask(model: string, question: Question, waiting: Waiting): Promise<string>;
}

/** The server said no. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The prompt is longer than the window. */
  get isTooLong(): boolean {
    return (
      [400, 413, 422, 500].includes(this.status) &&
      /context (?:length|size|window)|too many tokens/iu.test(this.message)
    );
  }
}
