import { join } from 'node:path'
import type { FailureShape } from '../contract/errors'
import type { ManualLink } from '../contract/manual-links'
import type { FeedState, SourceState, Workspace } from '../contract/workspace'
import { asFailure } from '../core/failure'
import type { Annotations, DataChange, Feed, Log, Source, SourceFacts, Sync } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { createFeed } from '../live/create-feed'
import { probeFeed, type FeedProbe } from '../live/probe-feed'
import { createPostgresListener } from '../postgres/postgres-listener'
import { createPostgresSource } from '../postgres/postgres-source'
import { createSync } from '../replica/create-sync'
import { openAnnotations } from '../settings/open-annotations'
import { openReplica, type ReplicaStore } from '../replica/open-replica'

/** What to open; secrets are in here and go no further than the pool and the feed. */
export interface WorkspacePlan {
  kind: 'sample' | 'connection'
  id: string
  name: string
  colour: Workspace['colour']
  databaseUrl: string
  dashboardUrl: string | null
  apiKey: string | null
}

/** A source, its replica, and what keeps the two equal. */
export interface OpenWorkspace {
  /** Names the source for what the user keeps about it. */
  sourceKey: string
  state(): Workspace
  source: Source
  replica: ReplicaStore
  sync: Sync
  feed: Feed
  annotations: Annotations
  /** Opens the proxy's stream once beside the feed; null without a dashboard URL. */
  probeFeed: (() => Promise<FeedProbe>) | null
  hasFeedKey: boolean
  close(): Promise<void>
}

const pollEveryMs = 5000

/**
 * Opens the replica from disk, then starts to follow the source. Needs no network: what cannot be reached stands in
 * the state and is tried again. Throws `replica-locked` or `replica-failed`.
 */
export async function openWorkspace(
  plan: WorkspacePlan,
  options: {
    dataDirectory: string
    ledger: PriceLedger
    retentionDays: number
    /** What the user split and joined by hand in the source of this key. */
    manualLinks(sourceKey: string): readonly ManualLink[]
    log: Log
    onState(): void
    onData(change: DataChange): void
    onAnnotations(): void
  },
): Promise<OpenWorkspace> {
  const { log, ledger, retentionDays, onState } = options
  const { dashboardUrl, apiKey } = plan
  const source = createPostgresSource({ databaseUrl: plan.databaseUrl, log })
  // The sample's port changes with every start; its data does not.
  const sourceKey = plan.kind === 'sample' ? 'sample' : source.key
  const { dataDirectory } = options
  const giveUp = async (error: unknown): Promise<never> => {
    await source.close()
    throw error
  }
  const annotations = await openAnnotations({
    directory: join(dataDirectory, 'annotations'),
    sourceKey,
    log,
  }).catch(giveUp)
  const replica = await openReplica({
    directory: join(dataDirectory, 'replica'),
    sourceKey,
    ledger,
    log,
  }).catch(giveUp)
  const sync = createSync({
    source,
    replica,
    log,
    retentionDays,
    manualLinks: () => options.manualLinks(sourceKey),
  })
  const listener = createPostgresListener({ databaseUrl: plan.databaseUrl, log })
  const feed = createFeed({
    dashboardUrl,
    apiKey,
    notifications: listener,
    pollEveryMs,
    log,
  })

  const sourceWatch = watchSource(source, sync, log, onState)
  const stops = [
    sync.onState(onState),
    sync.onData(options.onData),
    annotations.onChange(options.onAnnotations),
    feed.onState(onState),
    // The feed waits for the look, so that it knows when it has caught up.
    feed.onHint((hint) => sync.lookNow(hint.ids)),
  ]
  /** The feed does not know whether the database answers; with neither stream nor database there is no news. */
  function feedStateWith(sourceState: SourceState): FeedState {
    const state = feed.state()
    if (sourceState.state !== 'unreachable' || state.via === 'stream') return state
    return {
      ...state,
      state: state.state === 'unauthorised' ? 'unauthorised' : 'offline',
      failure: state.failure ?? sourceState.failure,
    }
  }

  sync.start()
  feed.start()

  return {
    sourceKey,
    source,
    replica,
    sync,
    feed,
    annotations,
    probeFeed: dashboardUrl === null ? null : () => probeFeed({ dashboardUrl, apiKey }),
    hasFeedKey: apiKey !== null,
    state: () => ({
      kind: plan.kind,
      id: plan.id,
      name: plan.name,
      colour: plan.colour,
      source: sourceWatch.state(),
      sync: sync.state(),
      feed: feedStateWith(sourceWatch.state()),
    }),
    async close() {
      for (const stop of stops) stop()
      sourceWatch.stop()
      await feed.close()
      await sync.close()
      await source.close()
      await replica.close()
    },
  }
}

/** The state of the source as the sync last met it, with the facts asked once it answers. */
function watchSource(source: Source, sync: Sync, log: Log, onChange: () => void) {
  let facts: SourceFacts | null = null
  let asking = false
  let state: SourceState['state'] = 'connecting'
  let failure: FailureShape | null = null
  let since = new Date().toISOString()

  function follow(): void {
    const sync_ = sync.state()
    failure = sync_.failure
    const next = failure ? 'unreachable' : sync_.lastSyncAt ? 'connected' : 'connecting'
    if (next !== state) {
      state = next
      since = new Date().toISOString()
    }
    if (state === 'connected' && facts === null) void askFacts()
  }

  async function askFacts(): Promise<void> {
    if (asking) return
    asking = true
    try {
      facts = await source.inspect()
      onChange()
    } catch (error) {
      log.warn('The facts of the source could not be read', { code: asFailure(error).code })
    } finally {
      asking = false
    }
  }

  return {
    stop: sync.onState(follow),
    state(): SourceState {
      return {
        state,
        failure,
        since,
        table: facts?.table ?? null,
        serverVersion: facts?.serverVersion ?? null,
        roleCanWrite: facts?.roleCanWrite ?? null,
      }
    },
  }
}
