import type { CancelSignal, HourSums } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { answeredOf, integerOf, rangeCondition, textOf } from './request-select'
import type { RequestTable } from './request-table'

const purpose = 'Sums of hours, to compare'

/**
 * What each hour that has rows comes to; nulls are 0. Reads no body. Names are hashed once a domain and model, and ids
 * by their last three bytes, so that it costs the database little more than counting.
 */
export function readHourSums(
  pool: ConnectionPool,
  table: RequestTable,
  range: { fromUs: number; toUs: number },
  signal?: CancelSignal,
): Promise<HourSums[]> {
  const { id, timestamp, columns, name } = table
  const utc = timestamp.type === 'timestamptz' ? timestamp.name : `${timestamp.name} AT TIME ZONE 'UTC'`
  const sum = (column: typeof columns.inputTokens): string => `coalesce(sum(${integerOf(column)}), 0)`
  const byte = (at: number): string => `get_byte(uuid_send(${id.name}${id.type === 'uuid' ? '' : '::uuid'}), ${at})`
  return pool.rows<HourSums>(
    `SELECT hour, sum(n)::float8 AS requests, sum(i)::float8 AS "inputTokens", sum(o)::float8 AS "outputTokens",
      sum(t)::float8 AS "responseTimeMs", sum(a)::float8 AS answered, sum(ids)::float8 AS "idSum",
      sum(n * ('x' || left(md5(convert_to(concat(coalesce(d, '-'), '/', coalesce(m, '-')), 'UTF8')), 7))::bit(28)::int)::float8
        AS "nameSum"
    FROM (
      SELECT floor(extract(epoch FROM ${utc}) / 3600)::float8 AS hour, ${textOf(columns.domain)} AS d,
        ${textOf(columns.model)} AS m, count(*) AS n, ${sum(columns.inputTokens)} AS i,
        ${sum(columns.outputTokens)} AS o, ${sum(columns.responseTimeMs)} AS t,
        count(*) FILTER (WHERE ${answeredOf(table)}) AS a,
        sum(${byte(13)} * 65536 + ${byte(14)} * 256 + ${byte(15)}) AS ids
      FROM ${name} WHERE ${rangeCondition(table, range)} GROUP BY 1, 2, 3
    ) AS named GROUP BY hour`,
    [],
    { signal, purpose },
  )
}
