/** What `hansard people export` prints of somebody whose meetings are all linked to them. */
import { createMinutesReader } from '../../src/bot/read-minutes.ts';
import { exportPerson } from '../../src/pipeline/voices/export-person.ts';
import type { ChatWorld } from './chat-world.ts';

export async function keptAbout({ store, blobs }: Pick<ChatWorld, 'store' | 'blobs'>, personId = ''): Promise<unknown> {
  const parts = { store, minutes: createMinutesReader(store, blobs) };
  const held = await exportPerson(parts, personId, { withVoice: true, byName: true });
  return JSON.parse(JSON.stringify(held));
}
