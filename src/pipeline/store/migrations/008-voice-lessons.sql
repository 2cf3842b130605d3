-- A voice that is to be learned: asked for in a chat by the person, or by the confirmation of somebody who agreed before.
CREATE TABLE voice_lessons (
  id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  -- 'offered': until the person agrees; 'waiting': they agreed, the sample is to come; 'learning': a worker listens
  state TEXT NOT NULL CHECK (state IN ('offered', 'waiting', 'learning')),
  -- who asked, e.g. 'slack:U1'
  account TEXT,
  -- who agreed before
  person_id TEXT REFERENCES people (id) ON DELETE CASCADE,
  meeting_id TEXT REFERENCES meetings (id) ON DELETE CASCADE,
  -- what else is known, as JSON
  detail TEXT NOT NULL,
  expires_at TEXT,
  CHECK ((account IS NULL) <> (person_id IS NULL))
) STRICT;
CREATE INDEX voice_lessons_by_account ON voice_lessons (account);
