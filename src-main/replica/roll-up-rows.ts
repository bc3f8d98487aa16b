import { setImmediate as nextTurn } from 'node:timers/promises'
import { BIGINT, DOUBLE, DuckDBDataChunk, UINTEGER } from '@duckdb/node-api'
import { hourOf, rollUpStretch } from './hourly'
import type { TimeRange } from './replica-store'
import { hourlyColumns, peakColumns, picoPerMicro } from './schema'
import { numbersOf, type Statements } from './session'
import { hourUs } from './time-units'

/** What of a row goes into the roll-up while its answer is not read. Texts are codes. */
export interface RolledRow {
  timestampUs: number
  domain: number
  model: number
  inputTokens: number
  outputTokens: number
  /** -1 where it is null. */
  responseTimeMs: number
  picoUsd: number
  isPriced: boolean
  isUnpriced: boolean
  isAnswered: boolean
  isFailed: boolean
}

/** The sums of `hourlySums` and the peaks of `hourlyPeaks`, taken row by row while the rows are at hand: a tenth of what grouping them costs. */
export interface HourTally {
  add(row: RolledRow): void
  /** Cells of these hours, ascending: hour, domain, model, then the columns of the roll-up. */
  cells(fromHour: number, toHour: number): number[][]
}

export function createHourTally(): HourTally {
  const hours = new Map<number, Map<number, number[]>>()
  let current: Map<number, number[]> | undefined
  let currentHour = -1

  return {
    add(row) {
      const hour = hourOf(row.timestampUs)
      if (hour !== currentHour || !current) {
        currentHour = hour
        current = hours.get(hour)
        if (!current) hours.set(hour, (current = new Map()))
      }
      const key = row.domain * 67_108_864 + row.model
      let cell = current.get(key)
      if (!cell) {
        cell = [hour, row.domain, row.model, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1]
        current.set(key, cell)
      }
      const micro = Math.floor(row.picoUsd / picoPerMicro)
      cell[3]!++
      cell[4]! += row.inputTokens
      cell[5]! += row.outputTokens
      cell[8]! += micro
      cell[9]! += row.picoUsd - micro * picoPerMicro
      if (row.isUnpriced) cell[10]!++
      if (row.isAnswered) cell[11]!++
      if (row.isFailed) cell[12]!++
      if (row.timestampUs > cell[13]!) cell[13] = row.timestampUs
      const tokens = row.inputTokens + row.outputTokens
      if (tokens > cell[14]!) cell[14] = tokens
      if (row.responseTimeMs > cell[15]!) cell[15] = row.responseTimeMs
      if (row.isPriced && row.picoUsd > cell[16]!) cell[16] = row.picoUsd
    },
    cells(fromHour, toHour) {
      const wanted = [...hours.keys()].filter((hour) => hour >= fromHour && hour < toHour).sort((a, b) => a - b)
      return wanted.flatMap((hour) => [...hours.get(hour)!.values()].map(carry))
    },
  }
}

/** Both parts of the cost as SQL divides a sum. */
function carry(cell: number[]): number[] {
  const micro = Math.floor(cell[9]! / picoPerMicro)
  return cell.with(8, cell[8]! + micro).with(9, cell[9]! - micro * picoPerMicro)
}

/**
 * Brings the roll-up in step with a range that was replaced by the rows of a tally: whole hours from it, and the hours
 * at either end, which have other rows as well, from the table. To be called in the transaction that changed them.
 */
export async function rollUpRange(
  statements: Statements,
  range: TimeRange,
  { tally, lastUs, rolledUntilHour }: { tally: HourTally; lastUs: number; rolledUntilHour: number },
): Promise<void> {
  const fromHour = hourOf(range.fromUs)
  const toHour = Math.min(hourOf(lastUs) + 1, rolledUntilHour)
  const fromWhole = Math.ceil(range.fromUs / hourUs)
  const toWhole = Math.min(Math.floor(range.toUs / hourUs), toHour)
  if (fromWhole >= toWhole) {
    await rollUpStretch(statements, fromHour, toHour, rolledUntilHour)
    return
  }
  await rollUpStretch(statements, fromHour, fromWhole, rolledUntilHour)
  await statements.run(`DELETE FROM hourly WHERE hour >= ${fromWhole} AND hour < ${toWhole}`)
  await insertCells(statements, tally.cells(fromWhole, toWhole))
  await rollUpStretch(statements, toWhole, toHour, rolledUntilHour)
}

const rowsPerChunk = 2048
const columnTypes = [BIGINT, UINTEGER, UINTEGER, ...[...hourlyColumns, ...peakColumns].map(() => DOUBLE)]

/** The appender works in this thread: everything else gets its turn after each chunk. */
async function insertCells(statements: Statements, cells: number[][]): Promise<void> {
  if (cells.length === 0) return
  const appender = await statements.connection.createAppender('hourly')
  try {
    for (let start = 0; start < cells.length; start += rowsPerChunk) {
      const part = cells.slice(start, start + rowsPerChunk)
      const chunk = DuckDBDataChunk.create(columnTypes, part.length)
      chunk.setColumnValues(
        0,
        part.map(([hour]) => BigInt(hour!)),
      )
      for (let column = 1; column < columnTypes.length; column++) {
        const vector = chunk.getColumnVector(column)
        const values = numbersOf(vector)
        for (let row = 0; row < part.length; row++) values[row] = part[row]![column]!
        vector.flush()
      }
      appender.appendDataChunk(chunk)
      appender.flushSync()
      await nextTurn()
    }
  } finally {
    appender.closeSync()
  }
}
