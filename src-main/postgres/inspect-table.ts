import { Failure } from '../core/failure'
import type { CancelSignal, SourceFacts } from '../core/ports'
import { advisedSql } from './advised-sql'
import type { ConnectionPool } from './connection-pool'
import { expectedColumns, type RequestTable } from './request-table'

const purpose = 'Facts about the table'

/** Without an index the oldest and newest row cost a scan; they are not worth more than this. */
const boundsTimeoutMs = 5000

/** What a person wants to know about the source before trusting it. Throws what the connection throws. */
export async function inspectTable(
  pool: ConnectionPool,
  table: RequestTable,
  signal?: CancelSignal,
): Promise<SourceFacts> {
  type Asked = Omit<SourceFacts, 'table' | 'missingColumns' | 'oldestMs' | 'newestMs' | 'advisedSql'>
  const [asked] = await pool.rows<Asked & { kind: string }>(
    `SELECT current_setting('server_version') AS "serverVersion",
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "clockMs",
      has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS "roleCanWrite",
      CASE WHEN c.relkind = 'p'
        THEN (SELECT coalesce(sum(part.reltuples) FILTER (WHERE part.reltuples >= 0), -1)
          FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid WHERE i.inhparent = c.oid)
        ELSE c.reltuples END::float8 AS "estimatedRows",
      EXISTS (SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
        WHERE x.indrelid = c.oid AND x.indisvalid AND x.indpred IS NULL
          AND a.attname = $2) AS "hasTimestampIndex",
      c.relkind AS kind
    FROM pg_class c WHERE c.oid = $1::oid`,
    [table.oid, table.timestamp.plainName],
    { signal, purpose },
  )
  if (!asked) throw new Failure('table-not-found')
  const { kind, ...facts } = asked
  return {
    ...facts,
    advisedSql: advisedSql(table, kind),
    table: table.label,
    missingColumns: expectedColumns.filter((column) => !table.columns[column]),
    ...(await readBounds(pool, table, signal)),
  }
}

async function readBounds(pool: ConnectionPool, { name, timestamp }: RequestTable, signal?: CancelSignal) {
  const utc = timestamp.type === 'timestamptz' ? timestamp.name : `${timestamp.name} AT TIME ZONE 'UTC'`
  const bound = (order: 'ASC' | 'DESC'): string =>
    `(SELECT (extract(epoch FROM ${utc}) * 1000)::float8 FROM ${name}
      WHERE isfinite(${timestamp.name}) ORDER BY ${timestamp.name} ${order} LIMIT 1)`
  try {
    const [bounds] = await pool.rows<Pick<SourceFacts, 'oldestMs' | 'newestMs'>>(
      `SELECT ${bound('ASC')} AS "oldestMs", ${bound('DESC')} AS "newestMs"`,
      [],
      { signal, purpose, timeoutMs: boundsTimeoutMs },
    )
    return { oldestMs: bounds?.oldestMs ?? null, newestMs: bounds?.newestMs ?? null }
  } catch (error) {
    if (error instanceof Failure && error.code === 'database-timeout') return { oldestMs: null, newestMs: null }
    throw error
  }
}
