import { createUpdatesApi } from '../../src-main/app/updates-api'
import type { Alerts } from '../../src-main/contract/alerts'
import { defaultDesktop, defaultNotifications } from '../../src-main/contract/notifications'
import type { Diagnostics } from '../../src-main/contract/diagnostics'
import type { Settings } from '../../src-main/contract/host'
import { defaultOffline, type OfflineState } from '../../src-main/contract/offline'
import type { AskedReport } from '../../src-main/contract/source'
import type { Overview, Timeline } from '../../src-main/contract/usage'
import type { AppEvent, Connection, Workspace } from '../../src-main/contract/workspace'
import { Failure } from '../../src-main/core/failure'
import type { AppApi } from '../../src-main/rpc/app-api'
import { askedReport, connectedWorkspace, dayOverview, mixedDiagnostics, newestRows } from './fixture-data'
import { fixtureSearch } from '../fakes/fixture-search'

type Scope = Parameters<AppApi['usage']['overview']>[0]

/** An app in memory whose state a test changes while a page looks at it. It stands for a host, not for the figures. */
export class FixtureApp {
  workspace: Workspace = connectedWorkspace()
  /** Requests of the window, by which every figure of the overview scales. */
  requests = 240
  overviewFailure: Failure | null = null
  missing: Timeline['missing'] = undefined
  settingsFailure: Failure | null = null
  isAnswering = true
  canManageConnections = true
  settings: Settings = {
    theme: 'system',
    timeZone: 'UTC',
    retentionDays: 90,
    notifications: defaultNotifications,
    desktop: defaultDesktop,
    offline: defaultOffline,
    currency: null,
  }
  connections: Connection[] = []
  alerts: Alerts = { states: [], notices: [], unacknowledged: 0 }
  diagnostics: Diagnostics = mixedDiagnostics
  askedReport: AskedReport = askedReport
  offline: OfflineState = {
    bodies: 214,
    bytes: 12_400_000,
    maxBytes: 512_000_000,
    isEncrypted: false,
    heldBy: null,
    domains: [],
    conversationsOf: [],
  }
  readonly asked: Scope[] = []
  readonly removed: string[] = []
  readonly #readers = new Set<(event: AppEvent | null) => void>()

  tell(event: AppEvent): void {
    for (const reader of this.#readers) reader(event)
  }

  /** How often a page asked to look now. */
  looks = 0

  changeWorkspace(change: Partial<Workspace>): void {
    this.workspace = { ...this.workspace, ...change }
    this.tell({ type: 'workspace', workspace: this.workspace })
  }

  /** As a host does that goes away: streams end, and calls fail until `isAnswering` again. */
  hangUp(): void {
    this.isAnswering = false
    for (const reader of this.#readers) reader(null)
  }

  async *#events(signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
    const queue: (AppEvent | null)[] = [{ type: 'workspace', workspace: this.workspace }]
    let wake = (): void => {}
    const reader = (event: AppEvent | null) => {
      queue.push(event)
      wake()
    }
    this.#readers.add(reader)
    signal?.addEventListener('abort', () => reader(null))
    try {
      while (true) {
        const event = queue.shift()
        if (event === null) return
        if (event) yield event
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      this.#readers.delete(reader)
    }
  }

  #overview(scope: Scope): Overview {
    if (!this.isAnswering) throw new Failure('internal')
    if (this.overviewFailure) throw this.overviewFailure
    this.asked.push(scope)
    return dayOverview(this.requests, scope, this.missing)
  }

  readonly api: AppApi = {
    usage: {
      overview: async (scope) => this.#overview(scope),
      stats: async (scope) => this.#overview(scope).stats,
      timeline: async (scope) => this.#overview(scope).timeline,
      models: async (scope) => ({ asOf: null, items: this.#overview(scope).models }),
      domains: async (scope) => ({ asOf: null, items: dayOverview(this.requests, scope).domains }),
    },
    costs: {
      allocation: () => Promise.reject(new Failure('not-supported')),
      reconcile: () => Promise.reject(new Failure('not-supported')),
      prices: () => Promise.reject(new Failure('not-supported')),
    },
    trends: {
      series: () => Promise.reject(new Failure('not-supported')),
      responseTimes: () => Promise.reject(new Failure('not-supported')),
      patterns: () => Promise.reject(new Failure('not-supported')),
    },
    links: {
      list: async () => [],
      split: () => Promise.reject(new Failure('not-supported')),
      join: () => Promise.reject(new Failure('not-supported')),
      remove: async () => [],
    },
    teams: { get: async () => ({ teams: [] }), save: async (teams) => teams },
    budgets: { report: async () => ({ asOf: null, states: [] }), save: async (list) => list },
    prices: {
      get: () => Promise.reject(new Failure('not-supported')),
      preview: () => Promise.reject(new Failure('not-supported')),
      apply: () => Promise.reject(new Failure('not-supported')),
      undo: () => Promise.reject(new Failure('not-supported')),
    },
    conversations: {
      list: async ({ limit = 50 }) => {
        const items = newestRows(Math.min(limit, this.requests))
        return { asOf: null, items, nextCursor: null, total: this.requests }
      },
      rows: async () => ({ asOf: null, items: [], nextCursor: null, total: 0 }),
      get: () => Promise.reject(new Failure('request-not-found')),
      messages: () => Promise.reject(new Failure('request-not-found')),
      getWithRaw: () => Promise.reject(new Failure('request-not-found')),
      raw: () => Promise.reject(new Failure('request-not-found')),
      thread: () => Promise.reject(new Failure('request-not-found')),
      turn: () => Promise.reject(new Failure('request-not-found')),
    },
    alerts: {
      list: async () => this.alerts,
      save: async () => this.alerts,
      remove: async () => this.alerts,
      tryOut: () => Promise.reject(new Failure('not-supported')),
      acknowledge: async () => this.alerts,
      snooze: async () => this.alerts,
    },
    webhooks: {
      list: async () => [],
      save: () => Promise.reject(new Failure('not-supported')),
      remove: async () => [],
      test: async () => ({ isDelivered: false, detail: '' }),
    },
    reports: {
      list: async () => ({ plans: [], runs: [], folders: 'none' as const }),
      save: () => Promise.reject(new Failure('not-supported')),
      remove: () => Promise.reject(new Failure('not-supported')),
      runNow: () => Promise.reject(new Failure('not-supported')),
      preview: () => Promise.reject(new Failure('not-supported')),
      chooseFolder: () => Promise.reject(new Failure('not-supported')),
    },
    exports: {
      plan: () => Promise.reject(new Failure('not-supported')),
      run: () => Promise.reject(new Failure('not-supported')),
    },
    transcripts: {
      preview: () => Promise.reject(new Failure('not-supported')),
      make: () => Promise.reject(new Failure('not-supported')),
    },
    annotations: { list: async () => [], set: async () => null, setAll: async () => [], remove: async () => null },
    views: { list: async () => [], save: async () => [], remove: async () => [] },
    search: fixtureSearch(() => newestRows(20)),
    workspace: {
      current: async () => this.workspace,
      health: () => Promise.reject(new Failure('not-supported')),
      syncNow: async () => {
        this.looks++
        return this.workspace
      },
      setPaused: async ({ isPaused }) => {
        const { sync } = this.workspace
        if (sync) this.changeWorkspace({ sync: { ...sync, phase: isPaused ? 'paused' : 'following' } })
        return this.workspace
      },
      events: async (_input, { signal }) => {
        if (!this.isAnswering) throw new Failure('internal')
        return this.#events(signal)
      },
    },
    offline: {
      state: async () => this.offline,
      keep: async ({ domain, keep }) => {
        const others = this.offline.domains.filter((other) => other !== domain)
        this.offline = { ...this.offline, domains: keep && domain !== undefined ? [...others, domain] : others }
        return this.offline
      },
      clear: async () => (this.offline = { ...this.offline, bodies: 0, bytes: 0 }),
      report: async () => undefined,
    },
    source: { asked: async () => this.askedReport },
    connections: {
      list: async () => this.connections,
      test: async () => ({
        passed: false,
        steps: [
          { name: 'url', outcome: 'passed', detail: 'The URL is valid.' },
          {
            name: 'database',
            outcome: 'failed',
            detail: 'nowhere.example is not known.',
            failure: new Failure('database-host-unknown').toShape(),
          },
          { name: 'table', outcome: 'skipped', detail: 'Not looked for.' },
        ],
      }),
      save: () => Promise.reject(new Failure('database-refused-login')),
      remove: async ({ id }) => {
        this.removed.push(id)
        this.connections = this.connections.filter((connection) => connection.id !== id)
        return this.connections
      },
      open: async ({ id }) => {
        this.workspace = { ...connectedWorkspace(), id, name: id }
        this.requests = 7
        this.tell({ type: 'workspace', workspace: this.workspace })
        return this.workspace
      },
    },
    host: {
      info: async () => ({
        name: 'fixture',
        version: '0.0.0',
        platform: 'test',
        capabilities: {
          canManageConnections: this.canManageConnections,
          canOpenExternal: false,
          canNotify: false,
          hasTray: false,
          canSignOut: true,
          canUpdate: false,
        },
        keychain: { kind: 'in-memory', reason: 'This machine has no keychain.' },
      }),
      openExternal: () => Promise.reject(new Failure('not-supported')),
    },
    updates: createUpdatesApi(undefined),
    diagnostics: { run: async () => this.diagnostics },
    settings: {
      get: async () => this.settings,
      update: async (patch) => {
        if (this.settingsFailure) throw this.settingsFailure
        this.settings = { ...this.settings, ...patch }
        return this.settings
      },
    },
  }
}
