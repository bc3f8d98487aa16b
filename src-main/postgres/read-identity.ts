import { Failure } from '../core/failure'
import type { CancelSignal, SourceIdentity } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import type { RequestTable } from './request-table'

const purpose = 'Is it still the same database'

/** What a server that has no such function, or keeps it to itself, makes of the question. */
const untoldCodes = ['internal', 'table-not-readable']

/**
 * Which database and table this is, and how far it reaches. The cluster's own number is asked only while
 * `cluster.isTold`: some servers do not give it. Throws what the connection throws.
 */
export async function readIdentity(
  pool: ConnectionPool,
  table: RequestTable,
  cluster: { isTold: boolean },
  signal?: CancelSignal,
): Promise<SourceIdentity> {
  const { name, timestamp } = table
  const [place] = await pool.rows<{ database: string; table: string; hasIndex: boolean }>(
    `SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database,
      $1::regclass::oid::text AS table,
      EXISTS (SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
        WHERE x.indrelid = $1::regclass AND x.indisvalid AND x.indpred IS NULL AND a.attname = $2) AS "hasIndex"`,
    [name, timestamp.plainName],
    { signal, purpose },
  )
  const numbers = cluster.isTold ? await readCluster(pool, cluster, signal) : null
  return {
    place: [numbers?.system ?? '-', place!.database, place!.table].join('/'),
    timeline: numbers?.timeline ?? null,
    // Without an index the newest row would cost a scan each time.
    newestUs: place!.hasIndex ? await readNewest(pool, table, signal) : undefined,
  }
}

/** https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA */
async function readCluster(pool: ConnectionPool, cluster: { isTold: boolean }, signal?: CancelSignal) {
  try {
    const [row] = await pool.rows<{ system: string; timeline: number }>(
      `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
        (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline`,
      [],
      { signal, purpose },
    )
    return row!
  } catch (error) {
    if (!(error instanceof Failure) || !untoldCodes.includes(error.code)) throw error
    cluster.isTold = false
    return null
  }
}

async function readNewest(pool: ConnectionPool, { name, timestamp }: RequestTable, signal?: CancelSignal) {
  const utc = timestamp.type === 'timestamptz' ? timestamp.name : `${timestamp.name} AT TIME ZONE 'UTC'`
  const [row] = await pool.rows<{ us: number }>(
    `SELECT (extract(epoch FROM ${utc}) * 1000000)::float8 AS us FROM ${name}
      WHERE isfinite(${timestamp.name}) ORDER BY ${timestamp.name} DESC LIMIT 1`,
    [],
    { signal, purpose },
  )
  return row ? Math.round(row.us) : null
}
