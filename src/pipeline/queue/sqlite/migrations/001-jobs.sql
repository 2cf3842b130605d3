-- Times are milliseconds since 1970. A running job belongs to whoever knows its lease.
CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  queue TEXT NOT NULL,
  payload TEXT NOT NULL,
  user TEXT NOT NULL,
  priority INTEGER NOT NULL,
  -- the user's round within the priority: everybody's first job before anybody's second
  round INTEGER NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  schedule TEXT,
  failed_attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  first_retry_ms INTEGER NOT NULL,
  crashes INTEGER NOT NULL DEFAULT 0,
  lease TEXT,
  lease_until INTEGER,
  cancel_reason TEXT,
  progress REAL NOT NULL DEFAULT 0,
  result TEXT,
  error_code TEXT,
  error_message TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER
) STRICT;
CREATE INDEX jobs_by_turn ON jobs (queue, state, priority, round, seq);
CREATE INDEX jobs_by_user ON jobs (queue, priority, user, round);
CREATE INDEX jobs_by_due ON jobs (queue, due_at) WHERE state = 'delayed';
CREATE INDEX jobs_by_lease ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_finish ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- the round that was served last, per priority
CREATE TABLE rounds (
  queue TEXT NOT NULL,
  priority INTEGER NOT NULL,
  served INTEGER NOT NULL,
  PRIMARY KEY (queue, priority)
) STRICT, WITHOUT ROWID;

CREATE TABLE paused (queue TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  queue TEXT NOT NULL,
  payload TEXT NOT NULL,
  cron TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  max_attempts INTEGER NOT NULL,
  first_retry_ms INTEGER NOT NULL,
  next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
