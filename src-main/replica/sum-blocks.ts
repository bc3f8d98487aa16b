import { cellWidth, type Block } from './load-blocks'
import type { Segment } from './plan-blocks'
import { hourUs } from './time-units'

/** Place of the time in a cell, after domain, model and the sums. */
const lastUs = cellWidth - 1
/** Pairs of codes up to this many have a place in a plain table; a map is several times slower. */
const largestTable = 4_194_304

/** Adds up cells by domain and model. */
export function createSums(wordCount: number) {
  const table = wordCount ** 2 <= largestTable ? new Int32Array(wordCount ** 2) : null
  const map = new Map<number, number>()
  let sums = new Float64Array(256 * cellWidth)
  let end = 0

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

  return {
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
    /** The sums by now, as the cells of a block; to be copied by who keeps them. */
    values: (): Float64Array => sums.subarray(0, end),
    clear(): void {
      if (table) {
        for (let place = 0; place < end; place += cellWidth) table[sums[place]! * wordCount + sums[place + 1]!] = 0
      }
      map.clear()
      end = 0
    },
  }
}

type Sums = ReturnType<typeof createSums>

interface Stretch extends Segment {
  block: Block
}

interface KnownSum {
  of: readonly Block[]
  sum: Block
}

/** Sums of hours by the first that has any, which the others follow: a block never changes, another takes its place. */
const known = new WeakMap<Block, KnownSum[]>()
/** Days, weeks and months may begin with the same hour. */
const mostKnown = 4

/**
 * The stretches of a window with their blocks, where the hours of one bucket are one block of their sums. What was
 * added up once is remembered: another filter, or the next minute, then reads a day where it would read 24 hours.
 */
export function sumHours(
  segments: readonly Segment[],
  blocks: readonly Block[],
  { startsUs, wordCount }: { startsUs: readonly number[]; wordCount: number },
): Stretch[] {
  const stretches: Stretch[] = []
  let sums: Sums | undefined
  let bucket = 0
  for (let at = 0, end = 1; at < segments.length; at = end, end++) {
    const segment = segments[at]!
    if (segment.kind === 'hour') {
      while (bucket + 1 < startsUs.length && startsUs[bucket + 1]! <= segment.index * hourUs) bucket++
      const nextUs = startsUs[bucket + 1] ?? Infinity
      while (segments[end]?.kind === 'hour' && segments[end]!.index * hourUs < nextUs) end++
    }
    const isRun = end - at > 1
    const block = isRun ? sumOf(blocks.slice(at, end), (sums ??= createSums(wordCount))) : blocks[at]!
    stretches.push({ ...segment, block })
  }
  return stretches
}

function sumOf(blocks: readonly Block[], sums: Sums): Block {
  const some = blocks.filter(({ cells }) => cells > 0)
  const [first] = some
  if (first === undefined || some.length === 1) return first ?? blocks[0]!
  const beginAlike = known.get(first) ?? []
  const former = beginAlike.find(({ of }) => of.length === some.length && of.every((block, at) => block === some[at]))
  if (former) return former.sum
  for (const { values } of some) for (let cell = 0; cell < values.length; cell += cellWidth) sums.add(values, cell)
  const values = sums.values().slice()
  sums.clear()
  const sum = { cells: values.length / cellWidth, values }
  known.set(first, [{ of: some, sum }, ...beginAlike].slice(0, mostKnown))
  return sum
}
