import type { TrendColumns } from '../../contract/trends'
import type { QueryWindow } from './replica'

export type TrendSplit = 'domain' | 'model' | 'type'

/** A window cut into buckets. `bucketStarts`: ascending ms, the first at or before the window; the last ends with it. */
export interface TrendPart {
  window: QueryWindow
  bucketStarts: number[]
  /** A group for each value of it; all requests together come in any case. */
  by?: TrendSplit | undefined
}

export interface TrendPartAnswer {
  all: TrendColumns
  /** Most requests first; a null key is the rows without one. */
  groups: { key: string | null; columns: TrendColumns }[]
}

export interface TrendsAnswer {
  /** In the order of the parts asked for, all of one snapshot. */
  parts: TrendPartAnswer[]
  asOf: string | null
}

export interface OutcomesAnswer {
  /** Answers that were read and are no errors, by what they stopped for (null: none is said), most first. */
  stopReasons: { key: string | null; requests: number[] }[]
  /** Most calls first. `requests` is how many answers called it; '' is calls without a name. */
  tools: { name: string; calls: number[]; requests: number[] }[]
  /** Answers of each bucket whose stop reason, and whose tools, are not read yet. */
  stopReasonPending: number[]
  toolsPending: number[]
  asOf: string | null
}
