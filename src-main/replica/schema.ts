import { BIGINT, BLOB, INTEGER, UINTEGER, UTINYINT, UUID, VARCHAR, type DuckDBType } from '@duckdb/node-api'

/*
 * The tables of a new file. A change of them needs a step in `migrations.ts`, which brings older files to the same.
 */

/**
 * One row a request. No column is nullable: texts are codes of the `word` table (0 is null), a figure that is null is
 * 0 with its bit in `source_nulls` or `usage_nulls`. That keeps sums plain, and lets typed arrays go in as they are.
 */
export const requestColumns = {
  timestamp_us: BIGINT,
  id: UUID,
  domain: UINTEGER,
  model: UINTEGER,
  request_type: UINTEGER,
  input_tokens: INTEGER,
  output_tokens: INTEGER,
  response_time_ms: INTEGER,
  /** 0 no, 1 yes, 2 null. */
  stream: UTINYINT,
  answered: UTINYINT,
  /** 0 no, 1 yes, 2 unknown to the source. */
  failed: UTINYINT,
  source_nulls: UTINYINT,
  cost_pico: BIGINT,
  /** 0 priced, 1 used something without a price, 2 nothing to price. */
  pricing: UTINYINT,
  usage_read: UTINYINT,
  usage_nulls: UTINYINT,
  usage_input_tokens: INTEGER,
  usage_output_tokens: INTEGER,
  cache_read_tokens: INTEGER,
  cache_write_5m_tokens: INTEGER,
  cache_write_1h_tokens: INTEGER,
  web_searches: INTEGER,
  split_unknown: UTINYINT,
  is_error: UTINYINT,
  service_tier: UINTEGER,
  speed: UINTEGER,
  inference_geo: UINTEGER,
  stop_reason: UINTEGER,
  /** Whether the answer was read for the tools that it called; an older app read its usage alone. */
  tools_read: UTINYINT,
} as const satisfies Record<string, DuckDBType>

export type RequestColumn = keyof typeof requestColumns

/** What the source says of a row; any difference makes it a changed row. */
export const sourceColumns = [
  'domain',
  'model',
  'request_type',
  'input_tokens',
  'output_tokens',
  'response_time_ms',
  'stream',
  'answered',
  'failed',
  'source_nulls',
] as const satisfies RequestColumn[]

/** Bits of `source_nulls`. */
export const sourceNull = { inputTokens: 1, outputTokens: 2, responseTimeMs: 4 } as const

/** Bits of `usage_nulls`. */
export const usageNull = {
  inputTokens: 1,
  outputTokens: 2,
  cacheReadTokens: 4,
  cacheWrite5mTokens: 8,
  cacheWrite1hTokens: 16,
  webSearches: 32,
} as const

/** The bit of a null time is the highest of its column: a comparison costs a fifth of what looking at the bit does. */
export const timeKnownCondition = `source_nulls < ${sourceNull.responseTimeMs}`

/** A row is an error by the source's own word or by its stored answer. */
export const errorCondition = '(failed = 1 OR is_error = 1)'
export const pendingCondition = '(answered = 1 AND usage_read = 0)'
/** Tools of these answers are not known yet. */
export const toolsPendingCondition = '(answered = 1 AND tools_read = 0)'

export const picoPerMicro = 1_000_000

/**
 * What the roll-up keeps of the rows of one hour, domain and model, as SQL over `request`. DOUBLE adds up far quicker
 * than 128-bit integers and is as exact: integers up to 2^53. Cost is in two parts so that it stays below that.
 */
export const hourlySums = `
  count(*)::DOUBLE AS requests,
  sum(input_tokens)::DOUBLE AS input_tokens,
  sum(output_tokens)::DOUBLE AS output_tokens,
  sum(cache_read_tokens)::DOUBLE AS cache_read_tokens,
  (sum(cache_write_5m_tokens) + sum(cache_write_1h_tokens))::DOUBLE AS cache_write_tokens,
  (sum(cost_pico) // ${picoPerMicro})::DOUBLE AS cost_micro_usd,
  (sum(cost_pico) % ${picoPerMicro})::DOUBLE AS cost_rest_pico,
  sum((pricing = 1)::UTINYINT)::DOUBLE AS unpriced,
  sum(${pendingCondition}::UTINYINT)::DOUBLE AS pending,
  sum(${errorCondition}::UTINYINT)::DOUBLE AS errors,
  max(timestamp_us)::DOUBLE AS last_us`

/** The largest figures of those rows, by which a sorted page is found; -1 where no row has one. */
export const hourlyPeaks = `
  greatest(max(input_tokens::BIGINT + output_tokens), -1)::DOUBLE AS most_tokens,
  greatest(max(response_time_ms) FILTER (${timeKnownCondition}), -1)::DOUBLE AS most_time_ms,
  greatest(max(cost_pico) FILTER (pricing = 0), -1)::DOUBLE AS most_cost_pico`

export const peakColumns = ['most_tokens', 'most_time_ms', 'most_cost_pico'] as const

/** The same of a row by itself. */
export const rowSums = `
  1::DOUBLE AS requests, input_tokens::DOUBLE AS input_tokens, output_tokens::DOUBLE AS output_tokens,
  cache_read_tokens::DOUBLE AS cache_read_tokens,
  (cache_write_5m_tokens::BIGINT + cache_write_1h_tokens)::DOUBLE AS cache_write_tokens,
  (cost_pico // ${picoPerMicro})::DOUBLE AS cost_micro_usd, (cost_pico % ${picoPerMicro})::DOUBLE AS cost_rest_pico,
  (pricing = 1)::UTINYINT::DOUBLE AS unpriced, ${pendingCondition}::UTINYINT::DOUBLE AS pending,
  ${errorCondition}::UTINYINT::DOUBLE AS errors, timestamp_us::DOUBLE AS last_us`

export const hourlyColumns = [
  'requests',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_micro_usd',
  'cost_rest_pico',
  'unpriced',
  'pending',
  'errors',
  'last_us',
] as const

/** Both parts of a cost as US dollars, the same however a sum was split into them. */
export function costUsd(costMicroUsd: number, costRestPico: number): number {
  const carried = Math.floor(costRestPico / picoPerMicro)
  return (costMicroUsd + carried + (costRestPico - carried * picoPerMicro) / picoPerMicro) / 1_000_000
}

/**
 * The tools that an answer called. Domain and model are the request's own, so that a sum by tool needs no join; a row
 * whose domain or model changes is replaced together with its calls.
 */
export const toolCallColumns = {
  timestamp_us: BIGINT,
  id: UUID,
  domain: UINTEGER,
  model: UINTEGER,
  tool: UINTEGER,
  calls: INTEGER,
} as const satisfies Record<string, DuckDBType>

/** What was read of a request's bodies, once: numbers alone. The time is there for pruning only. */
export const printColumns = {
  timestamp_us: BIGINT,
  id: UUID,
  version: UTINYINT,
  /** Whether the answer was there when it was read. */
  answered: UTINYINT,
  print: BLOB,
  /** How often the conversation, with the answer, made the call that it made most; -1 where that was not read. */
  repeated_calls: INTEGER,
} as const satisfies Record<string, DuckDBType>

/** Where a request stands in its conversation; a text that is null is ''. A request without one is to be joined. */
export const linkColumns = {
  timestamp_us: BIGINT,
  id: UUID,
  conversation_id: VARCHAR,
  branch: VARCHAR,
  kind: VARCHAR,
  parent_id: VARCHAR,
  retry_of: VARCHAR,
  tool_use_id: VARCHAR,
  reason: VARCHAR,
  confidence: VARCHAR,
  turn: INTEGER,
} as const satisfies Record<string, DuckDBType>

export const schemaSql = `
CREATE TABLE replica (
  schema_version INTEGER NOT NULL,
  source_key VARCHAR NOT NULL,
  as_of_us BIGINT,
  -- Hours before this one are in the roll-up; it is 0 until there are any.
  rolled_until_hour BIGINT NOT NULL,
  -- Which database the rows are from; NULL until it was asked.
  source_identity VARCHAR
);
-- Whose prices the rows from a moment on bear: of all rows once it is 0.
CREATE TABLE pricing_state (ledger_key VARCHAR NOT NULL, priced_from_us BIGINT NOT NULL);
CREATE TABLE coverage (from_us BIGINT NOT NULL, to_us BIGINT NOT NULL);
CREATE TABLE word (code UINTEGER NOT NULL, value VARCHAR NOT NULL);
CREATE TABLE request (${columnList(requestColumns)});
CREATE TABLE hourly (
  hour BIGINT NOT NULL, domain UINTEGER NOT NULL, model UINTEGER NOT NULL,
  ${[...hourlyColumns, ...peakColumns].map((name) => `${name} DOUBLE NOT NULL`).join(', ')}
);
CREATE TABLE preview (id UUID NOT NULL, preview VARCHAR NOT NULL, kept_at_us BIGINT NOT NULL);
CREATE TABLE iterations (id UUID NOT NULL, iterations VARCHAR NOT NULL, kept_at_us BIGINT NOT NULL);
CREATE TABLE tool_call (${columnList(toolCallColumns)});
CREATE TABLE text_doc (doc INTEGER NOT NULL, id UUID NOT NULL, whole UTINYINT NOT NULL);
CREATE TABLE text_term (hash BIGINT NOT NULL, docs INTEGER[] NOT NULL);
CREATE TABLE text_word (hash BIGINT NOT NULL, word VARCHAR NOT NULL);
CREATE TABLE fingerprint (${columnList(printColumns)});
CREATE TABLE thread_link (${columnList(linkColumns)});
`

export function columnList(columns: Record<string, DuckDBType>): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${type} NOT NULL`)
    .join(', ')
}
