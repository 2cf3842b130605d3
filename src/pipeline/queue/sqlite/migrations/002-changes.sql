-- Ids of jobs that changed, for those who watch; old ones are dropped by the sweep.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL
) STRICT;
CREATE TRIGGER jobs_changed AFTER UPDATE OF state, progress ON jobs
WHEN new.state <> old.state OR new.progress <> old.progress BEGIN
  INSERT INTO changes (job_id) VALUES (new.id);
END;
