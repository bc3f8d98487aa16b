import type { TimeRange } from './replica-store'
import { usFromMs } from './time-units'

/*
 * Which stretches of time the replica has whole. Ranges are half open, in microseconds, ascending, apart.
 */

/** The ranges with `added`; neighbours that touch become one. */
export function addRange(ranges: readonly TimeRange[], added: TimeRange): TimeRange[] {
  if (added.fromUs >= added.toUs) return [...ranges]
  const apart = ranges.filter((range) => range.toUs < added.fromUs || range.fromUs > added.toUs)
  const touching = [added, ...ranges.filter((range) => range.toUs >= added.fromUs && range.fromUs <= added.toUs)]
  const merged = {
    fromUs: Math.min(...touching.map((range) => range.fromUs)),
    toUs: Math.max(...touching.map((range) => range.toUs)),
  }
  return [...apart, merged].sort((a, b) => a.fromUs - b.fromUs)
}

/** The parts of the ranges that lie within `within`. */
export function clipRanges(ranges: readonly TimeRange[], within: TimeRange): TimeRange[] {
  return ranges
    .map((range) => ({
      fromUs: Math.max(range.fromUs, within.fromUs),
      toUs: Math.min(range.toUs, within.toUs),
    }))
    .filter((range) => range.fromUs < range.toUs)
}

/** The newest stretch of `within` that no range covers, or null when all of it is covered. */
export function newestGap(ranges: readonly TimeRange[], within: TimeRange): TimeRange | null {
  let toUs = within.toUs
  for (const range of clipRanges(ranges, within).reverse()) {
    if (range.toUs < toUs) return { fromUs: range.toUs, toUs }
    toUs = range.fromUs
  }
  return within.fromUs < toUs ? { fromUs: within.fromUs, toUs } : null
}

/** The parts of `within` that no range covers, ascending. */
export function gapsIn(ranges: readonly TimeRange[], within: TimeRange): TimeRange[] {
  const gaps: TimeRange[] = []
  let fromUs = within.fromUs
  for (const range of clipRanges(ranges, within)) {
    if (range.fromUs > fromUs) gaps.push({ fromUs, toUs: range.fromUs })
    fromUs = range.toUs
  }
  if (fromUs < within.toUs) gaps.push({ fromUs, toUs: within.toUs })
  return gaps
}

/** How much of `within` is covered, 0 to 1; 1 for an empty stretch. */
export function coveredShare(ranges: readonly TimeRange[], within: TimeRange): number {
  const length = within.toUs - within.fromUs
  if (length <= 0) return 1
  return clipRanges(ranges, within).reduce((sum, range) => sum + range.toUs - range.fromUs, 0) / length
}

/** A look is due every few seconds, and is late while the source is slow: that is no gap yet. */
const patienceMs = 120_000

/** What of a window is not covered, in ms. */
export function missingIn(coverage: readonly TimeRange[], { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const within = { fromUs: usFromMs(fromMs), toUs: usFromMs(Math.min(toMs, Date.now() - patienceMs)) }
  return gapsIn(coverage, within).map((gap) => ({ fromMs: gap.fromUs / 1000, toMs: gap.toUs / 1000 }))
}
