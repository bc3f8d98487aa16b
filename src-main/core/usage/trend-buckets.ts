import type { BucketSize } from '../../contract/usage'
import { Failure } from '../failure'
import type { QueryWindow } from '../ports'
import { bucketStarts } from './bucket-starts'

const dayMs = 86_400_000
/** More points than this make no chart. */
const mostBuckets = 1000

/** Starts of the buckets that a window is cut into. Throws `invalid-input` where there would be too many. */
export function trendBuckets(window: QueryWindow, bucket: BucketSize, timeZone: string): number[] {
  const starts = bucketStarts(window, bucket, timeZone)
  if (starts.length <= mostBuckets) return starts
  throw new Failure('invalid-input', {
    message: `The window has ${starts.length.toLocaleString('en')} points by ${bucket}; at most ${mostBuckets.toLocaleString('en')} can be shown.`,
    hint: 'Choose a shorter window or a longer step.',
  })
}

/** How long before the window its rhythm is learnt; shorter buckets have none that can be told. */
const historyDays: Partial<Record<BucketSize, number>> = { hour: 42, day: 70, week: 26 * 7, month: 24 * 31 }

/** The window with the buckets before it that say what is usual; null for buckets that are not judged. */
export function rhythmBuckets(window: QueryWindow, bucket: BucketSize, timeZone: string) {
  const days = historyDays[bucket]
  if (days === undefined) return null
  const from = { fromMs: Math.max(0, window.fromMs - days * dayMs), toMs: window.toMs }
  const starts = bucketStarts(from, bucket, timeZone)
  return { window: { ...window, fromMs: Math.max(0, starts[0]!) }, bucketStarts: starts }
}
