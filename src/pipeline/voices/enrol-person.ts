/** Somebody agreed to be recognised: they are known from now on, and so is their voice. */
import { HansardError } from '../../errors.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import type { NewVoiceprint, VoiceClip } from '../store/voiceprints.ts';
import { VOICE_THRESHOLDS } from './match-voices.ts';
import { areVoicesOn } from './plan-voices.ts';
import { cosine, type LearnedVoice, type VoiceVector } from './voice-vector.ts';

/** A consent holds for a year where nobody says otherwise. */
export const CONSENT_DAYS = 365;

export interface Enrolment {
  name: string;
  workspace: string;
  /** `slack:U1` */
  accounts: readonly string[];
  /** They asked to be forgotten before, and this consent takes it back. */
  again: boolean;
  model: string;
  learned: readonly { vector: VoiceVector; narrow?: VoiceVector; clip: VoiceClip }[];
  expiresAt: string;
  consent: NewVoiceprint['consent'];
}

/**
 * A person of that account gets further voiceprints; else they are added. Whoever shows a document may mean somebody who is
 * known by name alone; who presses a button is nobody but their account.
 * @throws HansardError `voices_off`, `person_forgotten`, `voice_differs`, `voice_known`; what the key's file throws
 */
export function enrolPerson(store: Store, enrolment: Enrolment, who: string): Person {
  const { name, workspace, accounts, model, learned, expiresAt, consent } = enrolment;
  if (!areVoicesOn(store)) throw new HansardError('voices_off', 'global voices is not true');
  return store.transaction(() => {
    if (enrolment.again) store.people.welcome({ workspace, name, accounts }, who);
    // never by text for a press: somebody else may have chosen an account for their name
    const [known] = [
      ...accounts.flatMap(account => store.people.findByAccount(account, workspace) ?? []),
      ...(consent.kind === 'file' ? store.people.findAll(name, workspace) : []),
    ];
    const person = known ?? store.people.add({ workspace, name, state: 'confirmed', accounts }, who);
    assertOwnVoice(store, person, { workspace, model, samples: learned.map(({ vector }) => vector) });
    for (const { vector, narrow, clip } of learned)
      store.voiceprints.add({ personId: person.id, model, vector, narrow, clips: [clip], expiresAt, consent }, who);
    return store.people.change(person.id, { state: 'confirmed', accounts }, who);
  });
}

/**
 * A meeting teaches the voice of somebody who agreed before, since people confirmed that it is them.
 * @throws HansardError `voices_off`, `unknown_person`, `voice_consent_expired`, `voice_differs`, `voice_known`; what the key's file throws
 */
export function learnFromMeeting(
  store: Store,
  learned: { personId: string; meetingId: string; model: string; seconds: number } & LearnedVoice,
  who: string,
): void {
  if (!areVoicesOn(store)) throw new HansardError('voices_off', 'global voices is not true');
  store.transaction(() => {
    const person = store.people.get(learned.personId);
    const { model, vector } = learned;
    assertOwnVoice(store, person, { workspace: person.workspace, model, samples: [vector] });
    store.voiceprints.learn(learned, who, new Date());
  });
}

/** A voice is one person's: all samples are alike, and like nobody else's. */
function assertOwnVoice(
  store: Store,
  { id }: Person,
  { workspace, model, samples }: { workspace: string; model: string; samples: readonly VoiceVector[] },
): void {
  const { references } = store.voiceprints.references(workspace, model, new Date());
  const own = references.filter(({ personId }) => personId === id).map(({ vector }) => vector);
  for (const [index, sample] of samples.entries()) {
    const like = Math.min(...[...own, ...samples.slice(0, index)].map(other => cosine(sample, other)));
    if (like < VOICE_THRESHOLDS.suggested) throw new HansardError('voice_differs', `sample ${index + 1}`);
    const other = references.find(
      ({ personId, vector }) => personId !== id && cosine(sample, vector) >= VOICE_THRESHOLDS.automatic,
    );
    if (other) throw new HansardError('voice_known', `as ${other.personId}`);
  }
}
