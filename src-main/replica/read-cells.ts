import type { QueryWindow } from '../core/ports'
import { bucketIndexSql, planWindow } from './bucket-sql'
import { hourlySums } from './schema'
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

const picoPerMicro = 1_000_000

const cellColumns = `requests::DOUBLE, input_tokens::DOUBLE, output_tokens::DOUBLE, cache_read_tokens::DOUBLE,
  cache_write_tokens::DOUBLE, (cost_pico // ${picoPerMicro})::DOUBLE, (cost_pico % ${picoPerMicro})::DOUBLE,
  unpriced::DOUBLE, pending::DOUBLE, errors::DOUBLE, last_us::DOUBLE`

const summedHours = `sum(requests) AS requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
  sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens,
  sum(cost_pico) AS cost_pico, sum(unpriced) AS unpriced, sum(pending) AS pending, sum(errors) AS errors,
  max(last_us) AS last_us`

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
  const parts: string[] = []
  if (plan.fromHour < plan.toHour) {
    const cut = plan.cutHours.length > 0 ? `AND hour NOT IN (${plan.cutHours.join(', ')})` : ''
    const bucket = `${bucketIndexSql(`hour * ${hourUs}`, startsUs)} AS bucket`
    const hours = `FROM hourly WHERE hour >= ${plan.fromHour} AND hour < ${plan.toHour} ${cut} ${filter}`
    // One hour a bucket needs no grouping: the roll-up is that already.
    const isGrouped = (startsUs[1] ?? Infinity) - startsUs[0]! > hourUs
    parts.push(
      isGrouped
        ? `SELECT bucket, domain, model, ${cellColumns} FROM (
            SELECT ${bucket}, domain, model, ${summedHours} ${hours} GROUP BY ALL)`
        : `SELECT ${bucket}, domain, model, ${cellColumns} ${hours}`,
    )
  }
  const isOutside = `(timestamp_us < ${plan.fromHour * hourUs} OR timestamp_us >= ${plan.toHour * hourUs})`
  const isCut = plan.cutHours.length > 0 ? `OR timestamp_us // ${hourUs} IN (${plan.cutHours.join(', ')})` : ''
  parts.push(`SELECT bucket, domain, model, ${cellColumns} FROM (
    SELECT ${bucketIndexSql('timestamp_us', startsUs)} AS bucket, domain, model, ${hourlySums}
    FROM request WHERE timestamp_us >= ${fromUs} AND timestamp_us < ${toUs} ${filter}
      ${plan.fromHour < plan.toHour ? `AND (${isOutside} ${isCut})` : ''}
    GROUP BY ALL)`)

  const cell = {} as Cell
  const sql = `SELECT bucket::INTEGER, * EXCLUDE bucket FROM (${parts.join(' UNION ALL ')})`
  await statements.visit(sql, [], (columns) => {
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

/** Picodollars in two parts as US dollars. */
export function costUsd(costMicroUsd: number, costRestPico: number): number {
  return (costMicroUsd + costRestPico / picoPerMicro) / 1_000_000
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
