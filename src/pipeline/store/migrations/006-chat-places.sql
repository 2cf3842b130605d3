-- what Slack calls a ts is an id on other platforms
DROP INDEX meetings_by_message;
UPDATE meetings SET source = json_remove(json_set(source, '$.messageId', json_extract(source, '$.messageTs')), '$.messageTs')
  WHERE json_extract(source, '$.messageTs') IS NOT NULL;
UPDATE meetings SET source = json_remove(json_set(source, '$.threadId', json_extract(source, '$.threadTs')), '$.threadTs')
  WHERE json_extract(source, '$.threadTs') IS NOT NULL;
UPDATE outbox SET payload = json_remove(json_set(payload, '$.threadId', json_extract(payload, '$.threadTs')), '$.threadTs')
  WHERE json_extract(payload, '$.threadTs') IS NOT NULL;
CREATE INDEX meetings_by_message ON meetings (platform, channel, json_extract(source, '$.messageId'));
