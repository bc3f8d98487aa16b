import type { ComparisonCost } from '../../contract/source'
import type { SyncState } from '../../contract/workspace'

export interface DataChange {
  asOf: string
  /** Rows that were not there before, newest first, at most 1000. */
  newIds: string[]
  changedRows: number
}

/** Keeps the replica equal to the source. Failures stand in its state; it tries again by itself. */
export interface Sync {
  state(): SyncState
  start(): void
  /** Looks now instead of later. `ids` are rows said to be written. Resolves after that look; false where it failed. */
  lookNow(ids?: string[]): Promise<boolean>
  /** Reads the bodies around a request at once and joins them; gives up after a short while. Never throws. */
  readNear(id: string): Promise<void>
  /** Joins the conversations of these requests anew, after the user has split or joined one. Throws `Failure`. */
  relink(ids: string[]): Promise<void>
  /** Compares the whole retention with the source soon: older rows may have come, gone or changed. */
  recheck(): void
  /** What comparing with the source cost so far. */
  comparison(): ComparisonCost
  /** Looks again for texts that are to be kept. */
  fetchForOffline(): void
  onState(listener: (state: SyncState) => void): () => void
  onData(listener: (change: DataChange) => void): () => void
  close(): Promise<void>
}
