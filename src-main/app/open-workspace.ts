import { join } from 'node:path'
import type { FailureShape } from '../contract/errors'
import type { ManualLink } from '../contract/manual-links'
import type { FeedState, SourceState, SyncState, Workspace } from '../contract/workspace'
import { asFailure } from '../core/failure'
import type { Annotations, DataChange, Feed, Log, OfflineWish, Source, SourceFacts, Sync } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import type { Remote } from '../core/remote-work'
import { createFeed } from '../live/create-feed'
import { probeFeed, type FeedProbe } from '../live/probe-feed'
import { createAskedStatements } from '../postgres/asked-statements'
import { createPostgresListener } from '../postgres/postgres-listener'
import { createPostgresSource } from '../postgres/postgres-source'
import { createSync } from '../replica/create-sync'
import { openAlertsFile, type AlertsFile } from '../settings/alert-files'
import type { JsonFile } from '../settings/json-file'
import { openAnnotations } from '../settings/open-annotations'
import { openReplica, type ReplicaStore } from '../replica/open-replica'
import type { Offline } from './offline-api'
import type { ThreadWork } from '../replica/thread-work'

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
  log: Log
  state(): Workspace
  source: Source
  replica: ReplicaStore
  annotations: Annotations
  /** Alert rules, what is known of them, and their notices. */
  alerts: JsonFile<AlertsFile>
  /** Another one after each change of `setPaused`. */
  readonly sync: Sync
  readonly feed: Feed
  /** When it was opened. */
  since: string
  /** What the source said of itself; null until then. */
  facts(): SourceFacts | null
  /** While paused nothing is asked of the database but what somebody opens. */
  setPaused(isPaused: boolean): Promise<void>
  /** Drops what is older; closing then gives the disk back. */
  keepDays(days: number): Promise<void>
  /** Opens the proxy's stream once beside the feed; null without a dashboard URL. */
  probeFeed: (() => Promise<FeedProbe>) | null
  hasFeedKey: boolean
  close(): Promise<void>
}

/** The figures from disk come first: nothing else wants the processors while they are made. */
const firstFiguresMs = 400
/** So that a row is on the screen within the 10 s of the brief, whenever it was written. */
const pollEveryMs = 5000
const hourMs = 3_600_000
const dayMs = 24 * hourMs

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
    isPaused: boolean
    offline: Pick<Offline, 'wish' | 'bodyKey' | 'bodyLimits'>
    threadWork: Remote<ThreadWork>
    log: Log
    onState(): void
    onData(change: DataChange): void
    onAnnotations(): void
  },
): Promise<OpenWorkspace> {
  const { log, ledger, retentionDays, onState } = options
  const { dashboardUrl, apiKey } = plan
  const asked = createAskedStatements()
  const source = createPostgresSource({ databaseUrl: plan.databaseUrl, log, asked })
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
  const bodyKey = await options.offline.bodyKey().catch(giveUp)
  const alerts = await openAlertsFile({ directory: join(dataDirectory, 'alerts'), sourceKey, log }).catch(giveUp)
  const replica = await openReplica({
    directory: join(dataDirectory, 'replica'),
    sourceKey,
    ledger,
    log,
    annotations: annotations.all,
    bodyLimits: options.offline.bodyLimits(),
    bodyKey,
  }).catch(giveUp)
  const sourceWatch = watchSource(source, log, onState)
  let following = follow(options.isPaused)
  const stopAnnotations = annotations.onChange(() => {
    options.onAnnotations()
    // A pin is kept offline.
    following.sync.fetchForOffline()
  })

  /** Keeps the replica equal to the source and hears of news, or only says what is here. */
  function follow(isPaused: boolean) {
    const manualLinks = (): readonly ManualLink[] => options.manualLinks(sourceKey)
    const offlineWish = (): OfflineWish | null => {
      const wish = options.offline.wish(sourceKey)
      if (wish === null) return null
      const pinned = annotations.pinned()
      const conversationsOf = [...wish.conversationsOf, ...pinned.conversationsOf]
      return { ...wish, conversationsOf, requests: pinned.requestIds }
    }
    const { threadWork } = options
    const quietMs = replica.asOf() === null ? 0 : firstFiguresMs
    const sync = createSync({
      source,
      replica,
      log,
      retentionDays,
      manualLinks,
      threadWork,
      offlineWish,
      isPaused,
      quietMs,
    })
    const listener = createPostgresListener({ databaseUrl: plan.databaseUrl, log, asked })
    const feed = createFeed({ dashboardUrl, apiKey, notifications: listener, pollEveryMs, log })
    const stops = [
      sync.onState((state) => sourceWatch.follow(state)),
      sync.onState(onState),
      sync.onData(options.onData),
      feed.onState(onState),
      // The feed waits for the look, so that it knows when it has caught up.
      feed.onHint((hint) => sync.lookNow(hint.ids)),
    ]
    sync.start()
    const later = isPaused ? undefined : setTimeout(() => feed.start(), quietMs)
    return {
      sync,
      feed,
      isPaused,
      async close() {
        clearTimeout(later)
        for (const stop of stops) stop()
        await feed.close()
        await sync.close()
      },
    }
  }

  /** The feed does not know whether the database answers; with neither stream nor database there is no news. */
  function feedStateWith(sourceState: SourceState): FeedState {
    const state = following.feed.state()
    if (sourceState.state !== 'unreachable' || state.via === 'stream') return state
    return {
      ...state,
      state: state.state === 'unauthorised' ? 'unauthorised' : 'offline',
      failure: state.failure ?? sourceState.failure,
    }
  }

  return {
    sourceKey,
    log,
    source,
    replica,
    annotations,
    alerts,
    get sync() {
      return following.sync
    },
    get feed() {
      return following.feed
    },
    since: new Date().toISOString(),
    facts: sourceWatch.facts,
    async setPaused(isPaused) {
      if (following.isPaused === isPaused) return
      await following.close()
      following = follow(isPaused)
    },
    async keepDays(days) {
      const asOf = replica.asOf()
      if (asOf !== null) await replica.prune((Math.floor(Date.parse(asOf) / hourMs) * hourMs - days * dayMs) * 1000)
    },
    probeFeed: dashboardUrl === null ? null : () => probeFeed({ dashboardUrl, apiKey }),
    hasFeedKey: apiKey !== null,
    state: () => ({
      kind: plan.kind,
      id: plan.id,
      name: plan.name,
      colour: plan.colour,
      source: sourceWatch.state(),
      sync: following.sync.state(),
      feed: feedStateWith(sourceWatch.state()),
    }),
    async close() {
      stopAnnotations()
      await following.close()
      await source.close()
      await replica.close()
    },
  }
}

/** The state of the source as the sync last met it, with the facts asked once it answers. */
function watchSource(source: Source, log: Log, onChange: () => void) {
  let facts: SourceFacts | null = null
  let asking = false
  let state: SourceState['state'] = 'connecting'
  let failure: FailureShape | null = null
  let since = new Date().toISOString()

  function follow(sync: SyncState): void {
    failure = sync.failure
    const next = failure ? 'unreachable' : sync.lastSyncAt ? 'connected' : 'connecting'
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
    follow,
    facts: () => facts,
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
