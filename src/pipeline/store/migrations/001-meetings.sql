-- Times are ISO 8601 in UTC with milliseconds; ids are UUIDv7; JSON columns are parsed by zod when read.

CREATE TABLE meetings (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  -- the event that brought it, e.g. 'slack:T1:C2:F3'; the same event again is the same meeting
  origin TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  platform TEXT NOT NULL,
  channel TEXT NOT NULL,
  owner TEXT NOT NULL,
  source TEXT NOT NULL,
  options TEXT NOT NULL,
  file_hash TEXT,
  audio_hash TEXT,
  duration_ms INTEGER,
  error_code TEXT,
  error_message TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;
CREATE INDEX meetings_by_state ON meetings (state, created_at);
CREATE INDEX meetings_by_channel ON meetings (platform, channel, created_at);
CREATE INDEX meetings_by_file ON meetings (file_hash) WHERE file_hash IS NOT NULL;
CREATE INDEX meetings_by_audio ON meetings (audio_hash) WHERE audio_hash IS NOT NULL;

CREATE TABLE stages (
  meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  progress REAL NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  attempts INTEGER NOT NULL DEFAULT 0,
  error_code TEXT,
  error_message TEXT,
  seconds REAL,
  -- seconds of work per second of audio
  rtf REAL,
  result_key TEXT,
  queued_at TEXT,
  started_at TEXT,
  finished_at TEXT,
  PRIMARY KEY (meeting_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX stages_by_state ON stages (state, queued_at);
CREATE INDEX stages_by_speed ON stages (name, finished_at) WHERE rtf IS NOT NULL;

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  target TEXT NOT NULL,
  -- what is delivered, e.g. 'placeholder', 'thread', 'file:transcript.md'
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  -- what the platform calls it (message ts, file id), as soon as it is known
  external_id TEXT,
  claim TEXT,
  claimed_at TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at TEXT,
  error_code TEXT,
  error_message TEXT,
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  UNIQUE (meeting_id, target, kind)
) STRICT;
CREATE INDEX deliveries_by_state ON deliveries (state, retry_at);

CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  meeting_id TEXT REFERENCES meetings (id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  payload TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_due ON outbox (due_at);

CREATE TABLE settings (
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
