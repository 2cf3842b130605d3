/** Files in Discord: as many in one message as it takes, packed where one is too large. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ComponentType, type RawFile } from 'discord.js';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { ChatFiles, PostedFile } from '../chat.ts';
import { parseTarget } from '../chat-place.ts';
import { context, type Piece, paragraph } from '../message.ts';
import { persist } from '../persist.ts';
import { asDiscord, type DiscordMessage } from './components.ts';
import { LIMITS } from './limits.ts';
import { addressOf, type DiscordMessenger } from './messenger.ts';

const TITLES = { files: 'Files', clips: 'Who is it?' } as const;

export function createDiscordFiles(messenger: DiscordMessenger, store: Store, mostBytes: number): ChatFiles {
  return {
    async post(meeting, group, round, place, files, { signal, confirm }) {
      const { parcels, left } = await pack(files, mostBytes);
      // that nothing could be sent is said as well
      const sent = parcels.length === 0 && left.length > 0 ? [[]] : parcels;
      for (const [index, parcel] of sent.entries()) {
        await confirm();
        const kind = `${group}:${round}:${index}`;
        const isThere = store.deliveries.of(meeting.id).some(one => one.kind === kind && one.state === 'delivered');
        if (isThere) continue;
        const title = index === 0 ? TITLES[group] : `${TITLES[group]}, continued`;
        const notes = index === 0 ? left : [];
        await persist(signal, async () => {
          await messenger.posts.take(addressOf(place));
          await messenger.postOnce(
            meeting,
            kind,
            place,
            mark => render(title, parcel, notes, mark),
            asRawFiles(parcel),
          );
        });
      }
    },
    async delete({ externalId, target }) {
      if (externalId) await messenger.delete(parseTarget(target), externalId);
    },
  };
}

function render(title: string, parcel: readonly PostedFile[], notes: readonly string[], mark: number) {
  const heading: Piece = { text: title, style: 'bold' };
  const blocks = [paragraph(heading), ...(notes.length > 0 ? [context(...notes)] : [])];
  return withFiles(asDiscord({ text: title, blocks }, mark), parcel);
}

/** Shows the files under the message. */
export function withFiles(shown: DiscordMessage, parcel: readonly PostedFile[]) {
  const components = parcel.map(({ name }) => ({
    type: ComponentType.File as const,
    file: { url: `attachment://${name}` },
  }));
  return {
    ...shown,
    components: [...shown.components, ...components],
    attachments: parcel.map(({ name }, id) => ({ id, filename: name })),
  };
}

export function asRawFiles(parcel: readonly PostedFile[]): RawFile[] {
  return parcel.map(({ name, content }) => ({ name, data: content }));
}

const compress = promisify(gzip);

/** Packed where one is too large. @returns what goes together, and a sentence about each that cannot go */
export async function pack(
  files: readonly PostedFile[],
  mostBytes: number,
): Promise<{ parcels: PostedFile[][]; left: string[] }> {
  const [parcels, left]: [PostedFile[][], string[]] = [[], []];
  for (const file of files) {
    // Discord takes other characters out of names, and what shows a file names it
    const name = file.name.replace(/[^\w.-]+/g, '_');
    const { content } = file;
    const sent =
      content.length <= mostBytes ? { name, content } : { name: `${name}.gz`, content: await compress(content) };
    if (sent.content.length > mostBytes) {
      left.push(`${file.name} is too large for Discord; it is kept where Hansard runs.`);
      continue;
    }
    const parcel = parcels.at(-1);
    const bytes = parcel?.reduce((sum, { content }) => sum + content.length, 0) ?? 0;
    if (parcel && parcel.length < LIMITS.files && bytes + sent.content.length <= LIMITS.requestBytes) parcel.push(sent);
    else parcels.push([sent]);
  }
  return { parcels, left };
}
