CREATE TABLE turns (
  rowid INTEGER PRIMARY KEY,
  meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  turn_id TEXT NOT NULL,
  speaker TEXT NOT NULL,
  start_ms REAL NOT NULL,
  end_ms REAL NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (meeting_id, turn_id)
) STRICT;

CREATE VIRTUAL TABLE turns_fts USING fts5 (
  text, content = 'turns', content_rowid = 'rowid', tokenize = 'unicode61 remove_diacritics 2'
);
-- without it a deleted word stays in the index until its segment is merged (sqlite.org/fts5.html#the_secure_delete_configuration_option)
INSERT INTO turns_fts (turns_fts, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN
  INSERT INTO turns_fts (rowid, text) VALUES (new.rowid, new.text);
END;
CREATE TRIGGER turns_deleted AFTER DELETE ON turns BEGIN
  INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.rowid, old.text);
END;
CREATE TRIGGER turns_changed AFTER UPDATE OF text ON turns BEGIN
  INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.rowid, old.text);
  INSERT INTO turns_fts (rowid, text) VALUES (new.rowid, new.text);
END;
