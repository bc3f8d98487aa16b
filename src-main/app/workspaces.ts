import type { ManualLink } from '../contract/manual-links'
import type { AppNotification } from '../contract/notifications'
import type { AppEvent, Workspace } from '../contract/workspace'
import { asFailure, Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { DataChange, Log } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import type { Remote } from '../core/remote-work'
import type { ThreadWork } from '../replica/thread-work'
import { openSample, type Sample } from '../sample/open-sample'
import type { Offline } from './offline-api'
import { openWorkspace, type OpenWorkspace, type WorkspacePlan } from './open-workspace'

const nothingOpen: Workspace = {
  kind: 'none',
  id: null,
  name: '',
  colour: 'grey',
  source: null,
  sync: null,
  feed: null,
}

/** The one workspace that is open, and what is heard from it. */
export interface Workspaces {
  log: Log
  /** The open workspace. Throws `no-workspace`, or why the last one could not be opened. */
  open(): OpenWorkspace
  /** The open workspace; null while there is none. */
  current(): OpenWorkspace | null
  state(): Workspace
  switchTo(plan: WorkspacePlan): Promise<void>
  /** Starts the sample's database if needed, then opens it. */
  switchToSample(): Promise<void>
  closeCurrent(): Promise<void>
  /** Closes and opens the same workspace again, so that changed settings hold. */
  reopen(): Promise<void>
  /** Stops or begins again to ask the database of the open workspace. Throws `no-workspace`. */
  setPaused(isPaused: boolean): Promise<void>
  onEvent(listener: (event: AppEvent) => void): () => void
  resume(): void
  /** Rows on screen were filled in (a preview came late). */
  announceRows(changedRows: number): void
  /** Alert rules, their states or the inbox changed. */
  announceAlerts(): void
  /** What the notification rules made of new rows. */
  announceNews(news: { count: number; notifications: AppNotification[] }): void
  close(): Promise<void>
}

export function createWorkspaces(options: {
  dataDirectory: string
  sampleDirectory: string
  ledger: PriceLedger
  retentionDays: () => number
  manualLinks(sourceKey: string): readonly ManualLink[]
  isPaused: (id: string) => boolean
  offline: Pick<Offline, 'wish' | 'bodyKey' | 'bodyLimits'>
  threadWork: Remote<ThreadWork>
  log: Log
}): Workspaces {
  const { log } = options
  const listeners = new Set<(event: AppEvent) => void>()
  let current: OpenWorkspace | null = null
  let sample: Sample | null = null
  /** What is being opened, or why it could not be. */
  let pending: Workspace = nothingOpen
  let failed: Failure | null = null
  let lastPlan: (() => Promise<WorkspacePlan>) | null = null
  // A second switch waits until the first has settled, however it ended.
  const inTurn = createTurns()

  const emit = (event: AppEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const state = (): Workspace => current?.state() ?? pending
  const emitState = (): void => emit({ type: 'workspace', workspace: state() })
  const emitData = (change: DataChange): void => emit({ type: 'data', ...change })

  async function closeCurrent(): Promise<void> {
    const closing = current
    current = null
    pending = nothingOpen
    failed = null
    await closing?.close()
  }

  async function openPlan(
    describe: Pick<WorkspacePlan, 'kind' | 'id' | 'name' | 'colour'>,
    plan: () => Promise<WorkspacePlan>,
  ) {
    await closeCurrent()
    pending = opening(describe)
    lastPlan = plan
    emitState()
    try {
      current = await openWorkspace(await plan(), {
        dataDirectory: options.dataDirectory,
        ledger: options.ledger,
        retentionDays: options.retentionDays(),
        manualLinks: options.manualLinks,
        isPaused: options.isPaused(describe.id),
        offline: options.offline,
        threadWork: options.threadWork,
        log,
        onState: emitState,
        onData: emitData,
        onAnnotations: () => emit({ type: 'annotations' }),
      })
    } catch (error) {
      failed = asFailure(error)
      pending = couldNotOpen(pending, failed)
      throw failed
    } finally {
      emitState()
    }
  }

  async function sampleClosed(): Promise<void> {
    const closing = sample
    sample = null
    await closing?.close()
  }

  return {
    log,
    state,
    current: () => current,
    open() {
      if (current) return current
      throw failed ?? new Failure('no-workspace')
    },
    switchTo: (plan) =>
      inTurn(async () => {
        await openPlan(plan, async () => plan)
        await sampleClosed()
      }),
    switchToSample: () =>
      inTurn(async () => {
        const describe = { kind: 'sample', id: 'sample', name: 'Sample workspace', colour: 'grey' } as const
        await openPlan(describe, async () => {
          // Its older days are still being written when it opens; the sync has seen only what was there then.
          const recheck = (): void => current?.sync.recheck()
          sample ??= await openSample({ directory: options.sampleDirectory, log, onProgress: recheck })
          const { databaseUrl, dashboardUrl, apiKey } = sample
          return { ...describe, databaseUrl, dashboardUrl, apiKey }
        })
      }),
    closeCurrent: () =>
      inTurn(async () => {
        await closeCurrent()
        lastPlan = null
        emitState()
      }),
    reopen: () =>
      inTurn(async () => {
        if (lastPlan) await openPlan(await lastPlan(), lastPlan)
      }),
    setPaused: (isPaused) =>
      inTurn(async () => {
        if (!current) throw failed ?? new Failure('no-workspace')
        await current.setPaused(isPaused)
        emitState()
      }),
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    resume() {
      current?.feed.resume()
    },
    announceRows(changedRows) {
      const asOf = current?.replica.asOf()
      if (asOf) emitData({ asOf, newIds: [], changedRows })
    },
    announceAlerts: () => emit({ type: 'alerts' }),
    announceNews: (news) => emit({ type: 'news', ...news }),
    close: () =>
      inTurn(async () => {
        await closeCurrent()
        await sampleClosed()
      }),
  }
}

function opening(plan: Pick<WorkspacePlan, 'kind' | 'id' | 'name' | 'colour'>): Workspace {
  const { kind, id, name, colour } = plan
  const source = {
    state: 'connecting' as const,
    failure: null,
    since: new Date().toISOString(),
    table: null,
    serverVersion: null,
    roleCanWrite: null,
  }
  return { kind, id, name, colour, source, sync: null, feed: null }
}

function couldNotOpen(workspace: Workspace, failure: Failure): Workspace {
  if (!workspace.source) return workspace
  return { ...workspace, source: { ...workspace.source, state: 'unreachable', failure: failure.toShape() } }
}
