/** Somebody is called differently: their past meetings say so as well. */
import type { MeetingChange } from '../meeting-change.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import { givenNames, meetingsOf } from './forget-person.ts';

/** Whether another person of the workspace has the name, or a speaker of a meeting that is not linked to this one. */
export function isOfOthers(store: Store, person: Person, name: string): boolean {
  if (name === person.name) return false;
  const linked = new Set(store.speakers.ofPerson(person.id).map(({ meetingId }) => meetingId));
  return (
    store.people.list(person.workspace).some(other => other.id !== person.id && other.name === name) ||
    meetingsOf(store, { ...person, name }).some(({ id }) => !linked.has(id))
  );
}

/**
 * Files and posts are made again. What others said, an old name included, stays as it was said; where two people of the
 * workspace have the old name, only the meetings that are linked to this one change.
 * @param correct as `Orchestrator.correct`
 * @returns the meetings that are made again
 * @throws HansardError `unknown_person`
 */
export function renamePerson(
  { store, correct }: { store: Store; correct(meetingId: string, change: MeetingChange, who: string): void },
  personId: string,
  name: string,
  who: string,
): Meeting[] {
  const before = store.people.get(personId);
  const isOnly = store.people.list(before.workspace).filter(person => person.name === before.name).length === 1;
  const linked = new Set(store.speakers.ofPerson(personId).map(({ meetingId }) => meetingId));
  const meetings = meetingsOf(store, before).filter(({ id }) => isOnly || linked.has(id));
  store.people.change(personId, { name }, who);
  const shown = meetings.filter(({ state }) => state !== 'failed' && state !== 'cancelled');
  for (const meeting of meetings) {
    const names = Object.entries(givenNames(meeting)).map(([id, given]) => [id, given === before.name ? name : given]);
    const speakerNames = Object.fromEntries(names);
    if (shown.includes(meeting)) correct(meeting.id, { speakerNames }, who);
    else store.meetings.choose(meeting.id, { ...meeting.options, speakerNames });
  }
  return shown;
}
