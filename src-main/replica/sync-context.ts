import type { Log, Source } from '../core/ports'
import type { ReplicaStore } from './replica-store'
import type { SyncStatus } from './sync-state'
import { dayUs, floorToHourUs } from './time-units'

/** What the parts of the sync share. */
export interface SyncContext {
  source: Source
  replica: ReplicaStore
  log: Log
  status: SyncStatus
  /** Ends with the sync. */
  signal: AbortSignal
  retentionDays: number
}

/** Rows before this moment are not kept. */
export function retentionFloorUs(clockUs: number, retentionDays: number): number {
  return floorToHourUs(clockUs - retentionDays * dayUs)
}

/** Brings the state's counts up to date after a write. */
export async function refreshCounts({ replica, status }: SyncContext): Promise<void> {
  status.set({ counts: await replica.counts() })
}
