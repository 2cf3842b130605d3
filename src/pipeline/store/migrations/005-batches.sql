-- recordings that were posted in one message
CREATE INDEX meetings_by_message ON meetings (platform, channel, json_extract(source, '$.messageTs'));
-- the recordings of a file, when it is deleted
CREATE INDEX meetings_by_posted_file ON meetings (platform, json_extract(source, '$.fileId'));
