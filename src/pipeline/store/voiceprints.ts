/** Voiceprints: encrypted embeddings of people who agreed to be recognised, and nobody else's. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { sealReferences } from '../voices/carry-references.ts';
import { seal, unseal } from '../voices/seal.ts';
import { makeVoiceKey, readVoiceKey, type VoiceKey } from '../voices/voice-key.ts';
import { meanVector, toBytes, toVector, type VoiceVector } from '../voices/voice-vector.ts';
import type { Audit } from './audit.ts';
import type { Database } from './open-database.ts';
import { uuidV7 } from './uuid-v7.ts';

/** What a voiceprint was made of. The sound itself is not kept. */
export const voiceClip = z.object({
  /** A file's sha256, or `meeting:<id>`. */
  from: z.string(),
  seconds: z.number().min(0),
});
export type VoiceClip = z.infer<typeof voiceClip>;

const voiceprintRow = z.object({
  id: z.uuid(),
  personId: z.uuid(),
  model: z.string(),
  clips: z.string().transform(text => z.array(voiceClip).parse(JSON.parse(text))),
  consentSeq: z.number(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
/** Without the voice. */
export type Voiceprint = z.infer<typeof voiceprintRow>;

export interface NewVoiceprint {
  personId: string;
  /** sha256 of the embedding model's weights. */
  model: string;
  vector: VoiceVector;
  /** The same voice as a telephone lets it through. */
  narrow?: VoiceVector | undefined;
  clips: readonly VoiceClip[];
  /** ISO time. */
  expiresAt: string;
  /** sha256 of the document, or the platform's id of the press: what shows that they agreed. */
  consent: { kind: 'file' | 'press'; proof: string };
}

/** Somebody to be recognised: the middle of their voiceprints. */
export interface VoiceReference {
  personId: string;
  vector: VoiceVector;
  /** As a telephone lets it through; missing when all of their voiceprints are of before. */
  narrow?: VoiceVector | undefined;
}

/** Whom a meeting may be searched for, and how many voiceprints were left out, and why. */
export interface VoiceReferences {
  references: VoiceReference[];
  expired: number;
  otherModel: number;
}

export interface Voiceprints {
  /** Writes the consent into the audit, makes the key where there is none. @throws HansardError `voice_key_unusable` */
  add(voiceprint: NewVoiceprint, who: string): Voiceprint;
  /**
   * A further one of somebody who agreed before, under that consent. A meeting teaches once, and the latest few count.
   * @throws HansardError `voice_consent_expired` when no consent holds
   */
  learn(
    voiceprint: Pick<NewVoiceprint, 'personId' | 'model' | 'vector' | 'narrow'> & {
      meetingId: string;
      seconds: number;
    },
    who: string,
    now: Date,
  ): Voiceprint;
  of(personId: string): Voiceprint[];
  /** Decrypted. @throws HansardError as `references`; `unknown_person` when there is none of that id */
  vectors(id: string): Pick<VoiceReference, 'vector' | 'narrow'>;
  /**
   * Those of a workspace that are valid now and of this model.
   * @throws HansardError `voice_key_missing`, `voice_key_unusable`, `voice_key_wrong`, `voiceprint_damaged`
   */
  references(workspace: string, model: string, now: Date): VoiceReferences;
  /** As `references`, encrypted for the job of a meeting; `sealed` undefined when there is nobody. */
  sealedFor(
    meetingId: string,
    workspace: string,
    model: string,
    now: Date,
  ): Omit<VoiceReferences, 'references'> & { sealed?: string };
  /** Those whose time is over go. @returns how many */
  dropExpired(now: Date): number;
  /** @returns how many there were */
  remove(personId: string): number;
}

/** Learned from meetings, beside the samples that the person gave: voices age, and microphones change. */
const MOST_LEARNED = 5;
const FROM_MEETING = 'meeting:';

const columns = `id, person_id AS personId, model, clips, consent_seq AS consentSeq, created_at AS createdAt,
  expires_at AS expiresAt`;
const sealedRow = z.object({ sealed: z.instanceof(Uint8Array), narrow: z.instanceof(Uint8Array).nullable() });

export function createVoiceprints(db: Database, audit: Audit, keyFile: string): Voiceprints {
  const of = (personId: string) =>
    db.all(`SELECT ${columns} FROM voiceprints WHERE person_id = ? ORDER BY id`, personId).map(row => {
      return voiceprintRow.parse(row);
    });
  function insert(
    {
      id,
      personId,
      model,
      vector,
      narrow,
      clips,
      consentSeq,
      expiresAt,
    }: Omit<NewVoiceprint, 'consent'> & {
      id: string;
      consentSeq: number;
    },
    key: VoiceKey,
  ): Voiceprint {
    const sealed = seal(key, contextOf({ id, personId, model }), toBytes(vector));
    const sealedNarrow = narrow ? seal(key, narrowContextOf({ id, personId, model }), toBytes(narrow)) : null;
    db.run(
      `INSERT INTO voiceprints (id, person_id, model, sealed, narrow, clips, consent_seq, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[
        id,
        personId,
        model,
        sealed,
        sealedNarrow,
        JSON.stringify(clips),
        consentSeq,
        new Date().toISOString(),
        expiresAt,
      ],
    );
    return voiceprintRow.parse(db.get(`SELECT ${columns} FROM voiceprints WHERE id = ?`, id));
  }
  function references(workspace: string, model: string, now: Date): VoiceReferences {
    const rows = db.all(
      `SELECT ${columns}, sealed, narrow FROM voiceprints
       WHERE person_id IN (SELECT id FROM people WHERE workspace = ?) ORDER BY person_id, id`,
      workspace,
    );
    const all = rows.map(row => ({ ...voiceprintRow.parse(row), ...sealedRow.parse(row) }));
    const valid = all.filter(({ expiresAt }) => expiresAt > now.toISOString());
    const usable = valid.filter(one => one.model === model);
    const counts = { expired: all.length - valid.length, otherModel: valid.length - usable.length };
    if (usable.length === 0) return { references: [], ...counts };
    const key = readVoiceKey(keyFile);
    const byPerson = Map.groupBy(usable, ({ personId }) => personId);
    const references = [...byPerson].map(([personId, own]) => {
      const opened = own.map(one => open(key, one));
      const narrow = opened.flatMap(one => one.narrow ?? []);
      const vector = meanVector(opened.map(one => one.vector));
      return { personId, vector, ...(narrow.length > 0 && { narrow: meanVector(narrow) }) };
    });
    return { references, ...counts };
  }
  return {
    of,
    add(voiceprint, who) {
      const { personId, expiresAt, consent } = voiceprint;
      const key = makeVoiceKey(keyFile);
      return db.transaction(() => {
        const id = uuidV7();
        const detail = { person: personId, voiceprint: id, by: consent.kind, proof: consent.proof, expiresAt };
        audit.write({ who, what: 'voice.consented', detail });
        const [consented] = audit.list({ limit: 1 });
        return insert({ ...voiceprint, id, consentSeq: consented?.seq ?? 0 }, key);
      });
    },
    learn({ meetingId, seconds, ...voiceprint }, who, now) {
      const { personId } = voiceprint;
      const key = makeVoiceKey(keyFile);
      return db.transaction(() => {
        const all = of(personId);
        const agreed = all.findLast(({ expiresAt }) => expiresAt > now.toISOString());
        if (!agreed) throw new HansardError('voice_consent_expired', personId);
        const from = `${FROM_MEETING}${meetingId}`;
        const learned = all.filter(({ clips }) => clips.some(clip => clip.from.startsWith(FROM_MEETING)));
        const again = learned.filter(({ clips }) => clips.some(clip => clip.from === from));
        const others = learned.filter(one => !again.includes(one));
        for (const { id } of [...again, ...others.slice(0, Math.max(0, others.length - MOST_LEARNED + 1))])
          db.run('DELETE FROM voiceprints WHERE id = ?', id);
        const id = uuidV7();
        const { consentSeq, expiresAt } = agreed;
        audit.write({
          who,
          what: 'voice.learned',
          meetingId,
          detail: { person: personId, voiceprint: id, consentSeq },
        });
        return insert({ ...voiceprint, clips: [{ from, seconds }], id, consentSeq, expiresAt }, key);
      });
    },
    references,
    vectors(id) {
      const row = db.get(`SELECT ${columns}, sealed, narrow FROM voiceprints WHERE id = ?`, id);
      if (row === undefined) throw new HansardError('unknown_person', `no voiceprint has the id ${id}`);
      return open(readVoiceKey(keyFile), { ...voiceprintRow.parse(row), ...sealedRow.parse(row) });
    },
    sealedFor(meetingId, workspace, model, now) {
      const { references: found, ...left } = references(workspace, model, now);
      return found.length === 0 ? left : { ...left, sealed: sealReferences(readVoiceKey(keyFile), meetingId, found) };
    },
    dropExpired: now =>
      db.transaction(() => {
        const dropped = db.run('DELETE FROM voiceprints WHERE expires_at <= ?', now.toISOString());
        if (dropped > 0) audit.write({ who: 'system', what: 'voice.expired', detail: { voiceprints: dropped } });
        return dropped;
      }),
    remove: personId => db.run('DELETE FROM voiceprints WHERE person_id = ?', personId),
  };
}

function open(key: VoiceKey, row: Voiceprint & z.infer<typeof sealedRow>): Pick<VoiceReference, 'vector' | 'narrow'> {
  return {
    vector: toVector(unseal(key, contextOf(row), row.sealed)),
    ...(row.narrow && { narrow: toVector(unseal(key, narrowContextOf(row), row.narrow)) }),
  };
}

function contextOf({ id, personId, model }: Pick<Voiceprint, 'id' | 'personId' | 'model'>): string {
  return `voiceprint ${id} ${personId} ${model}`;
}

/** Another context, so that the one is never taken for the other. */
function narrowContextOf(voiceprint: Pick<Voiceprint, 'id' | 'personId' | 'model'>): string {
  return `${contextOf(voiceprint)} narrow`;
}
