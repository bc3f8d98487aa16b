import { runSql } from '../fakes/test-postgres'

/** The brief's table without its keys and indexes: those are quicker made once the rows are there. */
const bareTable = `
  CREATE UNLOGGED TABLE requests (
    request_id UUID NOT NULL, timestamp TIMESTAMPTZ NOT NULL, domain VARCHAR(255), model VARCHAR(100),
    input_tokens INTEGER, output_tokens INTEGER, request_body JSONB, response_body JSONB,
    response_time_ms INTEGER, stream BOOLEAN, request_type VARCHAR(50)
  )`

const models = [
  'claude-opus-4-5-20251101',
  'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5-20251001',
  'claude-3-5-haiku-20241022',
  'claude-opus-4-1-20250805',
  'claude-3-7-sonnet-20250219',
  'claude-sonnet-4-20250514',
  'an-unknown-model',
]

/**
 * Fills an empty database with `rows` requests evenly over the last 90 days, every column null somewhere, 20 domains of
 * very different size, the same on every run but for the moment that the 90 days end at. Only the last day has usage
 * in its answers. Gives that moment in ms.
 */
export async function fillWithRequests(url: string, rows: number): Promise<number> {
  await runSql(url, bareTable)
  const [end] = await runSql(url, `SELECT floor(extract(epoch FROM now()))::float8 * 1000 AS ms`)
  const endMs = Number(end!.ms)
  const stepUs = Math.floor((90 * 86_400e6) / rows)
  const plain = `'{"type":"message","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn"}'::jsonb`
  await runSql(
    url,
    `INSERT INTO requests
      SELECT md5('request ' || i)::uuid,
        to_timestamp(${endMs / 1000}) - (i * ${stepUs} + h % 1000) * interval '1 microsecond',
        CASE WHEN i % 41 <> 0 THEN 'team-' || floor(power(h % 9973 / 9973.0, 3) * 20)::int || '.example.com' END,
        CASE WHEN i % 53 <> 0 THEN (ARRAY['${models.join("','")}'])[1 + h % 8] END,
        CASE WHEN i % 37 <> 0 THEN h % 20011 END,
        CASE WHEN i % 29 <> 0 THEN h % 3001 END,
        '{"messages":[{"role":"user","content":"hello"}]}'::jsonb,
        CASE WHEN i % 47 = 0 THEN NULL
          WHEN i % 59 = 0 THEN '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}'::jsonb
          WHEN i * ${stepUs}::bigint > 86400000000 THEN ${plain}
          ELSE ${plain} || jsonb_build_object('usage', jsonb_build_object('input_tokens', h % 20011,
            'output_tokens', h % 3001, 'cache_read_input_tokens', h % 5003, 'cache_creation_input_tokens', h % 701)) END,
        CASE WHEN i % 31 <> 0 THEN h % 40009 END,
        CASE WHEN i % 43 <> 0 THEN h % 2 = 0 END,
        CASE WHEN i % 61 <> 0 THEN 'inference' END
      FROM (SELECT i, abs(hashint8(i))::bigint AS h FROM generate_series(1, ${rows}::bigint) AS i) AS numbered`,
  )
  await runSql(
    url,
    `ALTER TABLE requests ADD PRIMARY KEY (request_id);
     CREATE INDEX idx_requests_domain_timestamp ON requests(domain, timestamp DESC);
     CREATE INDEX idx_requests_timestamp ON requests(timestamp DESC);
     ANALYZE requests`,
  )
  return endMs
}
