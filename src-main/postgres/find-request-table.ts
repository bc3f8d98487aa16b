import { Failure } from '../core/failure'
import type { CancelSignal } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { chunksOf, chunksTable, matchColumns, quoteIdentifier, tableNames, type RequestTable } from './request-table'

const purpose = 'Which table'

interface FoundTable {
  oid: number
  schema: string
  name: string
  isReadable: boolean
  columns: { name: string; type: string; isReadable: boolean }[] | null
  chunksIdType: string | null
}

/** Every table or view of that name, in search-path order, with what the role may read of it. */
const findTablesSql = `
  SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name,
    has_schema_privilege(n.oid, 'USAGE')
      AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')) AS "isReadable",
    (SELECT json_agg(json_build_object(
        'name', a.attname,
        'type', coalesce(base.typname, t.typname),
        'isReadable', has_column_privilege(c.oid, a.attnum, 'SELECT')))
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type base ON base.oid = t.typbasetype
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT t.typname FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid JOIN pg_type t ON t.oid = a.atttypid
      WHERE k.relnamespace = n.oid AND k.relname = $2 AND a.attname = 'request_id' AND NOT a.attisdropped
        AND has_table_privilege(k.oid, 'SELECT')) AS "chunksIdType"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname !~ '^(pg_|information_schema$)'
  ORDER BY array_position(current_schemas(false), n.nspname), c.relname = $1[1] DESC, n.nspname`

const newestTimeoutMs = 5000

/**
 * The table that holds the requests. Where there are several that can be read, the one with the newest row.
 * Throws `table-not-found`, `table-not-readable`, `table-not-understood`, or what the connection throws.
 */
export async function findRequestTable(pool: ConnectionPool, signal?: CancelSignal): Promise<RequestTable> {
  const found = await pool.rows<FoundTable>(findTablesSql, [tableNames, chunksTable], { signal, purpose })
  if (found.length === 0) throw new Failure('table-not-found')
  const readable = found.filter((table) => table.isReadable)
  if (readable.length === 0) {
    const label = `${found[0]!.schema}.${found[0]!.name}`
    throw new Failure('table-not-readable', {
      message: `The role may not read ${label}.`,
      hint: `Grant it: GRANT USAGE ON SCHEMA ${found[0]!.schema} TO your_role; GRANT SELECT ON ${label} TO your_role.`,
    })
  }
  const understood = readable.flatMap((table) => understand(table) ?? [])
  if (understood.length === 0) {
    throw new Failure('table-not-understood', {
      message: `The table ${readable[0]!.schema}.${readable[0]!.name} lacks a request id or a timestamp that the role may read.`,
    })
  }
  return understood.length === 1 ? understood[0]! : newest(understood, pool, signal)
}

function understand(table: FoundTable): RequestTable | null {
  const matched = matchColumns((table.columns ?? []).filter((column) => column.isReadable))
  const schema = quoteIdentifier(table.schema)
  return (
    matched && {
      ...matched,
      oid: table.oid,
      label: `${table.schema}.${table.name}`,
      name: `${schema}.${quoteIdentifier(table.name)}`,
      chunks: chunksOf(schema, table.chunksIdType),
    }
  )
}

async function newest(tables: RequestTable[], pool: ConnectionPool, signal?: CancelSignal): Promise<RequestTable> {
  const selects = tables.map(
    ({ name, timestamp }, index) =>
      `SELECT ${index} AS index, extract(epoch FROM (SELECT max(${timestamp.name}) FROM ${name}
        WHERE isfinite(${timestamp.name})))::float8 AS newest`,
  )
  const sql = `SELECT index FROM (${selects.join(' UNION ALL ')}) AS candidates ORDER BY newest DESC NULLS LAST, index LIMIT 1`
  try {
    const [first] = await pool.rows<{ index: number }>(sql, [], { signal, purpose, timeoutMs: newestTimeoutMs })
    return tables[first!.index]!
  } catch (error) {
    // Without an index the newest row costs a scan; then the search path decides.
    if (error instanceof Failure && error.code === 'database-timeout') return tables[0]!
    throw error
  }
}
