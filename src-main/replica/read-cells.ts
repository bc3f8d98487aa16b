import type { QueryWindow } from '../core/ports'
import { bucketIndexSql, planWindow } from './bucket-sql'
import { hourlyColumns, hourlySums } from './schema'
import type { ReadContext } from './read-context'
import { makeRowFilter, type Bound, type RowFilter } from './row-filter'
import type { SqlValue, Statements } from './session'
import { hourUs, usFromMs } from './time-units'

/** Sums of the requests of one bucket, domain and model. Texts are codes. The object is used again for the next. */
export interface Cell {
  bucket: number
  domain: number
  model: number
  requests: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  /** Picodollars in two parts, so that sums of either stay exact in a float64. */
  costMicroUsd: number
  costRestPico: number
  unpriced: number
  pending: number
  errors: number
  lastUs: number
}

const sums = hourlyColumns.join(', ')
const summedHours = hourlyColumns
  .map((name) => (name === 'last_us' ? `max(${name}) AS ${name}` : `sum(${name}) AS ${name}`))
  .join(', ')

/** A window cut into buckets: `startsMs` are their starts, the first at or before the window's. */
export interface BucketedWindow {
  window: QueryWindow
  startsMs: readonly number[]
  /** Gets each group's sums; a group may come in several parts. */
  visit(cell: Cell): void
}

/** Visits the sums of a window by bucket, domain and model. */
export function readCells(
  statements: Statements,
  context: ReadContext,
  window: QueryWindow,
  startsMs: readonly number[],
  visit: (cell: Cell) => void,
): Promise<void> {
  return readCellsOf(statements, context, [{ window, startsMs, visit }])
}

/** The same for several windows in one statement, so that all are of one snapshot. */
export async function readCellsOf(
  statements: Statements,
  context: ReadContext,
  windows: readonly BucketedWindow[],
): Promise<void> {
  // Numbers are bound: the text stays the same from one moment to the next, and DuckDB keeps its plan.
  const values: SqlValue[] = []
  const bound: Bound = (value) => `$${values.push(value)}`
  const parts: string[] = []
  for (const [index, one] of windows.entries()) {
    const filter = await makeRowFilter(statements, context, one.window)
    if (filter) parts.push(...cellsSql(context.rolledUntilHour, one, { index, filter, bound }))
  }
  if (parts.length === 0) return
  const cell = {} as Cell
  await statements.visit(parts.join(' UNION ALL '), values, (columns) => {
    cell.bucket = columns[1]!
    cell.domain = columns[2]!
    cell.model = columns[3]!
    cell.requests = columns[4]!
    cell.inputTokens = columns[5]!
    cell.outputTokens = columns[6]!
    cell.cacheReadTokens = columns[7]!
    cell.cacheWriteTokens = columns[8]!
    cell.costMicroUsd = columns[9]!
    cell.costRestPico = columns[10]!
    cell.unpriced = columns[11]!
    cell.pending = columns[12]!
    cell.errors = columns[13]!
    cell.lastUs = columns[14]!
    windows[columns[0]!]!.visit(cell)
  })
}

/** Whole hours from the roll-up and the rest from rows, as statements of the same columns. */
function cellsSql(
  rolledUntilHour: number,
  { window, startsMs }: BucketedWindow,
  part: { index: number; filter: RowFilter; bound: Bound },
): string[] {
  const { index, filter, bound } = part
  const fromUs = usFromMs(window.fromMs)
  const toUs = usFromMs(window.toMs)
  const startsUs = startsMs.map(usFromMs)
  const rolled = filter.isRolledUp ? rolledUntilHour : 0
  const { fromHour, toHour, cutHours } = planWindow({ fromUs, toUs }, startsUs, rolled)
  const bucketOf = (timeUs: string) => `(${bucketIndexSql(timeUs, startsUs, bound)})::INTEGER AS bucket`
  const rows = `SELECT ${index} AS part, ${bucketOf('timestamp_us')}, domain, model, ${hourlySums}
    FROM request WHERE timestamp_us >= ${bound(fromUs)} AND timestamp_us < ${bound(toUs)} ${filter.sql(bound)}`
  if (fromHour === toHour) return [`${rows} GROUP BY ALL`]

  const cut = cutHours.join(', ')
  const isOutside = `timestamp_us < ${bound(fromHour * hourUs)} OR timestamp_us >= ${bound(toHour * hourUs)}`
  const isCut = cut === '' ? '' : `OR timestamp_us // ${hourUs} IN (${cut})`
  // One hour a bucket needs no grouping: the roll-up is that already.
  const isGrouped = (startsUs[1] ?? Infinity) - startsUs[0]! > hourUs
  const hours = `SELECT ${index} AS part, ${bucketOf(`hour * ${hourUs}`)}, domain, model, ${isGrouped ? summedHours : sums}
    FROM hourly WHERE hour >= ${bound(fromHour)} AND hour < ${bound(toHour)}
      ${cut === '' ? '' : `AND hour NOT IN (${cut})`} ${filter.sql(bound)} ${isGrouped ? 'GROUP BY ALL' : ''}`
  return [hours, `${rows} AND (${isOutside} ${isCut}) GROUP BY ALL`]
}
