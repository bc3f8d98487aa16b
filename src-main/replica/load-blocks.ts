import { quarterUs, type Segment } from './plan-blocks'
import { hourlyColumns, hourlySums, rowSums } from './schema'
import type { Statements } from './session'

/** Numbers of a cell: domain, model, then the columns of the roll-up. */
export const cellWidth = 2 + hourlyColumns.length

/** Cells one after another: groups of a stretch of time, or its rows in the order of time. */
export interface Block {
  cells: number
  values: Float64Array
}

/** Stretches that follow each other are one part of a statement, and a statement has at most this many. */
const mostRuns = 6
/** A result is held whole: this many hours at a time keep it small. */
const hoursAtOnce = 480

const none: Block = { cells: 0, values: new Float64Array(0) }

/** Reads the stretches `indexes` (ascending), those without a row as well. Null when they have more cells than `mostCells`. */
export async function loadBlocks(
  statements: Statements,
  kind: Segment['kind'],
  indexes: readonly number[],
  mostCells: number,
): Promise<Map<number, Block> | null> {
  const growing = new Map(indexes.map((index) => [index, null as Growing | null]))
  let cells = 0
  const isHour = kind === 'hour'
  for (const runs of batchesOf(runsOf(indexes, isHour ? hoursAtOnce : Infinity), isHour ? 1 : mostRuns)) {
    const values = runs.flat()
    const sql = runs.map((_, index) => selectOf[kind](`$${2 * index + 1}`, `$${2 * index + 2}`)).join(' UNION ALL ')
    // Rows come in the order of time, as a window cuts them.
    await statements.visit(kind === 'rows' ? `${sql} ORDER BY last_us` : sql, values, (columns) => {
      const index = columns[0]!
      const block = growing.get(index)
      if (block === undefined || cells >= mostCells) return
      cells++
      if (block) block.add(columns)
      else growing.set(index, createGrowing(columns))
    })
    if (cells >= mostCells) return null
  }
  return new Map([...growing].map(([index, block]) => [index, block?.finish() ?? none]))
}

const sums = hourlyColumns.join(', ')
/** Half open, in the unit of the kind. */
const selectOf: Record<Segment['kind'], (from: string, to: string) => string> = {
  hour: (from, to) =>
    `SELECT hour::DOUBLE AS index, domain, model, ${sums} FROM hourly WHERE hour >= ${from} AND hour < ${to}`,
  quarter: (from, to) =>
    `SELECT (timestamp_us // ${quarterUs})::DOUBLE AS index, domain, model, ${hourlySums} FROM request
      WHERE ${within(from, to)} GROUP BY ALL`,
  rows: (from, to) =>
    `SELECT (timestamp_us // ${quarterUs})::DOUBLE AS index, domain, model, ${rowSums} FROM request
      WHERE ${within(from, to)}`,
}

function within(from: string, to: string): string {
  return `timestamp_us >= ${from} * ${quarterUs} AND timestamp_us < ${to} * ${quarterUs}`
}

type Run = [from: number, to: number]

function runsOf(indexes: readonly number[], longest: number): Run[] {
  const runs: Run[] = []
  for (const index of indexes) {
    const last = runs.at(-1)
    if (last && last[1] === index && index - last[0] < longest) last[1]++
    else runs.push([index, index + 1])
  }
  return runs
}

function batchesOf(runs: Run[], size: number): Run[][] {
  const batches: Run[][] = []
  for (let start = 0; start < runs.length; start += size) batches.push(runs.slice(start, start + size))
  return batches
}

interface Growing {
  add(columns: readonly number[]): void
  finish(): Block
}

function createGrowing(first: readonly number[]): Growing {
  let values = new Float64Array(64 * cellWidth)
  let cells = 0
  function add(columns: readonly number[]): void {
    if ((cells + 1) * cellWidth > values.length) {
      const larger = new Float64Array(values.length * 2)
      larger.set(values)
      values = larger
    }
    const start = cells * cellWidth
    for (let index = 0; index < cellWidth; index++) values[start + index] = columns[index + 1]!
    cells++
  }
  add(first)
  return { add, finish: () => ({ cells, values: values.slice(0, cells * cellWidth) }) }
}
