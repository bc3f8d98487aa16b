import { mkdtemp, rm } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataChange, Log, Source, Sync } from '../../src-main/core/ports'
import type { SyncState } from '../../src-main/contract/workspace'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export const ledger = createLedger(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../resources/claude-prices.json'), 'utf8')),
)

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'nexus-replica-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export function openTestReplica(directory: string, log: Log = silentLog): Promise<ReplicaStore> {
  return openReplica({ directory, sourceKey: 'test', ledger, log })
}

export interface Running {
  source: Source
  replica: ReplicaStore
  sync: Sync
  changes: DataChange[]
  close(): Promise<void>
}

/** A replica in `directory` that follows the database; `change` may put something between the two. */
export async function startSync(
  directory: string,
  databaseUrl: string,
  options: { change?: (source: Source) => Source; retentionDays?: number; now?: () => number } = {},
): Promise<Running> {
  const { change = (source) => source, retentionDays = 90, now } = options
  const source = change(createPostgresSource({ databaseUrl, log: silentLog }))
  const replica = await openTestReplica(directory)
  const sync = createSync({ source, replica, log: silentLog, retentionDays, ...(now && { now }) })
  const changes: DataChange[] = []
  sync.onData((news) => changes.push(news))
  sync.start()
  return {
    source,
    replica,
    sync,
    changes,
    async close() {
      await sync.close()
      await source.close()
      await replica.close()
    },
  }
}

/** Resolves with the first state that fits. */
export function stateOf(sync: Sync, fits: (state: SyncState) => boolean): Promise<SyncState> {
  return new Promise((resolve) => {
    if (fits(sync.state())) {
      resolve(sync.state())
      return
    }
    const stop = sync.onState((state) => {
      if (!fits(state)) return
      stop()
      resolve(state)
    })
  })
}

/** The whole retention is here; answers may still be read. */
export function isWhole(state: SyncState): boolean {
  return state.phase === 'following' && state.progress === 1
}

/** The whole retention is here and every answer was read. */
export function isComplete(state: SyncState): boolean {
  return isWhole(state) && state.usagePending === 0
}

export async function allRows(replica: ReplicaStore, window: { fromMs: number; toMs: number }) {
  const rows = []
  let cursor: string | undefined
  do {
    const page = await replica.list({ ...window, errorsOnly: false, limit: 500, cursor })
    rows.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return rows
}
