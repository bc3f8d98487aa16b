import type { CancelSignal, TextSearch, TextSearchCost } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { idCondition, idText, rangeCondition, textOf } from './request-select'
import type { RequestTable } from './request-table'
import { hiddenWords, likePattern, wordsPattern } from './text-pattern'

const purpose = 'Search for words that you asked for'
const costPurpose = 'What a search for words would cost'

/** The bodies as one condition each, and what is bound to it: nothing that a user wrote becomes text of the statement. */
function textsHave(
  { columns, chunks }: RequestTable,
  { conditions, isByIndex }: Pick<TextSearch, 'conditions' | 'isByIndex'>,
  isUtf8: boolean,
): { sql: string; values: string[] } {
  const bodies = [columns.requestBody, columns.responseBody].filter((column) => column !== undefined)
  const values = isByIndex
    ? conditions.map(likePattern)
    : [[...conditions.map((condition) => wordsPattern(condition, isUtf8)), hiddenWords].join('|')]
  const operator = isByIndex ? 'ILIKE' : '~'
  const parts = bodies.flatMap((body) => values.map((_, index) => `${textOf(body)} ${operator} $${index + 1}`))
  // The pieces stand in a table of their own.
  if (chunks && columns.responseBody) parts.push(`${columns.responseBody.name} IS NULL`)
  return { sql: parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`, values: parts.length === 0 ? [] : values }
}

/** The ids of a slice that may have the words. */
export async function findTexts(
  pool: ConnectionPool,
  table: RequestTable,
  search: TextSearch,
  limits: { timeoutMs: number; signal?: CancelSignal; isUtf8: boolean },
): Promise<string[]> {
  const { timeoutMs, signal, isUtf8 } = limits
  const { sql, values } = textsHave(table, search, isUtf8)
  const found = await pool.rows<{ id: string }>(
    `SELECT ${idText(table)} AS id FROM ${table.name} WHERE ${sliceOf(table, search)} AND ${sql}`,
    values,
    { signal, timeoutMs, purpose },
  )
  const wanted = new Set(search.requests.map(({ id }) => id))
  return found.map(({ id }) => id).filter((id) => wanted.has(id))
}

/** By an index over the texts the time alone is said, so that the planner may begin with the words. */
function sliceOf(table: RequestTable, { requests, isByIndex }: Pick<TextSearch, 'requests' | 'isByIndex'>): string {
  const range = rangeCondition(table, { fromUs: requests.at(-1)!.timestampUs, toUs: requests[0]!.timestampUs + 1 })
  const ids = requests.map(({ id }) => id)
  return isByIndex ? range : `${range} AND ${idCondition(table, ids)}`
}

interface Plan {
  'Node Type': string
  'Index Name'?: string
  Plans?: Plan[]
}

/** What the server's planner and catalogue say, without reading a row. */
export async function textSearchCost(
  pool: ConnectionPool,
  table: RequestTable,
  { requests, conditions }: Omit<TextSearch, 'isByIndex'>,
  { signal, isUtf8 }: { signal: CancelSignal | undefined; isUtf8: boolean },
): Promise<TextSearchCost> {
  const bytesPerRow = await readBytesPerRow(pool, table, signal)
  const slice = { requests: requests.slice(0, 100), conditions, isByIndex: false }
  const sliceNodes = await explain(pool, table, slice, { signal, isUtf8 })
  // What is written in another encoding could not be asked for as it is.
  const textIndexes = isUtf8 ? await readTextIndexes(pool, table, signal) : new Set<string>()
  const whole = { requests, conditions, isByIndex: true }
  const wholeNodes = textIndexes.size === 0 ? [] : await explain(pool, table, whole, { signal, isUtf8 })
  const used = wholeNodes.map((node) => node['Index Name'] ?? '').filter((name) => textIndexes.has(name))
  return {
    bytesPerRow,
    textIndex: used[0] ?? null,
    hasRowIndex: sliceNodes.some((node) => node['Index Name'] !== undefined),
  }
}

/** Every node of the plan that the server would follow. */
async function explain(
  pool: ConnectionPool,
  table: RequestTable,
  search: TextSearch,
  { signal, isUtf8 }: { signal: CancelSignal | undefined; isUtf8: boolean },
): Promise<Plan[]> {
  const { sql, values } = textsHave(table, search, isUtf8)
  const [row] = await pool.rows<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `EXPLAIN (FORMAT JSON) SELECT ${idText(table)} AS id FROM ${table.name} WHERE ${sliceOf(table, search)} AND ${sql}`,
    values,
    { signal, purpose: costPurpose },
  )
  const nodes: Plan[] = []
  const open = [row!['QUERY PLAN'][0]!.Plan]
  while (open.length > 0) {
    const node = open.pop()!
    nodes.push(node)
    open.push(...(node.Plans ?? []))
  }
  return nodes
}

async function readBytesPerRow(pool: ConnectionPool, { oid }: RequestTable, signal: CancelSignal | undefined) {
  const [row] = await pool.rows<{ bytesPerRow: number | null }>(
    `SELECT sum(pg_table_size(c.oid))::float8 / nullif(sum(c.reltuples) FILTER (WHERE c.reltuples > 0), 0)::float8
      AS "bytesPerRow"
    FROM pg_class c WHERE (c.oid = $1::oid OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::oid))
      AND c.relkind IN ('r', 'm')`,
    [oid],
    { signal, purpose: costPurpose },
  )
  return row?.bytesPerRow ?? null
}

/** Names of indexes over a body that can look for words; those of partitions included. */
async function readTextIndexes(
  pool: ConnectionPool,
  { oid, columns }: RequestTable,
  signal: CancelSignal | undefined,
): Promise<Set<string>> {
  const names = [columns.requestBody, columns.responseBody].flatMap((column) => column?.plainName ?? [])
  const rows = await pool.rows<{ name: string }>(
    `SELECT i.relname AS name FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
      WHERE (x.indrelid = $1::oid OR x.indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::oid))
        AND x.indisvalid AND m.amname IN ('gin', 'gist')
        AND EXISTS (SELECT FROM unnest($2::text[]) AS body WHERE position(body IN pg_get_indexdef(i.oid)) > 0)`,
    [oid, names],
    { signal, purpose: costPurpose },
  )
  return new Set(rows.map(({ name }) => name))
}

export async function readsUtf8(pool: ConnectionPool, signal: CancelSignal | undefined): Promise<boolean> {
  const [row] = await pool.rows<{ encoding: string }>(`SELECT current_setting('server_encoding') AS encoding`, [], {
    signal,
    purpose: costPurpose,
  })
  return row!.encoding === 'UTF8'
}
