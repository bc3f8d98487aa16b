import type { TrendAnomaly, TrendColumns, TrendFigure } from '../../contract/trends'
import type { BucketSize } from '../../contract/usage'
import { findAnomalies, type AnomalyOptions } from './anomalies'
import { bucketStarts } from './bucket-starts'
import { missingOf, type TimeStretch } from './known-time'
import { rhythmSlots } from './rhythm'

/** A figure of a column that is charted, and how it is judged. */
export const trendFigures: Record<
  TrendFigure,
  { of(columns: TrendColumns): number[]; judge: Omit<AnomalyOptions, 'judgeFrom'> }
> = {
  requests: { of: ({ requests }) => requests, judge: countOf('requests', 10) },
  tokens: {
    of: ({ inputTokens, outputTokens }) => inputTokens.map((tokens, index) => tokens + outputTokens[index]!),
    judge: { smallest: 10_000, format: (value) => `${whole(value)} tokens` },
  },
  costUsd: { of: ({ costUsd }) => costUsd, judge: { smallest: 0.5, format: (value) => `$${value.toFixed(2)}` } },
  errors: { of: ({ errors }) => errors, judge: countOf('errors', 10) },
}

function countOf(what: string, smallest: number): Omit<AnomalyOptions, 'judgeFrom'> {
  return { isCount: true, smallest, format: (value) => `${whole(value)} ${what}` }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

interface JudgedBuckets {
  /** Beginning with the history; the last `shown` of them are the window's. */
  startsMs: number[]
  shown: number
  fromMs: number
  toMs: number
  bucket: BucketSize
  timeZone: string
}

/**
 * Anomalies of the shown buckets. A bucket that the copy does not have whole counts as unknown, the first one is not
 * judged where the window cuts it, and the last one can only be too high there.
 */
export function findTrendAnomalies(
  columns: TrendColumns,
  buckets: JudgedBuckets,
  known: readonly TimeStretch[],
): TrendAnomaly[] {
  const { startsMs, shown, toMs, fromMs, bucket, timeZone } = buckets
  const slots = rhythmSlots(startsMs, bucket, timeZone)
  const first = startsMs.length - shown
  const isLastCut = bucketStarts({ fromMs: toMs, toMs: toMs + 1 }, bucket, timeZone)[0] !== toMs
  const isKnown = startsMs.map((startMs, index) => {
    const endMs = Math.min(startsMs[index + 1] ?? toMs, toMs)
    return missingOf({ fromMs: startMs, toMs: endMs }, known).length === 0
  })
  return (Object.keys(trendFigures) as TrendFigure[]).flatMap((figure) => {
    const values = trendFigures[figure].of(columns)
    const points = values.map((value, index) => ({
      value: isKnown[index] ? value : null,
      slots: slots[index]!,
      isPartial: isLastCut && index === values.length - 1,
    }))
    const judgeFrom = startsMs[first]! < fromMs ? first + 1 : first
    return findAnomalies(points, { ...trendFigures[figure].judge, judgeFrom }).map(
      ({ index, direction, value, expected, reason }) => ({
        figure,
        index: index - first,
        direction,
        value,
        expected,
        reason,
      }),
    )
  })
}
