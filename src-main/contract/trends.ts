import { z } from 'zod'
import { answeredWindow, scope } from './scope'
import { bucketSize } from './usage'

const counts = z.array(z.number().int().nonnegative())
const amounts = z.array(z.number().nonnegative())

/** Figures by bucket, one array each, all of the same length. Null tokens count as 0; unpriced requests stand apart. */
export const trendColumns = z.object({
  requests: counts,
  inputTokens: counts,
  outputTokens: counts,
  cacheReadTokens: counts,
  cacheWriteTokens: counts,
  /** US dollars of the requests that have a price. */
  costUsd: amounts,
  unpricedRequests: counts,
  /** Requests whose cache tokens are not read yet: until this is 0 the cost is a lower bound. */
  usagePending: counts,
  errors: counts,
})
export type TrendColumns = z.infer<typeof trendColumns>

/** What the buckets can be; without it they fit the window. */
export const trendBucket = z.enum(['hour', 'day', 'week', 'month'])
export type TrendBucket = z.infer<typeof trendBucket>

export const trendInput = scope.safeExtend({
  bucket: trendBucket.optional(),
  /** What each bucket is split by. */
  by: z.enum(['domain', 'model', 'type']).optional(),
})
export type TrendInput = z.infer<typeof trendInput>

/** A stretch of the window, half open in ISO UTC. */
const stretch = z.object({ from: z.string(), to: z.string() })
export type TrendStretch = z.infer<typeof stretch>

const buckets = {
  ...answeredWindow,
  bucket: bucketSize,
  /** Of each bucket, ascending in ISO UTC, the first at or before the window; the last bucket ends with the window. */
  starts: z.array(z.string()),
}

export const trendFigure = z.enum(['requests', 'tokens', 'costUsd', 'errors'])
export type TrendFigure = z.infer<typeof trendFigure>

/** A point of all requests together that breaks the rhythm of its own series. Tokens are input and output. */
export const trendAnomaly = z.object({
  figure: trendFigure,
  /** Place among the buckets. */
  index: z.number().int().nonnegative(),
  direction: z.enum(['above', 'below']),
  value: z.number().nonnegative(),
  expected: z.number().nonnegative(),
  /** Why it stands out, as a sentence. */
  reason: z.string(),
})
export type TrendAnomaly = z.infer<typeof trendAnomaly>

/** Bands go by the forecast's buckets; the interval is made to hold the outcome in 8 of 10 cases. */
export const trendForecast = z.object({
  bands: z.array(z.object({ value: z.number(), low: z.number(), high: z.number(), isTested: z.boolean() })),
  /** How it was made, and how far such forecasts were off, as sentences. */
  method: z.string(),
  error: z.string(),
})
export type TrendForecast = z.infer<typeof trendForecast>
/** Why there is none, as a sentence. */
const noForecast = z.object({ reason: z.string() })
const forecastOrNot = z.union([trendForecast, noForecast])

export const trendSeries = z.object({
  /** Null: the requests without one. */
  key: z.string().nullable(),
  /** All but the largest in one. */
  isOthers: z.boolean(),
  columns: trendColumns,
})
export type TrendSeries = z.infer<typeof trendSeries>

/** Usage over time, all from one snapshot of the replica. */
export const trends = z.object({
  ...buckets,
  all: trendColumns,
  /** The same length of time just before, bucket by bucket as far as it has as many. */
  previous: stretch.extend({ columns: trendColumns, isWhole: z.boolean() }),
  /** Of the split, most requests first; at most eight. */
  series: z.array(trendSeries),
  /** Stretches of the window that the local copy does not have. */
  missing: z.array(stretch),
  anomalies: z.array(trendAnomaly),
  /** Null where the window does not reach to now, or its buckets are shorter than a day. */
  forecast: z
    .object({
      /** The first may be the window's last bucket, which is then forecast whole. */
      starts: z.array(z.string()),
      requests: forecastOrNot,
      tokens: forecastOrNot,
      costUsd: forecastOrNot,
    })
    .nullable(),
})
export type Trends = z.infer<typeof trends>

const milliseconds = z.array(z.number().nullable())

/** Percentiles by bucket in milliseconds, exact; null where no request has a time. */
export const timeColumns = z.object({ requests: counts, p50Ms: milliseconds, p95Ms: milliseconds, p99Ms: milliseconds })
export type TimeColumns = z.infer<typeof timeColumns>

export const trendResponseTimes = z.object({
  ...buckets,
  all: timeColumns,
  previous: timeColumns,
  /** Of the split, most requests first; at most eight. Percentiles of the others cannot be put together. */
  series: z.array(z.object({ key: z.string().nullable(), columns: timeColumns })),
})
export type TrendResponseTimes = z.infer<typeof trendResponseTimes>

export const trendPatterns = z.object({
  ...buckets,
  /** Requests, tokens and cost by hour of the week in the time zone: 168 from Monday, midnight. */
  week: z.object({ requests: counts, tokens: counts, costUsd: amounts, errors: counts }),
  /** Answers that are no errors by why they stopped; null: none is said. Most first. */
  stopReasons: z.array(z.object({ key: z.string().nullable(), requests: counts })),
  /** Tools that answers called; '' is calls without a name. Most calls first, at most 100. */
  tools: z.array(z.object({ name: z.string(), calls: counts, requests: counts })),
  /** Answers of each bucket that are not read for these yet. */
  stopReasonPending: counts,
  toolsPending: counts,
})
export type TrendPatterns = z.infer<typeof trendPatterns>
