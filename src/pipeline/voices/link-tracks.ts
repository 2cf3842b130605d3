/** A recording says whose track is whose, by the account that spoke: whoever is known by that account is linked to the voice. */
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { Tracks } from '../tracks.ts';
import { workspaceOf } from './plan-voices.ts';

/** Nobody is added, and nobody is found by a name, which others may have. What people said about a voice stays. */
export function linkTracks(store: Store, meeting: Meeting, { speakers }: Pick<Tracks, 'speakers'>): void {
  const known = new Set(store.speakers.of(meeting.id).map(({ voice }) => voice));
  for (const [voice, { user }] of speakers.entries()) {
    if (!user || known.has(voice)) continue;
    const person = store.people.findByAccount(`${user.platform}:${user.id}`, workspaceOf(meeting));
    if (person) store.speakers.confirm(meeting.id, voice, person.id);
  }
}
