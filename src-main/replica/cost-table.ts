import type { CostAllocation, CostAxis, CostSlice } from '../contract/costs'
import type { CostQuestion } from '../core/ports'
import { addCost, emptyCostSums, sumsOf, toCostFigures, type CostSums } from './cost-sums'
import type { Cell } from './read-cells'
import type { Words } from './words'

/** Adds up cells to a table of costs. */
export function createCostTable(
  question: Pick<CostQuestion, 'rows' | 'columns' | 'bucketStarts' | 'window'>,
  words: Words,
) {
  const { rows, columns, bucketStarts, window } = question
  const total = emptyCostSums()
  const rowSums = new Map<number, CostSums>()
  const columnSums = new Map<number, CostSums>()
  const cells = new Map<number, Map<number, CostSums>>()

  /** Number of a cell along an axis: its code, or its bucket. */
  const place = (axis: CostAxis, cell: Cell): number =>
    axis === 'domain' ? cell.domain : axis === 'model' ? cell.model : cell.bucket

  const isTime = (axis: CostAxis): boolean => axis !== 'domain' && axis !== 'model'

  /** All buckets, also those without a request; domains and models dearest first. */
  function placesOf(axis: CostAxis, sums: Map<number, CostSums>): { place: number; slice: CostSlice }[] {
    if (isTime(axis)) return bucketStarts.map((start, index) => ({ place: index, slice: toBucket(start, index, sums) }))
    return [...sums]
      .map(([code, each]) => ({ place: code, slice: { key: words.text(code), total: toCostFigures(each) } }))
      .toSorted(
        (a, b) =>
          b.slice.total.costUsd - a.slice.total.costUsd ||
          b.slice.total.requests - a.slice.total.requests ||
          compareNames(a.slice.key, b.slice.key),
      )
  }

  function toBucket(startMs: number, index: number, sums: Map<number, CostSums>): CostSlice {
    return {
      key: new Date(startMs).toISOString(),
      from: new Date(Math.max(startMs, window.fromMs)).toISOString(),
      to: new Date(Math.min(bucketStarts[index + 1] ?? Infinity, window.toMs)).toISOString(),
      total: toCostFigures(sums.get(index) ?? emptyCostSums()),
    }
  }

  return {
    add(cell: Cell): void {
      addCost(total, cell)
      const row = place(rows, cell)
      addCost(sumsOf(rowSums, row), cell)
      if (columns === undefined) return
      const column = place(columns, cell)
      addCost(sumsOf(columnSums, column), cell)
      let inRow = cells.get(row)
      if (!inRow) cells.set(row, (inRow = new Map()))
      addCost(sumsOf(inRow, column), cell)
    },
    allocation(): CostAllocation {
      const across = columns === undefined ? [] : placesOf(columns, columnSums)
      return {
        rows: placesOf(rows, rowSums).map(({ place, slice }) => {
          const inRow = cells.get(place)
          const figures = across.map((column) => {
            const sums = inRow?.get(column.place)
            return sums ? toCostFigures(sums) : null
          })
          return { ...slice, cells: figures }
        }),
        columns: across.map(({ slice }) => slice),
        total: toCostFigures(total),
      }
    },
  }
}

/** Null goes last. */
function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}
