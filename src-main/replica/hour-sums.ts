import type { HourSums } from '../core/ports'
import type { TimeRange } from './replica-store'
import type { Statements } from './session'
import { hourUs } from './time-units'

/** The same sums as the source gives, of the rows here. From rows, not from the roll-up, which has no ids. */
export function readHourSums(statements: Statements, { fromUs, toUs }: TimeRange): Promise<HourSums[]> {
  return statements.rows<HourSums>(`
    SELECT hour, sum(n)::DOUBLE AS requests, sum(i)::DOUBLE AS "inputTokens", sum(o)::DOUBLE AS "outputTokens",
      sum(t)::DOUBLE AS "responseTimeMs", sum(a)::DOUBLE AS answered, sum(ids)::DOUBLE AS "idSum",
      sum(n * ('0x' || left(md5(concat(coalesce(d.value, '-'), '/', coalesce(m.value, '-'))), 7))::INTEGER)::DOUBLE
        AS "nameSum"
    FROM (
      SELECT (timestamp_us // ${hourUs})::DOUBLE AS hour, domain, model, count(*) AS n, sum(input_tokens) AS i,
        sum(output_tokens) AS o, sum(response_time_ms) AS t, sum(answered) AS a,
        sum(('0x' || right(id::VARCHAR, 6))::INTEGER) AS ids
      FROM request WHERE timestamp_us >= ${fromUs} AND timestamp_us < ${toUs} GROUP BY ALL
    ) AS named LEFT JOIN word d ON d.code = named.domain LEFT JOIN word m ON m.code = named.model
    GROUP BY hour`)
}

/** Whether an hour holds the same on both sides. */
export function isSameHour(one: HourSums, other: HourSums | undefined): boolean {
  return (
    other?.requests === one.requests &&
    other.inputTokens === one.inputTokens &&
    other.outputTokens === one.outputTokens &&
    other.responseTimeMs === one.responseTimeMs &&
    other.answered === one.answered &&
    other.idSum === one.idSum &&
    other.nameSum === one.nameSum
  )
}
