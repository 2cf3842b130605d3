/** What a chat platform has to be able to do, so that minutes can be shown in it. */
import type { Delivery } from '../pipeline/store/deliveries.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Place } from './chat-place.ts';
import type { ChatMessage, Room } from './message.ts';
import type { Pace } from './pace.ts';

export interface Chat {
  /** As meetings carry it. */
  name: string;
  room: Room;
  /** Between two edits of one message. */
  editIntervalMs: number;
  messenger: Messenger;
  /** Whose pace a message there has to keep. */
  paceKey(place: Place): string;
  files: ChatFiles;
  /** The thread of our message, or where its replies go when there can be none. As often as one likes. */
  openThread(meeting: Meeting, place: Place, messageId: string): Promise<Place>;
  /** Says a sentence to one person in private. */
  write(user: string, sentence: string): Promise<void>;
}

export interface Messenger {
  /** Per channel or thread; whoever posts has taken from it. */
  posts: Pace;
  edits: Pace;
  /** One message of a meeting; once per kind. @returns what the platform calls it */
  post(meeting: Meeting, kind: string, place: Place, message: ChatMessage): Promise<string>;
  update(place: Place, messageId: string, message: ChatMessage): Promise<void>;
  /** Fine when it is gone. */
  delete(place: Place, messageId: string): Promise<void>;
}

export interface PostedFile {
  name: string;
  content: Buffer;
}

export interface ChatFiles {
  /**
   * Shows the files in as few messages as the platform takes, each once per group and round.
   * @param group `files` or `clips`: kinds of its deliveries begin so, and name the round
   */
  post(
    meeting: Meeting,
    group: 'files' | 'clips',
    round: string,
    place: Place,
    files: readonly PostedFile[],
    context: { signal: AbortSignal; confirm(): Promise<void> },
  ): Promise<void>;
  /** What such a delivery has brought; fine when it is gone. */
  delete(delivery: Delivery): Promise<void>;
}
