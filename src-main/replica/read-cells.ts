import type { QueryWindow } from '../core/ports'
import { bucketIndexSql, planWindow } from './bucket-sql'
import { hourlyColumns, hourlySums } from './schema'
import type { Statements } from './session'
import { hourUs, usFromMs } from './time-units'
import type { Words } from './words'

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
  context: { words: Words; rolledUntilHour: number },
  window: QueryWindow,
  startsMs: readonly number[],
  visit: (cell: Cell) => void,
): Promise<void> {
  return readCellsOf(statements, context, [{ window, startsMs, visit }])
}

/** The same for several windows in one statement, so that all are of one snapshot. */
export async function readCellsOf(
  statements: Statements,
  context: { words: Words; rolledUntilHour: number },
  windows: readonly BucketedWindow[],
): Promise<void> {
  // Numbers are bound: the text stays the same from one moment to the next, and DuckDB keeps its plan.
  const values: number[] = []
  const bound = (value: number): string => `$${values.push(value)}`
  const parts = windows.flatMap((one, index) => cellsSql(context, one, index, bound))
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
  { words, rolledUntilHour }: { words: Words; rolledUntilHour: number },
  { window, startsMs }: BucketedWindow,
  part: number,
  bound: (value: number) => string,
): string[] {
  const filter = codeFilter(words, window)
  if (filter === null) return []
  const fromUs = usFromMs(window.fromMs)
  const toUs = usFromMs(window.toMs)
  const startsUs = startsMs.map(usFromMs)
  const { fromHour, toHour, cutHours } = planWindow({ fromUs, toUs }, startsUs, rolledUntilHour)
  const bucketOf = (timeUs: string) => `(${bucketIndexSql(timeUs, startsUs, bound)})::INTEGER AS bucket`
  const rows = `SELECT ${part} AS part, ${bucketOf('timestamp_us')}, domain, model, ${hourlySums}
    FROM request WHERE timestamp_us >= ${bound(fromUs)} AND timestamp_us < ${bound(toUs)} ${filter}`
  if (fromHour === toHour) return [`${rows} GROUP BY ALL`]

  const cut = cutHours.join(', ')
  const isOutside = `timestamp_us < ${bound(fromHour * hourUs)} OR timestamp_us >= ${bound(toHour * hourUs)}`
  const isCut = cut === '' ? '' : `OR timestamp_us // ${hourUs} IN (${cut})`
  // One hour a bucket needs no grouping: the roll-up is that already.
  const isGrouped = (startsUs[1] ?? Infinity) - startsUs[0]! > hourUs
  const hours = `SELECT ${part} AS part, ${bucketOf(`hour * ${hourUs}`)}, domain, model, ${isGrouped ? summedHours : sums}
    FROM hourly WHERE hour >= ${bound(fromHour)} AND hour < ${bound(toHour)}
      ${cut === '' ? '' : `AND hour NOT IN (${cut})`} ${filter} ${isGrouped ? 'GROUP BY ALL' : ''}`
  return [hours, `${rows} AND (${isOutside} ${isCut}) GROUP BY ALL`]
}

/** The window's domain and model as SQL, '' meaning none; null when no row can have them. */
export function codeFilter(words: Words, { domain, model }: Pick<QueryWindow, 'domain' | 'model'>): string | null {
  const conditions: string[] = []
  for (const [column, text] of Object.entries({ domain, model })) {
    if (text === undefined) continue
    const code = text === '' ? 0 : words.find(text)
    if (code === null) return null
    conditions.push(`AND ${column} = ${code}`)
  }
  return conditions.join(' ')
}
