import type { QueryWindow } from '../core/ports'
import type { BlockCache } from './block-cache'
import { bucketIndexSql, planWindow } from './bucket-sql'
import { hourlyColumns, hourlySums } from './schema'
import type { ReadContext } from './read-context'
import { makeRowFilter, type Bound, type RowFilter } from './row-filter'
import type { SqlValue, Statements } from './session'
import { hourUs, usFromMs } from './time-units'
import { planWindows, visitBlocks } from './visit-blocks'
import type { Words } from './words'

/** Sums of the requests of one bucket and of what the window tells apart; the rest is 0. Texts are codes. The object is used again for the next. */
export interface Cell {
  bucket: number
  domain: number
  model: number
  type: number
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

type CellKey = 'domain' | 'model' | 'type'

const keyColumns: Record<CellKey, string> = { domain: 'domain', model: 'model', type: 'request_type' }

const sums = hourlyColumns.join(', ')
const summedHours = hourlyColumns
  .map((name) => (name === 'last_us' ? `max(${name}) AS ${name}` : `sum(${name}) AS ${name}`))
  .join(', ')

/** A window cut into buckets: `startsMs` are their starts, the first at or before the window's. */
export interface BucketedWindow {
  window: QueryWindow
  startsMs: readonly number[]
  /** What is told apart beside the bucket: domain and model unless it is said. */
  by?: CellKey | 'nothing'
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

/** The same for several windows of one snapshot: from memory, else from the tables in one statement. */
export async function readCellsOf(
  statements: Statements,
  context: ReadContext,
  windows: readonly BucketedWindow[],
): Promise<void> {
  if (await visitFromMemory(statements, context, windows)) return
  await visitFromTables(statements, context, windows)
}

/** Reads what memory lacks. False, and nothing visited, where it cannot answer. */
async function visitFromMemory(
  statements: Statements,
  { words, rolledUntilHour, memory }: ReadContext,
  windows: readonly BucketedWindow[],
): Promise<boolean> {
  if (memory === null || !canBeSummed(windows)) return false
  const { blocks, mark } = memory
  const bounds = blocks.bounds() ?? (await blocks.loadBounds(statements, mark))
  if (bounds === null) return false
  const planned = planWindows({ words, rolledUntilHour }, windows, bounds)
  const segments = planned.flatMap((window) => window.segments)
  const isVisited = (await blocks.load(statements, segments, mark)) && visitBlocks(blocks, planned)
  memory.isUsed ||= isVisited
  return isVisited
}

/**
 * From memory alone and at once; false, and nothing visited, where something is missing, or while a commit is under way:
 * another question may have seen it already, and the next answer must not be older.
 */
export function visitKnownCells(
  context: { words: Words; rolledUntilHour: number },
  blocks: BlockCache,
  windows: readonly BucketedWindow[],
): boolean {
  if (!canBeSummed(windows)) return false
  const bounds = blocks.bounds()
  return blocks.mark() !== null && bounds !== null && visitBlocks(blocks, planWindows(context, windows, bounds))
}

/** Sums know domains and models; what else a query asks for or a window tells apart, the rows must say. */
function canBeSummed(windows: readonly BucketedWindow[]): boolean {
  return windows.every(({ window, by }) => window.query === undefined && by !== 'type')
}

async function visitFromTables(
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
    cell.type = columns[4]!
    cell.requests = columns[5]!
    cell.inputTokens = columns[6]!
    cell.outputTokens = columns[7]!
    cell.cacheReadTokens = columns[8]!
    cell.cacheWriteTokens = columns[9]!
    cell.costMicroUsd = columns[10]!
    cell.costRestPico = columns[11]!
    cell.unpriced = columns[12]!
    cell.pending = columns[13]!
    cell.errors = columns[14]!
    cell.lastUs = columns[15]!
    windows[columns[0]!]!.visit(cell)
  })
}

/** Whole hours from the roll-up and the rest from rows, as statements of the same columns. */
function cellsSql(
  rolledUntilHour: number,
  { window, startsMs, by }: BucketedWindow,
  part: { index: number; filter: RowFilter; bound: Bound },
): string[] {
  const { index, filter, bound } = part
  const fromUs = usFromMs(window.fromMs)
  const toUs = usFromMs(window.toMs)
  const startsUs = startsMs.map(usFromMs)
  const keys: readonly (CellKey | 'nothing')[] = by === undefined ? ['domain', 'model'] : [by]
  const key = (name: CellKey) => `${keys.includes(name) ? keyColumns[name] : '0::UINTEGER'} AS ${name}`
  const keysSql = `${key('domain')}, ${key('model')}, ${key('type')}`
  const rolled = filter.isRolledUp && by !== 'type' ? rolledUntilHour : 0
  const { fromHour, toHour, cutHours } = planWindow({ fromUs, toUs }, startsUs, rolled)
  const bucketOf = (timeUs: string) => `(${bucketIndexSql(timeUs, startsUs, bound)})::INTEGER AS bucket`
  const rows = `SELECT ${index} AS part, ${bucketOf('timestamp_us')}, ${keysSql}, ${hourlySums}
    FROM request WHERE timestamp_us >= ${bound(fromUs)} AND timestamp_us < ${bound(toUs)} ${filter.sql(bound)}`
  if (fromHour === toHour) return [`${rows} GROUP BY ALL`]

  const cut = cutHours.join(', ')
  const isOutside = `timestamp_us < ${bound(fromHour * hourUs)} OR timestamp_us >= ${bound(toHour * hourUs)}`
  const isCut = cut === '' ? '' : `OR timestamp_us // ${hourUs} IN (${cut})`
  // One hour a bucket by domain and model needs no grouping: the roll-up is that already.
  const isGrouped = by !== undefined || (startsUs[1] ?? Infinity) - startsUs[0]! > hourUs
  const hours = `SELECT ${index} AS part, ${bucketOf(`hour * ${hourUs}`)}, ${keysSql}, ${isGrouped ? summedHours : sums}
    FROM hourly WHERE hour >= ${bound(fromHour)} AND hour < ${bound(toHour)}
      ${cut === '' ? '' : `AND hour NOT IN (${cut})`} ${filter.sql(bound)} ${isGrouped ? 'GROUP BY ALL' : ''}`
  return [hours, `${rows} AND (${isOutside} ${isCut}) GROUP BY ALL`]
}
