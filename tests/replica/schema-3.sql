-- The file as schema version 3 had it, with two requests in it. It is history: never to be changed.
CREATE TABLE replica (
  schema_version INTEGER NOT NULL,
  source_key VARCHAR NOT NULL,
  as_of_us BIGINT,
  rolled_until_hour BIGINT NOT NULL
);
CREATE TABLE coverage (from_us BIGINT NOT NULL, to_us BIGINT NOT NULL);
CREATE TABLE word (code UINTEGER NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE request (
  timestamp_us BIGINT NOT NULL, id UUID NOT NULL, domain UINTEGER NOT NULL, model UINTEGER NOT NULL,
  request_type UINTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
  response_time_ms INTEGER NOT NULL, stream UTINYINT NOT NULL, answered UTINYINT NOT NULL, failed UTINYINT NOT NULL,
  source_nulls UTINYINT NOT NULL, cost_pico BIGINT NOT NULL, pricing UTINYINT NOT NULL, usage_read UTINYINT NOT NULL,
  usage_nulls UTINYINT NOT NULL, usage_input_tokens INTEGER NOT NULL, usage_output_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL, cache_write_5m_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL,
  web_searches INTEGER NOT NULL, split_unknown UTINYINT NOT NULL, is_error UTINYINT NOT NULL,
  service_tier UINTEGER NOT NULL, speed UINTEGER NOT NULL, inference_geo UINTEGER NOT NULL, stop_reason UINTEGER NOT NULL
);
CREATE TABLE hourly (
  hour BIGINT NOT NULL, domain UINTEGER NOT NULL, model UINTEGER NOT NULL, requests DOUBLE NOT NULL,
  input_tokens DOUBLE NOT NULL, output_tokens DOUBLE NOT NULL, cache_read_tokens DOUBLE NOT NULL,
  cache_write_tokens DOUBLE NOT NULL, cost_micro_usd DOUBLE NOT NULL, cost_rest_pico DOUBLE NOT NULL,
  unpriced DOUBLE NOT NULL, pending DOUBLE NOT NULL, errors DOUBLE NOT NULL, last_us DOUBLE NOT NULL
);
CREATE TABLE preview (id UUID NOT NULL, preview VARCHAR NOT NULL, kept_at_us BIGINT NOT NULL);
CREATE TABLE iterations (id UUID NOT NULL, iterations VARCHAR NOT NULL, kept_at_us BIGINT NOT NULL);
CREATE TABLE fingerprint (
  timestamp_us BIGINT NOT NULL, id UUID NOT NULL, version UTINYINT NOT NULL, answered UTINYINT NOT NULL,
  print BLOB NOT NULL
);
CREATE TABLE thread_link (
  timestamp_us BIGINT NOT NULL, id UUID NOT NULL, conversation_id VARCHAR NOT NULL, branch VARCHAR NOT NULL,
  kind VARCHAR NOT NULL, parent_id VARCHAR NOT NULL, retry_of VARCHAR NOT NULL, tool_use_id VARCHAR NOT NULL,
  reason VARCHAR NOT NULL, confidence VARCHAR NOT NULL, turn INTEGER NOT NULL
);

-- 2026-05-01, 12:30 and 14:30 UTC, looked at until 15:00; the hours before 14:00 are rolled up.
INSERT INTO replica VALUES (3, 'test', 1777647600000000, 493790);
INSERT INTO coverage VALUES (1777636800000000, 1777647600000000);
INSERT INTO word VALUES (1, 'example.com'), (2, 'claude-opus-4-5-20251101'), (3, 'inference'), (4, 'end_turn');
INSERT INTO request VALUES
  (1777638600000000, '00000001-0000-0000-0000-000000000000', 1, 2, 3, 1000, 100, 5, 1, 1, 2, 0, 7500000000, 0, 1, 0,
   1000, 100, 20, 0, 0, 0, 0, 0, 0, 0, 0, 4),
  (1777645800000000, '00000002-0000-0000-0000-000000000000', 1, 2, 3, 2000, 0, 0, 1, 0, 2, 6, 10000000000, 0, 0, 63,
   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO hourly VALUES (493788, 1, 2, 1, 1000, 100, 20, 0, 7500, 0, 0, 0, 0, 1777638600000000);
INSERT INTO preview VALUES ('00000001-0000-0000-0000-000000000000', 'Good morning', 1777647600000000);
