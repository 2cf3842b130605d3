/** Somebody agreed to be recognised: they are known from now on, and so is their voice. */
import { HansardError } from '../../errors.ts';
import type { Store } from '../store/open-store.ts';
import type { Person } from '../store/people.ts';
import type { NewVoiceprint, VoiceClip } from '../store/voiceprints.ts';
import { VOICE_THRESHOLDS } from './match-voices.ts';
import { areVoicesOn } from './plan-voices.ts';
import { cosine, type VoiceVector } from './voice-vector.ts';

export interface Enrolment {
  name: string;
  workspace: string;
  /** `slack:U1` */
  accounts: readonly string[];
  /** They asked to be forgotten before, and this consent takes it back. */
  again: boolean;
  model: string;
  learned: readonly { vector: VoiceVector; clip: VoiceClip }[];
  expiresAt: string;
  consent: NewVoiceprint['consent'];
}

/**
 * A person of that account, or else of that name, gets further voiceprints; else they are added.
 * @throws HansardError `voices_off`, `person_forgotten`, `voice_differs`, `voice_known`; what the key's file throws
 */
export function enrolPerson(store: Store, enrolment: Enrolment, who: string): Person {
  const { name, workspace, accounts, model, learned, expiresAt, consent } = enrolment;
  if (!areVoicesOn(store)) throw new HansardError('voices_off', 'global voices is not true');
  return store.transaction(() => {
    if (enrolment.again) store.people.welcome({ workspace, name, accounts }, who);
    const [known] = [...accounts, name].flatMap(text => store.people.findAll(text, workspace));
    const person = known ?? store.people.add({ workspace, name, state: 'confirmed', accounts }, who);
    assertOwnVoice(store, person, enrolment);
    for (const { vector, clip } of learned)
      store.voiceprints.add({ personId: person.id, model, vector, clips: [clip], expiresAt, consent }, who);
    return store.people.change(person.id, { state: 'confirmed' }, who);
  });
}

/** A voice is one person's: all samples are alike, and like nobody else's. */
function assertOwnVoice(store: Store, { id }: Person, { workspace, model, learned }: Enrolment): void {
  const { references } = store.voiceprints.references(workspace, model, new Date());
  const own = references.filter(({ personId }) => personId === id).map(({ vector }) => vector);
  const samples = learned.map(({ vector }) => vector);
  for (const [index, sample] of samples.entries()) {
    const like = Math.min(...[...own, ...samples.slice(0, index)].map(other => cosine(sample, other)));
    if (like < VOICE_THRESHOLDS.suggested) throw new HansardError('voice_differs', `sample ${index + 1}`);
    const other = references.find(
      ({ personId, vector }) => personId !== id && cosine(sample, vector) >= VOICE_THRESHOLDS.automatic,
    );
    if (other) throw new HansardError('voice_known', `as ${other.personId}`);
  }
}
