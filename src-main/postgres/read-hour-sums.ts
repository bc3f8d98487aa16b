import type { CancelSignal, HourSums } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { integerOf, rangeCondition } from './request-select'
import type { RequestTable } from './request-table'

/** Count and token sums of each hour that has rows, as SQL counts them; null tokens are 0. Reads no body. */
export function readHourSums(
  pool: ConnectionPool,
  table: RequestTable,
  range: { fromUs: number; toUs: number },
  signal?: CancelSignal,
): Promise<HourSums[]> {
  const { timestamp, columns, name } = table
  const utc = timestamp.type === 'timestamptz' ? timestamp.name : `${timestamp.name} AT TIME ZONE 'UTC'`
  const sum = (column: typeof columns.inputTokens): string => `coalesce(sum(${integerOf(column)}), 0)::float8`
  return pool.rows<HourSums>(
    `SELECT floor(extract(epoch FROM ${utc}) / 3600)::float8 AS hour, count(*)::float8 AS requests,
      ${sum(columns.inputTokens)} AS "inputTokens", ${sum(columns.outputTokens)} AS "outputTokens"
    FROM ${name} WHERE ${rangeCondition(table, range)} GROUP BY 1`,
    [],
    { signal },
  )
}
