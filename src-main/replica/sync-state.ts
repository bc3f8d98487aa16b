import type { FailureShape } from '../contract/errors'
import type { SyncNotice, SyncState } from '../contract/workspace'
import type { DataChange } from '../core/ports'
import { coveredShare } from './coverage'
import type { Counts, ReplicaStore } from './replica-store'
import { isoFromUs } from './time-units'

/** Listeners of one kind of news. */
export function createListeners<T>() {
  const listeners = new Set<(news: T) => void>()
  return {
    add(listener: (news: T) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(news: T): void {
      for (const listener of listeners) listener(news)
    },
  }
}

const notices: Record<Exclude<SyncNotice['kind'], 'rebuilt'>, string> = {
  'other-database':
    'Another database answers at this address than the one that the local copy was made from. The copy was emptied and is being read again.',
  moved:
    'The database was moved or restored. Its requests are the same as far as was looked; all of them are being compared.',
  'earlier-state':
    'The database went back to an earlier state. Requests that it no longer has leave the local copy as it is compared.',
}

export type SyncPart = 'follow' | 'backfill'

/** Told at most this often: progress moves with every piece. */
const tellEveryMs = 250
/** Background work announces itself at most this often; new rows always at once. */
const announceEveryMs = 1000

/** What the sync says of itself. Changes are told together, a few times a second at most. */
export function createSyncStatus(replica: ReplicaStore, { isPaused }: { isPaused: boolean }) {
  const states = createListeners<SyncState>()
  const changes = createListeners<DataChange>()
  const failures = new Map<SyncPart, FailureShape>()
  let phase: SyncState['phase'] = isPaused ? 'paused' : 'waiting'
  let notice: SyncNotice | null =
    replica.notice === null ? null : { kind: 'rebuilt', at: new Date().toISOString(), message: replica.notice }
  let counts: Counts = { rows: 0, usagePending: 0 }
  let targetUs: number | null = null
  let lastSyncAt: string | null = null
  let telling: NodeJS.Timeout | null = null
  let announcing: NodeJS.Timeout | null = null
  let quietRows = 0
  let closed = false

  function state(): SyncState {
    const asOfUs = replica.asOfUs()
    const coverage = replica.coverage()
    const top = asOfUs === null ? undefined : coverage.find((range) => range.fromUs <= asOfUs && asOfUs <= range.toUs)
    const wanted = targetUs === null || asOfUs === null ? null : { fromUs: Math.min(targetUs, asOfUs), toUs: asOfUs }
    return {
      phase,
      asOf: replica.asOf(),
      syncedFrom: top ? isoFromUs(Math.max(top.fromUs, targetUs ?? 0)) : null,
      syncTarget: targetUs === null ? null : isoFromUs(targetUs),
      progress: wanted ? coveredShare(coverage, wanted) : 0,
      ...counts,
      lastSyncAt,
      failure: failures.get('follow') ?? failures.get('backfill') ?? null,
      ...(notice && { notice }),
    }
  }

  function changed(): void {
    if (closed) return
    telling ??= setTimeout(() => {
      telling = null
      states.tell(state())
    }, tellEveryMs)
  }

  function announce(change: Omit<DataChange, 'asOf'>): void {
    const asOf = replica.asOf()
    if (asOf !== null && !closed) changes.tell({ asOf, ...change })
  }

  function announceQuietly(): void {
    announcing = null
    const changedRows = quietRows
    quietRows = 0
    if (changedRows > 0) announce({ newIds: [], changedRows })
  }

  return {
    state,
    onState: states.add,
    onData: changes.add,
    set(next: { phase?: SyncState['phase']; targetUs?: number; lastSyncAt?: string; counts?: Counts }): void {
      if (next.phase !== undefined) phase = next.phase
      if (next.targetUs !== undefined) targetUs = next.targetUs
      if (next.lastSyncAt !== undefined) lastSyncAt = next.lastSyncAt
      if (next.counts !== undefined) counts = next.counts
      changed()
    },
    notify(kind: keyof typeof notices): void {
      notice = { kind, at: new Date().toISOString(), message: notices[kind] }
      changed()
    },
    fail(part: SyncPart, failure: FailureShape): void {
      failures.set(part, failure)
      changed()
    },
    succeed(part: SyncPart): void {
      if (failures.delete(part)) changed()
    },
    announce,
    /** Rows that were filled in behind the scenes: told together. */
    addQuietRows(rows: number): void {
      quietRows += rows
      if (!closed) announcing ??= setTimeout(announceQuietly, announceEveryMs)
    },
    close(): void {
      closed = true
      if (telling) clearTimeout(telling)
      if (announcing) clearTimeout(announcing)
    },
  }
}

export type SyncStatus = ReturnType<typeof createSyncStatus>
