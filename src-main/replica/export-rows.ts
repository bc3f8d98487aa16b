/*
 * Rows as files, written by DuckDB itself: constant memory, and nothing passes through JavaScript. Paths are the app's
 * own; every value that a user gave is bound.
 */
import type { ExportColumn, ExportFormat } from '../contract/exports'
import type { RowExport } from '../core/ports'
import { pricing } from './price-request'
import type { ReadContext } from './read-context'
import { makeRowFilter, type Bound } from './row-filter'
import { errorCondition, sourceNull, usageNull } from './schema'
import { joinUuids, type SqlValue, type Statements } from './session'
import { usFromMs } from './time-units'

export const fileOptions: Record<ExportFormat, string> = {
  // As RFC 4180 has it; a null is nothing, an empty text is "".
  csv: `FORMAT csv, HEADER, NEW_LINE '\\r\\n'`,
  json: 'FORMAT json, ARRAY true',
  jsonl: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
}

/** Rows that a question means. */
export async function countRows(statements: Statements, context: ReadContext, asked: RowExport): Promise<number> {
  const values: SqlValue[] = []
  const condition = await conditionOf(statements, context, asked, (value) => `$${values.push(value)}`)
  if (condition === null) return 0
  const [counted] = await statements.rows<{ rows: number }>(
    `SELECT count(*)::DOUBLE AS rows FROM request WHERE ${condition}`,
    values,
  )
  return counted!.rows
}

/** Writes them, newest first. Gives how many there were. */
export async function exportRows(
  statements: Statements,
  context: ReadContext,
  asked: RowExport,
  { path, format, columns }: { path: string; format: ExportFormat; columns: readonly ExportColumn[] },
): Promise<{ rows: number }> {
  const values: SqlValue[] = []
  const condition = await conditionOf(statements, context, asked, (value) => `$${values.push(value)}`)
  const [written] = await statements.rows<{ Count: bigint }>(
    `COPY (
      SELECT ${columnsFor(format, columns)} FROM (SELECT * FROM request WHERE ${condition ?? 'false'}) AS request
        LEFT JOIN word AS domain_word ON domain_word.code = request.domain
        LEFT JOIN word AS model_word ON model_word.code = request.model
        LEFT JOIN word AS type_word ON type_word.code = request.request_type
        LEFT JOIN word AS stop_word ON stop_word.code = request.stop_reason
        LEFT JOIN preview ON preview.id = request.id
        LEFT JOIN thread_link ON thread_link.id = request.id
      ORDER BY request.timestamp_us DESC, request.id DESC
    ) TO ${quoted(path)} (${fileOptions[format]})`,
    values,
  )
  return { rows: Number(written!.Count) }
}

/** JSON lines of rows with their bodies as a Parquet file. A line is read whole: the longest one needs its room. */
export async function convertToParquet(
  statements: Statements,
  from: { path: string; longestLine: number; columns: readonly ExportColumn[]; hasBodies: boolean },
  path: string,
): Promise<void> {
  const bodies = from.hasBodies ? ['requestBody', 'responseBody'].map((name) => [name, 'VARCHAR']) : []
  const types = [...from.columns.map((name) => [name, parquetTypes[name]]), ...bodies]
    .map(([name, type]) => `'${name}': '${type}'`)
    .join(', ')
  const longest = Math.max(from.longestLine + 1, smallestLineRoom)
  await statements.run(`COPY (
    SELECT * FROM read_json(${quoted(from.path)}, format = 'newline_delimited', columns = {${types}},
      maximum_object_size = ${longest})
  ) TO ${quoted(path)} (${fileOptions.parquet})`)
}

const smallestLineRoom = 16 * 1024 * 1024

/** Over `request`; null when no row can pass. */
async function conditionOf(
  statements: Statements,
  context: ReadContext,
  { window, errorsOnly, ids, among }: RowExport,
  bound: Bound,
): Promise<string | null> {
  const parts: string[] = []
  for (const list of [ids, among]) {
    if (list === undefined) continue
    const joined = joinUuids(list)
    if (joined === null) return null
    parts.push(`id IN (SELECT unnest(string_split(${bound(joined)}, ','))::UUID)`)
  }
  if (ids === undefined) {
    const filter = await makeRowFilter(statements, context, window)
    if (filter === null) return null
    parts.push(`timestamp_us >= ${bound(usFromMs(window.fromMs))} AND timestamp_us < ${bound(usFromMs(window.toMs))}
      ${filter.sql(bound)} ${errorsOnly ? `AND ${errorCondition}` : ''}`)
  }
  return parts.join(' AND ')
}

/** What each field of a `RequestRow` is over the stored columns: the same as `toRequestRow` makes of them. */
function columnsFor(format: ExportFormat, columns: readonly ExportColumn[]): string {
  const isParquet = format === 'parquet'
  const text = (sql: string): string => (format === 'csv' ? defused(sql) : sql)
  const milliseconds = 'make_timestamp((request.timestamp_us // 1000) * 1000)'
  const bothWrites = usageNull.cacheWrite5mTokens | usageNull.cacheWrite1hTokens
  const usage = (bits: number, isKnown: string): string => `usage_read = 1 AND usage_nulls & ${bits} ${isKnown}`
  const fields: Record<ExportColumn, string> = {
    id: isParquet ? 'request.id' : 'request.id::VARCHAR',
    timestamp: isParquet ? milliseconds : `strftime(${milliseconds}, '%Y-%m-%dT%H:%M:%S.%gZ')`,
    domain: text('domain_word.value'),
    model: text('model_word.value'),
    requestType: text('type_word.value'),
    inputTokens: `CASE WHEN source_nulls & ${sourceNull.inputTokens} = 0 THEN input_tokens END`,
    outputTokens: `CASE WHEN source_nulls & ${sourceNull.outputTokens} = 0 THEN output_tokens END`,
    cacheReadTokens: `CASE WHEN ${usage(usageNull.cacheReadTokens, '= 0')} THEN cache_read_tokens END`,
    cacheWriteTokens: `CASE WHEN ${usage(bothWrites, `<> ${bothWrites}`)}
      THEN cache_write_5m_tokens::BIGINT + cache_write_1h_tokens END`,
    totalTokens: 'input_tokens::BIGINT + output_tokens',
    costUsd: `CASE WHEN pricing = ${pricing.priced} THEN cost_pico::DOUBLE / 1e12 END`,
    responseTimeMs: `CASE WHEN source_nulls & ${sourceNull.responseTimeMs} = 0 THEN response_time_ms END`,
    stream: 'CASE WHEN stream <> 2 THEN stream = 1 END',
    error: `CASE WHEN ${errorCondition} THEN true WHEN failed = 0 OR usage_read = 1 THEN false END`,
    answered: 'request.answered = 1',
    stopReason: text('stop_word.value'),
    preview: text('preview.preview'),
    conversationId: 'thread_link.conversation_id',
    turn: 'thread_link.turn',
  }
  return columns.map((name) => `${fields[name]} AS "${name}"`).join(', ')
}

/** The same columns in a Parquet file that is made from JSON lines. */
const parquetTypes: Record<ExportColumn, string> = {
  id: 'UUID',
  timestamp: 'TIMESTAMP',
  domain: 'VARCHAR',
  model: 'VARCHAR',
  requestType: 'VARCHAR',
  inputTokens: 'INTEGER',
  outputTokens: 'INTEGER',
  cacheReadTokens: 'INTEGER',
  cacheWriteTokens: 'BIGINT',
  totalTokens: 'BIGINT',
  costUsd: 'DOUBLE',
  responseTimeMs: 'INTEGER',
  stream: 'BOOLEAN',
  error: 'BOOLEAN',
  answered: 'BOOLEAN',
  stopReason: 'VARCHAR',
  preview: 'VARCHAR',
  conversationId: 'VARCHAR',
  turn: 'INTEGER',
}

/** A text that a spreadsheet would take for a formula gets an apostrophe: names come from anyone's requests. */
export function defused(sql: string): string {
  return `CASE WHEN regexp_matches(${sql}, '^\\s*[=+\\-@\\t\\r]') THEN '''' || ${sql} ELSE ${sql} END`
}

export function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`
}
