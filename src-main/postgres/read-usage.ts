import { setImmediate as nextTurn } from 'node:timers/promises'
import { countTools } from '../core/bodies/count-tools'
import { readResponseBody } from '../core/bodies/read-response-body'
import type { AnswerFacts, CancelSignal, RequestUsage } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { readChunks } from './read-chunks'
import { answeredOf, failedOf, idCondition, idText, integerOf, textOf } from './request-select'
import type { RequestTable } from './request-table'

const purpose = 'Usage in answers'

interface UsageRow {
  id: string
  /** The answer with nothing of its content but which tools it called, where SQL could take the rest out. */
  outline: string | null
  /** Bytes of the answer as stored; null where there is none. */
  size: number | null
  failed: boolean | null
  cacheReadTokens: number | null
  cacheWriteTokens: number | null
}

/** Stored bytes of whole answers that are fetched together. */
const wholeAnswersBytes = 2_000_000

/**
 * Usage and tools of answered rows. A plain answer is stripped of its content at the server, so that only figures and
 * names travel; an answer that hides them (JSON in a string, stream events) is fetched whole, a few at a time.
 */
export async function readUsage(
  pool: ConnectionPool,
  table: RequestTable,
  ids: string[],
  signal?: CancelSignal,
): Promise<AnswerFacts[]> {
  const rows = await pool.rows<UsageRow>(usageSql(table, ids), [], { signal, purpose })
  const answers = rows.filter(({ outline }) => outline !== null).map((row) => toFacts(row, row.outline))
  for (const group of groupBySize(rows.filter(({ outline, size }) => outline === null && size !== null))) {
    const bodies = await readResponses(pool, table, group, signal)
    for (const row of group) {
      answers.push(toFacts(row, bodies.get(row.id) ?? null))
      await nextTurn()
    }
  }
  const withoutBody = rows.filter(({ size }) => size === null)
  const pieces = await readChunks(
    pool,
    table,
    withoutBody.map(({ id }) => id),
    signal,
  )
  answers.push(...withoutBody.map((row) => toFacts(row, pieces.get(row.id) ?? null)))
  return answers
}

function usageSql(table: RequestTable, ids: string[]): string {
  const { columns, name } = table
  const { responseBody, usage } = columns
  const isBinaryJson = responseBody?.type === 'jsonb'
  const usageBeside =
    usage && /^jsonb?$/.test(usage.type)
      ? `CASE WHEN ${usage.name} IS NULL THEN '{}' ELSE jsonb_build_object('usage', ${usage.name}::jsonb) END`
      : `'{}'`
  return `
    SELECT ${idText(table)} AS id,
      ${isBinaryJson ? outlineSql(usageBeside) : 'NULL::text'} AS outline,
      ${responseBody ? `pg_column_size(${responseBody.name})` : 'NULL::int4'} AS size,
      ${failedOf(table) ?? 'NULL::boolean'} AS failed,
      ${integerOf(columns.cacheReadTokens)} AS "cacheReadTokens",
      ${integerOf(columns.cacheWriteTokens)} AS "cacheWriteTokens"
    FROM ${name} ${isBinaryJson ? unpackedSql(responseBody.name) : ''}
    WHERE ${idCondition(table, ids)} AND ${answeredOf(table)}`
}

/** Each operator on a stored value unpacks all of it; the empty path does so once, for all of them. */
export function unpackedSql(column: string): string {
  return `CROSS JOIN LATERAL (SELECT ${column} #> '{}' AS body OFFSET 0) AS unpacked`
}

function outlineSql(usageBeside: string): string {
  return `CASE WHEN jsonb_typeof(unpacked.body) = 'object' AND NOT unpacked.body ? 'chunks'
    THEN (${usageBeside} || (unpacked.body - '{content,tool_calls}'::text[]) || ${toolsSql})::text END`
}

/** What makes a block a call of a tool, without its input. */
const callSql = `jsonb_build_object('type', call -> 'type', 'id', call -> 'id', 'name', call -> 'name',
  'server_name', call -> 'server_name')`

/** The calls of an array beside or in the answer, as a JSON array; `[]` where there is no array. */
function callsSql(place: 'content' | 'tool_calls', condition: string): string {
  const stored = `unpacked.body -> '${place}'`
  return `(SELECT coalesce(jsonb_agg(${callSql} ORDER BY position), '[]')
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(${stored}) = 'array' THEN ${stored} ELSE '[]' END)
      WITH ORDINALITY AS element(call, position) WHERE ${condition})`
}

/** An answer of one text has its calls beside it, any other has them among its blocks. */
const toolsSql = `CASE WHEN jsonb_typeof(unpacked.body -> 'content') = 'string'
  THEN jsonb_build_object('content', '', 'tool_calls', ${callsSql('tool_calls', `jsonb_typeof(call) = 'object'`)})
  ELSE jsonb_build_object('content', ${callsSql('content', `call ->> 'type' IN ('tool_use', 'server_tool_use', 'mcp_tool_use')`)})
  END`

async function readResponses(pool: ConnectionPool, table: RequestTable, rows: UsageRow[], signal?: CancelSignal) {
  const ids = rows.map(({ id }) => id)
  const found = await pool.rows<{ id: string; body: string | null }>(
    `SELECT ${idText(table)} AS id, ${textOf(table.columns.responseBody)} AS body
      FROM ${table.name} WHERE ${idCondition(table, ids)}`,
    [],
    { signal, purpose },
  )
  return new Map(found.map(({ id, body }) => [id, body]))
}

function toFacts(row: UsageRow, body: string | null): AnswerFacts {
  const { usage, answer } = readResponseBody(body)
  const cacheWriteIsKnown = usage !== null && (usage.cacheWrite5mTokens !== null || usage.cacheWrite1hTokens !== null)
  return {
    ...(usage ?? noUsage),
    id: row.id,
    isError: (usage?.isError ?? false) || row.failed === true,
    cacheReadTokens: usage?.cacheReadTokens ?? row.cacheReadTokens,
    // The column has one figure for both lifetimes.
    ...(!cacheWriteIsKnown &&
      row.cacheWriteTokens !== null && {
        cacheWrite5mTokens: row.cacheWriteTokens,
        cacheWrite1hTokens: 0,
        cacheWriteSplitUnknown: row.cacheWriteTokens > 0,
      }),
    tools: countTools(answer.message?.blocks ?? []),
  }
}

const noUsage: Omit<RequestUsage, 'id'> = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWrite5mTokens: null,
  cacheWrite1hTokens: null,
  cacheWriteSplitUnknown: false,
  webSearches: null,
  serviceTier: null,
  speed: null,
  inferenceGeo: null,
  stopReason: null,
  isError: false,
  iterations: null,
}

function groupBySize(rows: UsageRow[]): UsageRow[][] {
  const groups: UsageRow[][] = []
  let bytes = Infinity
  for (const row of rows) {
    bytes += row.size ?? 0
    if (bytes > wholeAnswersBytes) {
      groups.push([])
      bytes = row.size ?? 0
    }
    groups.at(-1)!.push(row)
  }
  return groups
}
