import type { BucketSize } from '../../contract/usage'
import { offsetSpans, type OffsetSpan } from './zone-offsets'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Buckets of one length on the wall clock. Weeks begin on Monday: 1970-01-01 was a Thursday, three days after one. */
const fixedBuckets: Record<Exclude<BucketSize, 'month'>, { lengthMs: number; shiftMs: number }> = {
  minute: { lengthMs: minuteMs, shiftMs: 0 },
  '5-minutes': { lengthMs: 5 * minuteMs, shiftMs: 0 },
  '15-minutes': { lengthMs: 15 * minuteMs, shiftMs: 0 },
  hour: { lengthMs: hourMs, shiftMs: 0 },
  '6-hours': { lengthMs: 6 * hourMs, shiftMs: 0 },
  day: { lengthMs: dayMs, shiftMs: 0 },
  week: { lengthMs: 7 * dayMs, shiftMs: 3 * dayMs },
}

/** How far before the window its first bucket can begin, with room for a clock change. */
const lookBackMs: Record<BucketSize, number> = {
  minute: 3 * hourMs,
  '5-minutes': 3 * hourMs,
  '15-minutes': 3 * hourMs,
  hour: 3 * hourMs,
  '6-hours': 3 * dayMs,
  day: 3 * dayMs,
  week: 10 * dayMs,
  month: 34 * dayMs,
}

/**
 * Starts of the buckets that cover a half-open window, ascending, the first at or before `fromMs`, aligned to the
 * clock on the wall of the zone. When the clock goes back an hour, the hour that is lived twice makes two buckets of
 * an hour; a day, and what is longer, begins once. When it skips the start of a bucket, that bucket begins with the
 * skip.
 */
export function bucketStarts(window: { fromMs: number; toMs: number }, bucket: BucketSize, timeZone: string): number[] {
  const { fromMs, toMs } = window
  const starts: number[] = []
  let lastKey = -Infinity
  let previous: OffsetSpan | null = null
  const repeats = bucket === 'hour' || bucket.endsWith('minutes') || bucket === 'minute'
  for (const span of offsetSpans(timeZone, fromMs - lookBackMs[bucket], toMs)) {
    const localFrom = span.fromMs + span.offsetMs
    const localTo = span.toMs + span.offsetMs
    const skipped = floorTo(bucket, localFrom)
    const wasLivedBefore = previous === null || skipped <= floorTo(bucket, span.fromMs - 1 + previous.offsetMs)
    if (skipped < localFrom && !wasLivedBefore) {
      starts.push(span.fromMs)
      lastKey = skipped
    }
    const first = skipped === localFrom ? skipped : next(bucket, skipped)
    for (let key = first; key < localTo; key = next(bucket, key)) {
      if (key > lastKey || repeats) starts.push(key - span.offsetMs)
      lastKey = Math.max(lastKey, key)
    }
    previous = span
  }
  return starts.slice(starts.findLastIndex((start) => start <= fromMs))
}

/** Start of the bucket that a wall-clock moment lies in, both as milliseconds since 1970 of that clock. */
function floorTo(bucket: BucketSize, localMs: number): number {
  if (bucket === 'month') {
    const date = new Date(localMs)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  }
  const { lengthMs, shiftMs } = fixedBuckets[bucket]
  return Math.floor((localMs + shiftMs) / lengthMs) * lengthMs - shiftMs
}

function next(bucket: BucketSize, startMs: number): number {
  if (bucket !== 'month') return startMs + fixedBuckets[bucket].lengthMs
  const date = new Date(startMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}
