import type { QueryWindow } from '../core/ports'
import type { BlockCache } from './block-cache'
import { cellWidth, type Block } from './load-blocks'
import { planBlocks, quarterUs, type Segment } from './plan-blocks'
import type { BucketedWindow, Cell } from './read-cells'
import type { TimeRange } from './replica-store'
import { hourUs, usFromMs } from './time-units'
import type { Words } from './words'

/** Place of the time in a cell, after domain, model and the sums. */
const lastUs = cellWidth - 1

export interface PlannedWindow extends BucketedWindow {
  segments: Segment[]
  /** Codes to look for; -1 is any. */
  domain: number
  model: number
  /** Codes are below it. */
  wordCount: number
}

/** Codes of a window's domain and model, -1 for any; null when no row has them. */
export function codesOf(
  words: Words,
  { domain, model }: Pick<QueryWindow, 'domain' | 'model'>,
): { domain: number; model: number } | null {
  const codeOf = (text: string | undefined): number | null =>
    text === undefined ? -1 : text === '' ? 0 : words.find(text)
  const [domainCode, modelCode] = [codeOf(domain), codeOf(model)]
  return domainCode === null || modelCode === null ? null : { domain: domainCode, model: modelCode }
}

/** How the windows are made of blocks. A window whose domain or model no row has is made of none. */
export function planWindows(
  { words, rolledUntilHour }: { words: Words; rolledUntilHour: number },
  windows: readonly BucketedWindow[],
  bounds: TimeRange,
): PlannedWindow[] {
  const wordCount = words.count()
  return windows.map((one) => {
    const codes = codesOf(words, one.window)
    const segments = codes ? planBlocks(one.window, one.startsMs, { rolledUntilHour, bounds }) : []
    return { ...one, ...(codes ?? { domain: -1, model: -1 }), segments, wordCount }
  })
}

/** Visits the sums of each window by bucket, domain and model. False, and nothing visited, where a block is missing. */
export function visitBlocks(cache: BlockCache, windows: readonly PlannedWindow[]): boolean {
  const blocks: Block[][] = []
  for (const { segments } of windows) {
    const found: Block[] = []
    for (const segment of segments) {
      const block = cache.get(segment)
      if (!block) return false
      found.push(block)
    }
    blocks.push(found)
  }
  for (const [index, window] of windows.entries()) visitWindow(window, blocks[index]!)
  return true
}

function visitWindow(
  { window, startsMs, segments, domain, model, visit, wordCount }: PlannedWindow,
  blocks: Block[],
): void {
  const fromUs = usFromMs(window.fromMs)
  const toUs = usFromMs(window.toMs)
  const startsUs = startsMs.map(usFromMs)
  const group = createGroup(wordCount, visit)
  for (const [at, { kind, index }] of segments.entries()) {
    const { values } = blocks[at]!
    if (kind !== 'rows') group.reach(Math.max(index * (kind === 'hour' ? hourUs : quarterUs), fromUs), startsUs)
    for (let cell = 0; cell < values.length; cell += cellWidth) {
      if (domain >= 0 && values[cell] !== domain) continue
      if (model >= 0 && values[cell + 1] !== model) continue
      if (kind === 'rows') {
        const timeUs = values[cell + lastUs]!
        if (timeUs < fromUs || timeUs >= toUs) continue
        group.reach(timeUs, startsUs)
      }
      group.add(values, cell)
    }
  }
  group.tell()
}

/** Pairs of codes up to this many have a place in a plain table; a map is several times slower. */
const largestTable = 4_194_304

/** Adds up the cells of one bucket by domain and model, and tells them when the next bucket begins. */
function createGroup(wordCount: number, visit: (cell: Cell) => void) {
  const cell = {} as Cell
  const table = wordCount ** 2 <= largestTable ? new Int32Array(wordCount ** 2) : null
  const map = new Map<number, number>()
  let sums = new Float64Array(256 * cellWidth)
  let end = 0
  let bucket = 0

  /** Where the sums of a cell's domain and model stand; new ones begin with zeros. */
  function placeOf(domain: number, model: number): number {
    const key = domain * wordCount + model
    const known = table ? table[key]! : (map.get(key) ?? 0)
    if (known > 0) return known - 1
    const place = end
    end += cellWidth
    if (end > sums.length) {
      const larger = new Float64Array(sums.length * 2)
      larger.set(sums)
      sums = larger
    }
    if (table) table[key] = place + 1
    else map.set(key, place + 1)
    sums.fill(0, place, end)
    sums[place] = domain
    sums[place + 1] = model
    return place
  }

  function tell(): void {
    for (let place = 0; place < end; place += cellWidth) {
      cell.bucket = bucket
      cell.domain = sums[place]!
      cell.model = sums[place + 1]!
      cell.requests = sums[place + 2]!
      cell.inputTokens = sums[place + 3]!
      cell.outputTokens = sums[place + 4]!
      cell.cacheReadTokens = sums[place + 5]!
      cell.cacheWriteTokens = sums[place + 6]!
      cell.costMicroUsd = sums[place + 7]!
      cell.costRestPico = sums[place + 8]!
      cell.unpriced = sums[place + 9]!
      cell.pending = sums[place + 10]!
      cell.errors = sums[place + 11]!
      cell.lastUs = sums[place + 12]!
      if (table) table[cell.domain * wordCount + cell.model] = 0
      visit(cell)
    }
    map.clear()
    end = 0
  }

  return {
    tell,
    /** Goes on to the bucket that a time lies in; times come in order. */
    reach(timeUs: number, startsUs: readonly number[]): void {
      if (bucket + 1 >= startsUs.length || startsUs[bucket + 1]! > timeUs) return
      tell()
      while (bucket + 1 < startsUs.length && startsUs[bucket + 1]! <= timeUs) bucket++
    },
    add(values: Float64Array, from: number): void {
      const to = placeOf(values[from]!, values[from + 1]!)
      // Written out: a loop of ten takes twice as long, and this is what a long window consists of.
      sums[to + 2]! += values[from + 2]!
      sums[to + 3]! += values[from + 3]!
      sums[to + 4]! += values[from + 4]!
      sums[to + 5]! += values[from + 5]!
      sums[to + 6]! += values[from + 6]!
      sums[to + 7]! += values[from + 7]!
      sums[to + 8]! += values[from + 8]!
      sums[to + 9]! += values[from + 9]!
      sums[to + 10]! += values[from + 10]!
      sums[to + 11]! += values[from + 11]!
      const timeUs = values[from + lastUs]!
      if (timeUs > sums[to + lastUs]!) sums[to + lastUs] = timeUs
    },
  }
}
