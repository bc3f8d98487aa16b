import type { CodedText, Log, NullableIntegers, RequestBatch } from '../../src-main/core/ports'

export const log: Log = { info() {}, warn() {}, error() {} }

/** The table and the indexes as the proxy's documentation gives them. */
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

/** A batch as plain rows, for comparison. */
export function toRows(batch: RequestBatch) {
  const text = ({ codes, values }: CodedText, row: number) => (codes[row] === 0 ? null : values[codes[row]! - 1]!)
  const integer = ({ values, isNull }: NullableIntegers, row: number) => (isNull[row] ? null : values[row]!)
  const flag = (values: Uint8Array, row: number) => (values[row] === 2 ? null : values[row] === 1)
  return Array.from({ length: batch.length }, (_, row) => ({
    id: Buffer.from(batch.id.subarray(row * 16, row * 16 + 16))
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    timestampUs: batch.timestampUs[row]!,
    domain: text(batch.domain, row),
    model: text(batch.model, row),
    requestType: text(batch.requestType, row),
    inputTokens: integer(batch.inputTokens, row),
    outputTokens: integer(batch.outputTokens, row),
    responseTimeMs: integer(batch.responseTimeMs, row),
    stream: flag(batch.stream, row),
    answered: batch.answered[row] === 1,
    failed: flag(batch.failed, row),
  }))
}
