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

/**
 * Visits the sums of a window by bucket, domain and model; a group may come in several parts. `startsMs` are the
 * buckets' starts, the first at or before the window's.
 */
export async function readCells(
  statements: Statements,
  context: { words: Words; rolledUntilHour: number },
  window: QueryWindow,
  startsMs: readonly number[],
  visit: (cell: Cell) => void,
): Promise<void> {
  const filter = codeFilter(context.words, window)
  if (filter === null) return
  const fromUs = usFromMs(window.fromMs)
  const toUs = usFromMs(window.toMs)
  const startsUs = startsMs.map(usFromMs)
  const plan = planWindow({ fromUs, toUs }, startsUs, context.rolledUntilHour)
  const { fromHour, toHour, cutHours } = plan
  // Numbers are bound: the text stays the same from one moment to the next, and DuckDB keeps its plan.
  const values: number[] = []
  const bound = (value: number): string => `$${values.push(value)}`
  const rows = `SELECT (${bucketIndexSql('timestamp_us', startsUs, bound)})::INTEGER AS bucket, domain, model, ${hourlySums}
    FROM request WHERE timestamp_us >= ${bound(fromUs)} AND timestamp_us < ${bound(toUs)} ${filter}`
  let sql = `${rows} GROUP BY ALL`
  if (fromHour < toHour) {
    const isOutside = `timestamp_us < ${bound(fromHour * hourUs)} OR timestamp_us >= ${bound(toHour * hourUs)}`
    const cut = cutHours.join(', ')
    const isCut = cut === '' ? '' : `OR timestamp_us // ${hourUs} IN (${cut})`
    const bucket = `(${bucketIndexSql(`hour * ${hourUs}`, startsUs, bound)})::INTEGER AS bucket`
    const hours = `FROM hourly WHERE hour >= ${bound(fromHour)} AND hour < ${bound(toHour)}
      ${cut === '' ? '' : `AND hour NOT IN (${cut})`} ${filter}`
    // One hour a bucket needs no grouping: the roll-up is that already.
    const isGrouped = (startsUs[1] ?? Infinity) - startsUs[0]! > hourUs
    sql = `SELECT ${bucket}, domain, model, ${isGrouped ? summedHours : sums} ${hours} ${isGrouped ? 'GROUP BY ALL' : ''}
      UNION ALL ${rows} AND (${isOutside} ${isCut}) GROUP BY ALL`
  }
  const cell = {} as Cell
  await statements.visit(sql, values, (columns) => {
    cell.bucket = columns[0]!
    cell.domain = columns[1]!
    cell.model = columns[2]!
    cell.requests = columns[3]!
    cell.inputTokens = columns[4]!
    cell.outputTokens = columns[5]!
    cell.cacheReadTokens = columns[6]!
    cell.cacheWriteTokens = columns[7]!
    cell.costMicroUsd = columns[8]!
    cell.costRestPico = columns[9]!
    cell.unpriced = columns[10]!
    cell.pending = columns[11]!
    cell.errors = columns[12]!
    cell.lastUs = columns[13]!
    visit(cell)
  })
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
