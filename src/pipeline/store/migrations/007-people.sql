-- A speaker belongs to one meeting, a person to one workspace ('local', 'slack', 'slack:T1' …).
CREATE TABLE people (
  id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('unknown', 'suggested', 'confirmed')),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX people_by_workspace ON people (workspace, name);

-- whom the platforms mean, e.g. 'slack:U1'
CREATE TABLE person_accounts (
  workspace TEXT NOT NULL,
  account TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  PRIMARY KEY (workspace, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_accounts_by_person ON person_accounts (person_id);

CREATE TABLE voiceprints (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  -- sha256 of the embedding model's weights: voiceprints of different models are never compared
  model TEXT NOT NULL,
  -- the embedding, AES-256-GCM; the key lies in a file outside the database
  sealed BLOB NOT NULL,
  -- which clips it was made of: where they came from and their lengths, as JSON
  clips TEXT NOT NULL,
  -- the consent's row in the audit
  consent_seq INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX voiceprints_by_person ON voiceprints (person_id);

-- Who a voice of a meeting is. `voice` is the diarizer's number; names that people gave lie in the meeting's options.
CREATE TABLE speakers (
  meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  voice INTEGER NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  decision TEXT NOT NULL CHECK (decision IN ('automatic', 'suggested', 'confirmed')),
  -- 0..1
  confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  decided_at TEXT NOT NULL,
  PRIMARY KEY (meeting_id, voice)
) STRICT, WITHOUT ROWID;
CREATE INDEX speakers_by_person ON speakers (person_id);

CREATE TABLE voice_salt (salt TEXT NOT NULL) STRICT;
-- Who asked to be forgotten: salted hashes, so that they are neither known nor matched again.
CREATE TABLE voice_tombstones (
  workspace TEXT NOT NULL,
  digest TEXT NOT NULL,
  forgotten_at TEXT NOT NULL,
  PRIMARY KEY (workspace, digest)
) STRICT, WITHOUT ROWID;
