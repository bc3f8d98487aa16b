/*
 * Sums of the request table in memory, as far as they were asked for: by hour (from the roll-up), by quarter of an hour
 * where a window or a bucket cuts an hour, and single rows where it cuts a quarter. The tables own the truth: each
 * commit says what it touched, and that is forgotten here and read again when it is asked for.
 */
import type { CommitWatch, Touched } from './commit-watch'
import { loadBlocks, type Block } from './load-blocks'
import type { Segment } from './plan-blocks'
import { quarterUs } from './plan-blocks'
import type { TimeRange } from './replica-store'
import type { Statements } from './session'
import { endOfTimeUs, hourUs } from './time-units'

export interface BlockCache extends CommitWatch {
  /** A time at which memory and tables agree; null while a commit is under way. */
  mark(): number | null
  /** Whether nothing was committed since then. */
  isStill(mark: number | null): boolean
  /** Where the rows lie; null when that is not known just now. */
  bounds(): TimeRange | null
  get(segment: Segment): Block | undefined
  /** Reads what is missing in a transaction that began at `mark`. False when it does not fit or is not valid any more. */
  load(statements: Statements, segments: readonly Segment[], mark: number): Promise<boolean>
  loadBounds(statements: Statements, mark: number): Promise<TimeRange | null>
}

/** Cells that are kept of each kind, 104 bytes each: room for 90 days of 500 groups, and no more than 150 MB in all. */
const mostCells = { hour: 1_000_000, quarter: 200_000, rows: 200_000 }

export function createBlockCache(): BlockCache {
  const kept = { hour: new Map<number, Block>(), quarter: new Map<number, Block>(), rows: new Map<number, Block>() }
  const cells = { hour: 0, quarter: 0, rows: 0 }
  let bounds: TimeRange | null = null
  let generation = 0
  let underWay = 0

  function forget(kind: Segment['kind'], index: number): void {
    const block = kept[kind].get(index)
    if (!block) return
    cells[kind] -= block.cells
    kept[kind].delete(index)
  }

  function forgetAll(kind: Segment['kind']): void {
    kept[kind].clear()
    cells[kind] = 0
  }

  function forgetRange(kind: Segment['kind'], { fromUs, toUs }: TimeRange): void {
    const lengthUs = kind === 'hour' ? hourUs : quarterUs
    const first = Math.floor(fromUs / lengthUs)
    const last = Math.ceil(toUs / lengthUs) - 1
    if (last - first < kept[kind].size) for (let index = first; index <= last; index++) forget(kind, index)
    else for (const index of kept[kind].keys()) if (index >= first && index <= last) forget(kind, index)
  }

  /** Follows single rows at either end; anything larger is looked up again. */
  function widenBounds({ fromUs, toUs }: TimeRange): void {
    if (bounds === null || (fromUs >= bounds.fromUs && toUs <= bounds.toUs)) return
    const isKnown = fromUs > 0 && toUs < endOfTimeUs
    bounds = isKnown ? { fromUs: Math.min(fromUs, bounds.fromUs), toUs: Math.max(toUs, bounds.toUs) } : null
  }

  function follow(touched: Touched): void {
    if (touched === 'everything') {
      for (const kind of ['hour', 'quarter', 'rows'] as const) forgetAll(kind)
      bounds = null
      return
    }
    for (const range of touched) {
      for (const kind of ['hour', 'quarter', 'rows'] as const) forgetRange(kind, range)
      widenBounds(range)
    }
  }

  const isStill = (mark: number | null): boolean => underWay === 0 && mark === generation

  return {
    begin: () => void underWay++,
    end(touched) {
      underWay--
      if (touched.length > 0) generation++
      follow(touched)
    },
    mark: () => (underWay > 0 ? null : generation),
    isStill,
    bounds: () => bounds,
    get: ({ kind, index }) => kept[kind].get(index),
    async loadBounds(statements, mark) {
      const [found] = await statements.rows<{ fromUs: number | null; toUs: number | null }>(`
        SELECT min(timestamp_us)::DOUBLE AS "fromUs", max(timestamp_us)::DOUBLE + 1 AS "toUs" FROM request`)
      const read = { fromUs: found!.fromUs ?? 0, toUs: found!.toUs ?? 0 }
      if (!isStill(mark)) return null
      return (bounds = read)
    },
    async load(statements, segments, mark) {
      for (const kind of ['hour', 'quarter', 'rows'] as const) {
        const wanted = [...new Set(segments.filter((segment) => segment.kind === kind).map(({ index }) => index))]
        const missing = wanted.filter((index) => !kept[kind].has(index))
        if (missing.length === 0) continue
        const loaded = await loadBlocks(statements, kind, missing, mostCells[kind])
        if (loaded === null || !isStill(mark)) return false
        let added = 0
        for (const block of loaded.values()) added += block.cells
        if (cells[kind] + added > mostCells[kind]) {
          // What was asked for last is what will be asked for next.
          const isWanted = new Set(wanted)
          for (const index of kept[kind].keys()) if (!isWanted.has(index)) forget(kind, index)
        }
        if (cells[kind] + added > mostCells[kind]) return false
        for (const [index, block] of loaded) {
          forget(kind, index)
          kept[kind].set(index, block)
          cells[kind] += block.cells
        }
      }
      return true
    },
  }
}
