import { hourUs, usFromMs } from './time-units'
import type { TimeRange } from './replica-store'
import type { QueryWindow } from '../core/ports'

/** Where a bucket begins in an hour that is not UTC's, it begins at one of these: no zone is off by less. */
export const quarterUs = hourUs / 4

/** A stretch of a window: an hour's or a quarter's sums, or the rows of a quarter where even that is cut. */
export interface Segment {
  kind: 'hour' | 'quarter' | 'rows'
  /** Hours or quarters since 1970. */
  index: number
}

/** The stretches that make up a window, ascending. None reaches over the start of a bucket but rows. */
export function planBlocks(
  window: QueryWindow,
  startsMs: readonly number[],
  { rolledUntilHour, bounds }: { rolledUntilHour: number; bounds: TimeRange },
): Segment[] {
  const fromUs = Math.max(usFromMs(window.fromMs), bounds.fromUs)
  const toUs = Math.min(usFromMs(window.toMs), bounds.toUs)
  const segments: Segment[] = []
  let next = 0
  /** Whether nothing cuts the stretch from `startUs` to `endUs`. */
  const isWhole = (startUs: number, endUs: number): boolean => {
    while (next < startsMs.length && usFromMs(startsMs[next]!) <= startUs) next++
    const isCut = next < startsMs.length && usFromMs(startsMs[next]!) < endUs
    return startUs >= fromUs && endUs <= toUs && !isCut
  }
  for (let hour = Math.floor(fromUs / hourUs); hour * hourUs < toUs; hour++) {
    const startUs = hour * hourUs
    if (hour < rolledUntilHour && isWhole(startUs, startUs + hourUs)) {
      segments.push({ kind: 'hour', index: hour })
      continue
    }
    for (let index = hour * 4; index < hour * 4 + 4; index++) {
      const quarterStartUs = index * quarterUs
      if (quarterStartUs >= toUs || quarterStartUs + quarterUs <= fromUs) continue
      const kind = isWhole(quarterStartUs, quarterStartUs + quarterUs) ? 'quarter' : 'rows'
      segments.push({ kind, index })
    }
  }
  return segments
}
