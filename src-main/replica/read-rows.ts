import type { RequestRow } from '../contract/conversations'
import type { ReplicaRow, RequestUsage } from '../core/ports'
import { pricing } from './price-request'
import { readPlaces } from './read-places'
import { sourceNull, usageNull } from './schema'
import { selectById, type RowTimes } from './row-times'
import { boundUuids, joinUuids, type Statements } from './session'
import { isoFromUs } from './time-units'
import type { Words } from './words'

/** A row as `rowColumns` selects it. */
export interface StoredRow {
  timestampUs: number
  id: string
  domain: number
  model: number
  requestType: number
  inputTokens: number
  outputTokens: number
  responseTimeMs: number
  stream: number
  answered: number
  failed: number
  sourceNulls: number
  costPico: number
  pricing: number
  usageRead: number
  usageNulls: number
  usageInputTokens: number
  usageOutputTokens: number
  cacheReadTokens: number
  cacheWrite5mTokens: number
  cacheWrite1hTokens: number
  webSearches: number
  splitUnknown: number
  isError: number
  serviceTier: number
  speed: number
  inferenceGeo: number
  stopReason: number
}

export const rowColumns = `timestamp_us::DOUBLE AS "timestampUs", id::VARCHAR AS id, domain, model,
  request_type AS "requestType", input_tokens AS "inputTokens", output_tokens AS "outputTokens",
  response_time_ms AS "responseTimeMs", stream, answered, failed, source_nulls AS "sourceNulls",
  cost_pico::DOUBLE AS "costPico", pricing, usage_read AS "usageRead", usage_nulls AS "usageNulls",
  usage_input_tokens AS "usageInputTokens", usage_output_tokens AS "usageOutputTokens",
  cache_read_tokens AS "cacheReadTokens", cache_write_5m_tokens AS "cacheWrite5mTokens",
  cache_write_1h_tokens AS "cacheWrite1hTokens", web_searches AS "webSearches", split_unknown AS "splitUnknown",
  is_error AS "isError", service_tier AS "serviceTier", speed, inference_geo AS "inferenceGeo",
  stop_reason AS "stopReason"`

const picoPerUsd = 1e12

/** Rows by id in the order of `ids`; unknown ids are left out. */
export async function readRowsById(
  statements: Statements,
  { words, times }: { words: Words; times: RowTimes },
  ids: string[],
): Promise<ReplicaRow[]> {
  const joined = joinUuids(ids)
  if (joined === null) return []
  const stored = await selectById<StoredRow>(statements, times, ids, rowColumns)
  const previews = await readPreviews(statements, ids)
  const places = await readPlaces(statements, ids)
  const iterations = await statements.rows<{ id: string; iterations: string }>(
    `SELECT id::VARCHAR AS id, iterations FROM iterations WHERE id IN ${boundUuids}`,
    [joined],
  )
  const iterationsById = new Map(iterations.map((row) => [row.id, row.iterations]))
  const rowById = new Map(stored.map((row) => [row.id, row]))
  return ids.flatMap((wanted) => {
    const row = rowById.get(wanted.toLowerCase())
    if (!row) return []
    const usage = row.usageRead === 1 ? toUsage(row, words, iterationsById.get(row.id) ?? null) : null
    return [{ row: { ...toRequestRow(row, words, previews.get(row.id) ?? null), ...places.get(row.id) }, usage }]
  })
}

export async function readPreviews(statements: Statements, ids: string[]): Promise<Map<string, string>> {
  const joined = joinUuids(ids)
  if (joined === null) return new Map()
  const kept = await statements.rows<{ id: string; preview: string }>(
    `SELECT id::VARCHAR AS id, preview FROM preview WHERE id IN ${boundUuids}`,
    [joined],
  )
  return new Map(kept.map((row) => [row.id, row.preview]))
}

export function toRequestRow(row: StoredRow, words: Words, preview: string | null): RequestRow {
  const usage = row.usageRead === 1
  const inputTokens = row.sourceNulls & sourceNull.inputTokens ? null : row.inputTokens
  const outputTokens = row.sourceNulls & sourceNull.outputTokens ? null : row.outputTokens
  const cacheReadIsKnown = usage && !(row.usageNulls & usageNull.cacheReadTokens)
  const bothWrites = usageNull.cacheWrite5mTokens | usageNull.cacheWrite1hTokens
  const cacheWriteIsKnown = usage && (row.usageNulls & bothWrites) !== bothWrites
  return {
    id: row.id,
    timestamp: isoFromUs(row.timestampUs),
    domain: words.text(row.domain),
    model: words.text(row.model),
    requestType: words.text(row.requestType),
    inputTokens,
    outputTokens,
    cacheReadTokens: cacheReadIsKnown ? row.cacheReadTokens : null,
    cacheWriteTokens: cacheWriteIsKnown ? row.cacheWrite5mTokens + row.cacheWrite1hTokens : null,
    totalTokens: row.inputTokens + row.outputTokens,
    costUsd: row.pricing === pricing.priced ? row.costPico / picoPerUsd : null,
    responseTimeMs: row.sourceNulls & sourceNull.responseTimeMs ? null : row.responseTimeMs,
    stream: row.stream === 2 ? null : row.stream === 1,
    error: errorOf(row),
    answered: row.answered === 1,
    stopReason: words.text(row.stopReason),
    preview,
  }
}

/** Null while neither the source's own columns nor the stored answer have told. */
function errorOf(row: StoredRow): boolean | null {
  if (row.failed === 1 || row.isError === 1) return true
  return row.failed === 0 || row.usageRead === 1 ? false : null
}

function toUsage(row: StoredRow, words: Words, iterations: string | null): RequestUsage {
  const figure = (name: keyof typeof usageNull, value: number) => (row.usageNulls & usageNull[name] ? null : value)
  return {
    id: row.id,
    inputTokens: figure('inputTokens', row.usageInputTokens),
    outputTokens: figure('outputTokens', row.usageOutputTokens),
    cacheReadTokens: figure('cacheReadTokens', row.cacheReadTokens),
    cacheWrite5mTokens: figure('cacheWrite5mTokens', row.cacheWrite5mTokens),
    cacheWrite1hTokens: figure('cacheWrite1hTokens', row.cacheWrite1hTokens),
    cacheWriteSplitUnknown: row.splitUnknown === 1,
    webSearches: figure('webSearches', row.webSearches),
    serviceTier: words.text(row.serviceTier),
    speed: words.text(row.speed),
    inferenceGeo: words.text(row.inferenceGeo),
    stopReason: words.text(row.stopReason),
    isError: row.isError === 1,
    iterations,
  }
}
