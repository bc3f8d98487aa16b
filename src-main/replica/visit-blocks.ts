import type { QueryWindow } from '../core/ports'
import type { BlockCache } from './block-cache'
import { cellWidth, type Block } from './load-blocks'
import { planBlocks, quarterUs, type Segment } from './plan-blocks'
import type { BucketedWindow, Cell } from './read-cells'
import { createSums, sumHours } from './sum-blocks'
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
  for (const { kind, index, block } of sumHours(segments, blocks, { startsUs, wordCount })) {
    const { values } = block
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

/** Adds up the cells of one bucket by domain and model, and tells them when the next bucket begins. */
function createGroup(wordCount: number, visit: (cell: Cell) => void) {
  const cell = {} as Cell
  const sums = createSums(wordCount)
  let bucket = 0

  function tell(): void {
    const values = sums.values()
    for (let place = 0; place < values.length; place += cellWidth) {
      cell.bucket = bucket
      cell.domain = values[place]!
      cell.model = values[place + 1]!
      cell.requests = values[place + 2]!
      cell.inputTokens = values[place + 3]!
      cell.outputTokens = values[place + 4]!
      cell.cacheReadTokens = values[place + 5]!
      cell.cacheWriteTokens = values[place + 6]!
      cell.costMicroUsd = values[place + 7]!
      cell.costRestPico = values[place + 8]!
      cell.unpriced = values[place + 9]!
      cell.pending = values[place + 10]!
      cell.errors = values[place + 11]!
      cell.lastUs = values[place + 12]!
      visit(cell)
    }
    sums.clear()
  }

  return {
    tell,
    add: sums.add,
    /** Goes on to the bucket that a time lies in; times come in order. */
    reach(timeUs: number, startsUs: readonly number[]): void {
      if (bucket + 1 >= startsUs.length || startsUs[bucket + 1]! > timeUs) return
      tell()
      while (bucket + 1 < startsUs.length && startsUs[bucket + 1]! <= timeUs) bucket++
    },
  }
}
