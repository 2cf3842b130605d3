-- Who did what, when; never content. Each row carries the hash of the row before it. AUTOINCREMENT keeps the highest
-- number ever given in sqlite_sequence, so that rows cut off at the end are noticed as well.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  meeting_id TEXT,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_meeting ON audit (meeting_id, seq);

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN
  SELECT RAISE (ABORT, 'audit rows are never changed');
END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN
  SELECT RAISE (ABORT, 'audit rows are never deleted');
END;
