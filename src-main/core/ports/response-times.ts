import type { QueryWindow } from './replica'

export interface ResponseTimeQuestion {
  window: QueryWindow
  /** A group each; all requests together come in any case. */
  by?: 'model' | 'domain' | 'type' | undefined
  /** Ascending ms, the first at or before the window; the last bucket ends with the window. None unless said. */
  bucketStarts?: number[]
}

/** Of the requests whose time is known. A percentile is SQL's `percentile_disc`: exact, the time of one of them. */
export interface ResponseTimes {
  requests: number
  /** Milliseconds; null where there is no request. */
  p50Ms: number | null
  p95Ms: number | null
  p99Ms: number | null
}

export interface ResponseTimeGroup {
  total: ResponseTimes
  /** In the order of `bucketStarts`. */
  buckets: ResponseTimes[]
}

export interface ResponseTimesAnswer {
  all: ResponseTimeGroup
  /** Most requests first; a null key is the rows without one. */
  groups: (ResponseTimeGroup & { key: string | null })[]
  asOf: string | null
}
