import type { ListAnswer, ListQuery } from '../core/ports'
import { hourOf } from './hourly'
import { decodeCursor, encodeCursor } from './list-cursor'
import { codeFilter } from './read-cells'
import { readPlaces } from './read-places'
import { readPreviews, rowColumns, toRequestRow, type StoredRow } from './read-rows'
import { errorCondition } from './schema'
import type { Statements } from './session'
import { hourUs, usFromMs } from './time-units'
import type { Words } from './words'

/**
 * One page, newest first. The roll-up says how many rows each hour has, so the page is looked for in the few hours
 * that fill it, however long the window is. Throws `invalid-input` for a cursor that is none.
 */
export async function readList(
  statements: Statements,
  context: { words: Words; rolledUntilHour: number },
  query: ListQuery,
): Promise<Omit<ListAnswer, 'asOf'>> {
  const { words } = context
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor)
  const filter = codeFilter(words, query)
  const fromUs = usFromMs(query.fromMs)
  const toUs = usFromMs(query.toMs)
  if (filter === null || fromUs >= toUs) return { items: [], nextCursor: null, total: 0 }

  const matching = query.errorsOnly ? `${filter} AND ${errorCondition}` : filter
  const hours = await countByHour(statements, context.rolledUntilHour, { ...query, filter, matching, fromUs, toUs })
  const total = hours.reduce((sum, { count }) => sum + count, 0)

  const upperUs = after ? Math.min(toUs, after.timestampUs + 1) : toUs
  let lowerUs = fromUs
  let reachable = 0
  for (const { hour, count } of hours) {
    // The hour of the cursor may have any number of its rows left.
    if (hour >= hourOf(upperUs - 1) && after) continue
    reachable += count
    if (reachable <= query.limit) continue
    lowerUs = Math.max(fromUs, hour * hourUs)
    break
  }
  const beyond = after ? 'AND (timestamp_us < $4 OR (timestamp_us = $4 AND id < $5::UUID))' : ''
  // Numbers are bound: the text stays the same from page to page, and DuckDB keeps its plan.
  const found = await statements.rows<StoredRow>(
    `SELECT ${rowColumns} FROM request WHERE timestamp_us >= $1 AND timestamp_us < $2 ${matching} ${beyond}
      ORDER BY timestamp_us DESC, request.id DESC LIMIT $3`,
    [lowerUs, upperUs, query.limit + 1, ...(after ? [after.timestampUs, after.id] : [])],
  )
  const page = found.slice(0, query.limit)
  const ids = page.map((row) => row.id)
  const previews = await readPreviews(statements, ids)
  const places = await readPlaces(statements, ids)
  return {
    items: page.map((row) => ({
      ...toRequestRow(row, words, previews.get(row.id) ?? null),
      ...places.get(row.id),
    })),
    nextCursor: found.length > page.length ? encodeCursor(page.at(-1)!) : null,
    total,
  }
}

interface CountQuery {
  fromUs: number
  toUs: number
  errorsOnly: boolean
  /** By domain and model, which the roll-up knows too. */
  filter: string
  /** The whole condition on a row. */
  matching: string
}

/** Matching rows by hour, newest hour first; hours without any are left out. */
async function countByHour(statements: Statements, rolledUntilHour: number, query: CountQuery) {
  const { fromUs, toUs, errorsOnly, filter, matching } = query
  const fromHour = Math.ceil(fromUs / hourUs)
  const toHour = Math.max(fromHour, Math.min(rolledUntilHour, hourOf(toUs)))
  const counts: { hour: number; count: number }[] = []
  await statements.visit(
    `SELECT hour::DOUBLE AS hour, sum(matches) AS count FROM (
      SELECT hour, ${errorsOnly ? 'errors' : 'requests'} AS matches FROM hourly WHERE hour >= $1 AND hour < $2 ${filter}
      UNION ALL
      SELECT timestamp_us // ${hourUs} AS hour, count(*)::DOUBLE AS matches FROM request
      WHERE timestamp_us >= $3 AND timestamp_us < $4 AND (timestamp_us < $5 OR timestamp_us >= $6) ${matching}
      GROUP BY hour
    ) GROUP BY hour HAVING sum(matches) > 0 ORDER BY hour DESC`,
    [fromHour, toHour, fromUs, toUs, fromHour * hourUs, toHour * hourUs],
    ([hour, count]) => counts.push({ hour: hour!, count: count! }),
  )
  return counts
}
