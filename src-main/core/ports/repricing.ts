import type { UsageToPrice } from '../pricing/usage-to-price'
import type { CancelSignal } from './outside'

/** What prices stored requests, and the key that tells one such from another. */
export interface KeyedPricer {
  readonly key: string
  /** Integer picodollars (1e-12 USD); null when there is no price. */
  price(usage: UsageToPrice): { picoUsd: number | null }
}

/** Requests of one model and month, with the prices that are stored and those of another pricer. US dollars. */
export interface ModelMonthDifference {
  model: string | null
  monthMs: number
  requests: number
  changedRequests: number
  before: { costUsd: number; unpricedRequests: number }
  after: { costUsd: number; unpricedRequests: number }
}

export interface RepriceOptions {
  signal?: CancelSignal
  /** 0 to 1 of the requests. */
  onProgress?(share: number): void
  /** Begins at the top whatever is said to be done: rows were written under other prices meanwhile. */
  isAnew?: boolean
  /** Most requests of a transaction, where no single hour has more. */
  rowsPerSlice?: number
}

/** Prices of what is stored. All throw `Failure` alone, `query-cancelled` once the signal is given. */
export interface Repricing {
  /** 0 to 1 of the stored requests that bear the pricer's prices; null when all do. */
  repricedShare(key: string): Promise<number | null>
  /**
   * Prices every stored request anew, newest first, a transaction a slice, its place in it: what is broken off goes on
   * where it was, also in the next run. Rows that come meanwhile have the new prices already.
   */
  reprice(pricer: KeyedPricer, options?: RepriceOptions): Promise<void>
  /** What `reprice` would change. `monthStarts`: ascending ms; rows before the first count to it. */
  previewPrices(
    pricer: KeyedPricer,
    monthStarts: readonly number[],
    options?: RepriceOptions,
  ): Promise<ModelMonthDifference[]>
  /** When the oldest stored request was made, in ms; null without any. */
  oldestMs(): Promise<number | null>
}
