/* What the sync asks of the rows that are here. */
import type { Counts, RowKey, TimeRange } from './replica-store'
import { errorCondition, pendingCondition } from './schema'
import type { Statements } from './session'
import { hourUs } from './time-units'

export async function readNewestUs(statements: Statements, beforeUs: number): Promise<number | null> {
  const [row] = await statements.rows<{ us: number | null }>(
    `SELECT max(timestamp_us)::DOUBLE AS us FROM request WHERE timestamp_us < ${beforeUs}`,
  )
  return row!.us
}

export async function readCounts(statements: Statements, rolledUntilHour: number): Promise<Counts> {
  const fromUs = rolledUntilHour * hourUs
  const [counts] = await statements.rows<Counts>(`
    SELECT (SELECT count(*) FROM request)::DOUBLE AS rows,
      ((SELECT coalesce(sum(pending), 0) FROM hourly) + (
        SELECT count(*) FROM request WHERE timestamp_us >= ${fromUs} AND ${pendingCondition}))::DOUBLE AS "usagePending"`)
  return counts!
}

export async function readUnanswered(
  statements: Statements,
  { fromUs, toUs }: TimeRange,
  limit: number,
): Promise<RowKey[]> {
  return statements.rows<RowKey>(`
    SELECT timestamp_us::DOUBLE AS "timestampUs", id::VARCHAR AS id FROM request
    WHERE timestamp_us >= ${fromUs} AND timestamp_us < ${toUs} AND answered = 0 AND NOT ${errorCondition}
    ORDER BY timestamp_us DESC LIMIT ${limit}`)
}
