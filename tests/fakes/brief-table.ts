/** The table and the indexes that the dashboard's document asks for. */
export const briefTable = `
CREATE TABLE requests (
  request_id UUID PRIMARY KEY,
  timestamp TIMESTAMPTZ NOT NULL,
  domain VARCHAR(255),
  model VARCHAR(100),
  input_tokens INTEGER,
  output_tokens INTEGER,
  request_body JSONB,
  response_body JSONB,
  response_time_ms INTEGER,
  stream BOOLEAN,
  request_type VARCHAR(50)
);
CREATE INDEX idx_requests_domain_timestamp ON requests(domain, timestamp DESC);
CREATE INDEX idx_requests_timestamp ON requests(timestamp DESC);
`
