import type { Scope } from '../../contract/scope'
import type { BucketSize } from '../../contract/usage'
import { Failure } from '../failure'
import type { QueryWindow } from '../ports'
import { readQuery } from '../search/parse-query'
import { bucketStarts } from './bucket-starts'

export interface ResolvedWindow {
  window: QueryWindow
  /** The same length of time just before. */
  previous: QueryWindow
  bucket: BucketSize
  bucketStarts: number[]
  timeZone: string
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const defaultHours = 24
const longestDays = 3660

/** Longest window for each bucket: up to about 120 points, days with room for the hour of a clock change. */
const longestFor: [BucketSize, number][] = [
  ['minute', 2 * hourMs],
  ['5-minutes', 6 * hourMs],
  ['15-minutes', 18 * hourMs],
  ['hour', 7 * dayMs + hourMs],
  ['6-hours', 15 * dayMs],
  ['day', 125 * dayMs],
  ['week', 2 * 366 * dayMs],
]

/**
 * The window that a scope means now, the one before it, and the buckets between. `hours` goes back from now, or from
 * the newest row where the database's clock runs ahead. Throws `invalid-input` for a window that has not begun or is longer
 * than ten years, and for a query that cannot be understood.
 */
export function resolveWindow(
  scope: Scope,
  options: { nowMs: number; asOfMs: number | null; timeZone: string },
): ResolvedWindow {
  const timeZone = scope.tz ?? options.timeZone
  // The window is half open and `asOf` is cut to milliseconds: one more, so that the newest row is in it.
  const endMs = Math.max(options.nowMs, options.asOfMs === null ? -Infinity : options.asOfMs + 1)
  const toMs = scope.to === undefined ? endMs : Date.parse(scope.to)
  const fromMs = scope.from === undefined ? toMs - (scope.hours ?? defaultHours) * hourMs : Date.parse(scope.from)
  if (!(fromMs < toMs)) {
    throw new Failure('invalid-input', {
      message: 'The window ends before it begins.',
      hint: 'Choose a start that lies in the past.',
    })
  }
  if (fromMs < 0 || toMs - fromMs > longestDays * dayMs) {
    throw new Failure('invalid-input', {
      message: 'The window is too long.',
      hint: 'Choose at most ten years, and none before 1970.',
    })
  }
  const bucket = longestFor.find(([, longestMs]) => toMs - fromMs <= longestMs)?.[0] ?? 'month'
  const { domain, model } = scope
  const query = readQuery(scope.q ?? '') ?? undefined
  return {
    window: { fromMs, toMs, domain, model, query },
    previous: { fromMs: fromMs - (toMs - fromMs), toMs: fromMs, domain, model, query },
    bucket,
    bucketStarts: bucketStarts({ fromMs, toMs }, bucket, timeZone),
    timeZone,
  }
}
