-- which meetings use a stored result
CREATE INDEX stages_by_result ON stages (result_key) WHERE result_key IS NOT NULL;
