import type { ExportEvent, ExportFile } from '../../src-main/contract/exports'
import type { RequestDetailWithRaw, RequestRow } from '../../src-main/contract/conversations'
import type { OfflineState } from '../../src-main/contract/offline'
import type { BudgetList } from '../../src-main/contract/budgets'
import type { PriceBook } from '../../src-main/contract/own-prices'
import type { Teams } from '../../src-main/contract/teams'
import type { AppEvent, Workspace } from '../../src-main/contract/workspace'
import type { Stats } from '../../src-main/contract/usage'
import type { App } from '../../src-main/app/app'
import { asFailure, Failure } from '../../src-main/core/failure'
import type { AppApi } from '../../src-main/rpc/app-api'

/*
 * A test double of the app: the whole contract over a few rows in memory, and events on command. What needs a database
 * is tested with the real app.
 */

export const knownId = '0f8fad5b-d9cb-469f-a165-70867728950e'
export const canary = 'canary-5d41402abc4b'

export function makeRow(change: Partial<RequestRow> = {}): RequestRow {
  return {
    id: knownId,
    timestamp: '2026-11-23T14:00:00.000Z',
    domain: 'acme.com',
    model: 'claude-sonnet-4-5',
    requestType: 'inference',
    inputTokens: 1000,
    outputTokens: 234,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 1234,
    costUsd: 0.0065,
    responseTimeMs: 900,
    stream: true,
    error: false,
    answered: true,
    stopReason: 'end_turn',
    preview: 'What is <b>new</b>?',
    ...change,
  }
}

const figures = {
  requests: 10,
  inputTokens: 5,
  outputTokens: 6,
  totalTokens: 11,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 1.5,
  unpricedRequests: 1,
  usagePending: 0,
  activeDomains: 2,
  errors: 0,
}
const noAlerts = { states: [], notices: [], unacknowledged: 0 }
export const exportedFile: ExportFile = {
  id: '8c1d0a52-6b0e-4c35-9f0e-0d8a4a2c7f10',
  name: 'requests.csv',
  path: '/dashboard/api/exports/8c1d0a52-6b0e-4c35-9f0e-0d8a4a2c7f10',
  rows: 2,
  sizeBytes: 2,
  asOf: null,
  bodiesMissing: 0,
  textsRemoved: 0,
}
async function* exportEvents(): AsyncGenerator<ExportEvent> {
  yield { type: 'done', file: exportedFile }
}
const noUpdate = () => ({ phase: 'idle' as const, version: null, progress: null })
const window = { from: '2026-11-22T14:00:00.000Z', to: '2026-11-23T14:00:00.000Z', asOf: '2026-11-23T14:00:00.000Z' }
const linkOf = (requestId: string, toRequestId: string | null) => ({
  id: knownId,
  requestId,
  toRequestId,
  at: window.asOf,
})
const priceBook: PriceBook = {
  list: { compiled: null, batchFactor: 0.5, regionFactor: 1.1, webSearchUsdPerThousand: 10, models: [] },
  own: { prices: [], discounts: [] },
  loaded: null,
  releaseCompiled: null,
  canUndo: false,
  repricing: null,
}
const stats: Stats = { ...figures, ...window, previous: { ...figures, from: window.from, to: window.to } }

const offline: OfflineState = {
  bodies: 0,
  bytes: 0,
  maxBytes: 512_000_000,
  isEncrypted: false,
  heldBy: null,
  domains: [],
  conversationsOf: [],
}

const workspace: Workspace = {
  kind: 'sample',
  id: 'sample',
  name: 'Sample',
  colour: 'teal',
  source: null,
  sync: null,
  feed: null,
}

export interface FakeApp extends App {
  rows: RequestRow[]
  nextCursor: string | null
  domains: Array<{ domain: string | null; requests: number; tokens: number }>
  /** Names and inputs of the calls so far. */
  calls: Array<{ procedure: string; input: unknown }>
  /** What was thrown and not understood, as the real app would write it to its log. */
  logged: unknown[]
  /** How many readers `workspace.events` has now. */
  openStreams(): number
  emit(event: AppEvent): void
  /** The next call of this procedure fails with this. */
  failNext(procedure: string, error: unknown): void
  closed: boolean
}

const noReports = { plans: [], runs: [], folders: 'none' as const }

export function createFakeApp(): FakeApp {
  const listeners = new Set<(event: AppEvent) => void>()
  const failures = new Map<string, unknown>()
  let streams = 0

  function answer<T>(procedure: string, make: (input: never) => T) {
    return async (input: unknown): Promise<T> => {
      app.calls.push({ procedure, input })
      if (failures.has(procedure)) {
        const error = failures.get(procedure)
        failures.delete(procedure)
        throw error
      }
      return make(input as never)
    }
  }

  async function* events(signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
    const waiting: AppEvent[] = [{ type: 'workspace', workspace }]
    let wake = (): void => undefined
    const stop = app.onEvent((event) => {
      waiting.push(event)
      wake()
    })
    signal?.addEventListener('abort', () => wake())
    streams += 1
    try {
      for (;;) {
        if (signal?.aborted) return
        const next = waiting.shift()
        if (next) {
          yield next
          if (failures.has('workspace.events')) throw failures.get('workspace.events')
        } else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      streams -= 1
      stop()
    }
  }

  const list = (items: RequestRow[]) => ({ asOf: window.asOf, items, nextCursor: app.nextCursor, total: items.length })
  const find = (id: string): RequestRow => {
    const row = app.rows.find((candidate) => candidate.id === id)
    if (!row) throw new Failure('request-not-found')
    return row
  }
  const detail = (id: string): RequestDetailWithRaw => ({
    request: find(id),
    cost: { totalUsd: 0.0065, parts: [], notes: [] },
    system: [],
    tools: [],
    parameters: {},
    messages: [],
    response: { shape: 'missing', notes: [], message: null, stopReason: null, refusal: null, error: null },
    rawSize: { request: 0, response: 0 },
    readFrom: 'replica',
    readAt: window.asOf,
    raw: { request: {}, response: null },
  })

  const api: AppApi = {
    usage: {
      stats: answer('usage.stats', () => stats),
      timeline: answer('usage.timeline', () => ({ ...window, bucket: 'hour' as const, points: [] })),
      models: answer('usage.models', () => ({ asOf: window.asOf, items: [] })),
      domains: answer('usage.domains', () => ({
        asOf: window.asOf,
        items: app.domains.map(({ domain, requests, tokens }) => ({
          domain,
          requests,
          inputTokens: tokens,
          outputTokens: 0,
          costUsd: 0,
          unpricedRequests: 0,
          lastSeen: window.asOf,
        })),
      })),
      overview: answer('usage.overview', () => ({
        stats,
        timeline: { ...window, bucket: 'hour' as const, points: [] },
        models: [],
        domains: [],
      })),
    },
    costs: {
      allocation: () => Promise.reject(new Failure('not-supported')),
      reconcile: () => Promise.reject(new Failure('not-supported')),
      prices: answer('costs.prices', () => ({
        compiled: null,
        batchFactor: 0.5,
        regionFactor: 1.1,
        webSearchUsdPerThousand: 10,
        models: [],
      })),
    },
    trends: {
      series: () => Promise.reject(new Failure('not-supported')),
      responseTimes: () => Promise.reject(new Failure('not-supported')),
      patterns: () => Promise.reject(new Failure('not-supported')),
    },
    links: {
      list: answer('links.list', () => []),
      split: answer('links.split', ({ id }: { id: string }) => linkOf(id, null)),
      join: answer('links.join', ({ id, toId }: { id: string; toId: string }) => linkOf(id, toId)),
      remove: answer('links.remove', () => []),
    },
    teams: {
      get: answer('teams.get', () => ({ teams: [] })),
      save: answer('teams.save', (teams: Teams) => teams),
    },
    budgets: {
      report: answer('budgets.report', () => ({ asOf: null, states: [] })),
      save: answer('budgets.save', (list: BudgetList) => list),
    },
    prices: {
      get: answer('prices.get', () => priceBook),
      preview: () => Promise.reject(new Failure('not-supported')),
      apply: answer('prices.apply', () => priceBook),
      undo: answer('prices.undo', () => priceBook),
    },
    conversations: {
      list: answer('conversations.list', ({ domain }: { domain?: string }) =>
        list(app.rows.filter((row) => domain === undefined || row.domain === domain)),
      ),
      rows: answer('conversations.rows', ({ ids }: { ids: string[] }) =>
        list(ids.flatMap((id) => app.rows.filter((row) => row.id === id))),
      ),
      getWithRaw: answer('conversations.getWithRaw', ({ id }: { id: string }) => detail(id)),
      messages: answer('conversations.messages', () => ({ from: 0, total: 0, messages: [] })),
      get: answer('conversations.get', ({ id }: { id: string }) => detail(id)),
      raw: answer('conversations.raw', ({ id }: { id: string }) => {
        find(id)
        return { request: '{}', response: null }
      }),
      thread: answer('conversations.thread', ({ id }: { id: string }) => {
        const row = find(id)
        const place = { parentId: null, retryOf: null, toolUseId: null, kind: 'start' as const, branch: 'main' }
        const link = { ...place, reason: 'nothing-earlier' as const, confidence: 'high' as const }
        return {
          conversationId: id,
          requests: [{ row, ...link, turn: 1, depth: 0, gapMs: null }],
          totals: {
            requests: 1,
            inputTokens: 1000,
            outputTokens: 234,
            cacheReadTokens: 0,
            cacheWriteTokens: 0,
            costUsd: 0.0065,
            unpriced: 0,
          },
          complete: true,
        }
      }),
      turn: answer('conversations.turn', ({ id }: { id: string }) => {
        find(id)
        return { id, parentId: null, diff: null, cacheMiss: null }
      }),
    },
    views: {
      list: answer('views.list', () => []),
      save: answer('views.save', () => []),
      remove: answer('views.remove', () => []),
    },
    transcripts: {
      preview: answer('transcripts.preview', () => ({ requests: 0, length: 0, removed: [], removedTotal: 0 })),
      make: answer('transcripts.make', () => ({ name: 'a.json', mediaType: 'application/json', text: '{}' })),
    },
    annotations: {
      list: answer('annotations.list', () => []),
      set: answer('annotations.set', () => null),
      setAll: answer('annotations.setAll', () => [null]),
      remove: answer('annotations.remove', () => null),
    },
    alerts: {
      list: answer('alerts.list', () => noAlerts),
      save: answer('alerts.save', () => noAlerts),
      remove: answer('alerts.remove', () => noAlerts),
      tryOut: answer('alerts.tryOut', () => ({
        from: window.from,
        to: window.to,
        fired: [],
        points: [],
        unseen: null,
      })),
      acknowledge: answer('alerts.acknowledge', () => noAlerts),
      snooze: answer('alerts.snooze', () => noAlerts),
    },
    webhooks: {
      list: answer('webhooks.list', () => []),
      save: answer('webhooks.save', () => []),
      remove: answer('webhooks.remove', () => []),
      test: answer('webhooks.test', () => ({ isDelivered: false, detail: '' })),
    },
    reports: {
      list: answer('reports.list', () => noReports),
      save: answer('reports.save', () => noReports),
      remove: answer('reports.remove', () => noReports),
      runNow: answer('reports.runNow', () => noReports),
      preview: answer('reports.preview', () => ({ title: '', lines: [], sections: [] })),
      chooseFolder: answer('reports.chooseFolder', () => ({ folder: null })),
    },
    exports: {
      plan: answer('exports.plan', () => ({ asOf: window.asOf, rows: 2, bodiesKept: 1 })),
      run: answer('exports.run', () => exportEvents()),
    },
    search: {
      assist: answer('search.assist', () => ({
        problems: [],
        warnings: [],
        completion: { from: 0, to: 0, items: [] },
      })),
      fields: answer('search.fields', () => []),
      databaseCost: answer('search.databaseCost', () => ({
        requests: 2,
        bytes: 2048,
        textIndex: null,
        hasRowIndex: true,
      })),
      inDatabase: answer('search.inDatabase', () => databaseSearchEvents()),
    },
    workspace: {
      current: answer('workspace.current', () => workspace),
      health: answer('workspace.health', () => ({
        status: 'ok' as const,
        database: { state: 'connected' },
        replica: { rows: 1, asOf: window.asOf, syncing: false, progress: 1 },
        feed: { state: 'off', since: null },
      })),
      syncNow: (_input, { signal }) =>
        new Promise((resolve, reject) => {
          app.calls.push({ procedure: 'workspace.syncNow', input: undefined })
          signal?.addEventListener('abort', () => {
            app.calls.push({ procedure: 'workspace.syncNow aborted', input: undefined })
            reject(signal.reason as Error)
          })
          if (failures.has('slow')) return
          resolve(workspace)
        }),
      setPaused: answer('workspace.setPaused', () => workspace),
      events: async (_input, { signal }) => events(signal),
    },
    offline: {
      state: answer('offline.state', () => offline),
      keep: answer('offline.keep', () => offline),
      clear: answer('offline.clear', () => offline),
      report: answer('offline.report', () => undefined),
    },
    source: {
      asked: answer('source.asked', () => ({
        since: window.asOf,
        statements: [],
        connections: { open: 0, most: 4 },
        comparison: { hoursCompared: 0, hoursRead: 0, sourceMs: 0, finishedAt: null },
        advice: null,
      })),
    },
    connections: {
      list: answer('connections.list', () => []),
      test: answer('connections.test', () => ({ passed: true, steps: [] })),
      save: answer('connections.save', () => {
        throw new Failure('not-supported')
      }),
      remove: answer('connections.remove', () => []),
      open: answer('connections.open', () => workspace),
    },
    host: {
      info: answer('host.info', () => ({
        name: 'Fake',
        version: '0.0.0',
        platform: 'linux',
        capabilities: {
          canManageConnections: false,
          canOpenExternal: false,
          canNotify: false,
          hasTray: false,
          canSignOut: true,
          canUpdate: false,
        },
        keychain: { kind: 'in-memory' as const, reason: 'a test' },
      })),
      openExternal: answer('host.openExternal', () => undefined),
    },
    updates: {
      state: answer('updates.state', noUpdate),
      check: answer('updates.check', noUpdate),
      download: answer('updates.download', noUpdate),
      install: answer('updates.install', noUpdate),
    },
    diagnostics: { run: answer('diagnostics.run', () => ({ takenAt: window.asOf, checks: [], report: '' })) },
    settings: {
      get: answer('settings.get', () => ({ theme: 'system' as const, timeZone: null, retentionDays: 90 })),
      update: answer('settings.update', () => ({ theme: 'system' as const, timeZone: null, retentionDays: 90 })),
    },
  }

  const app: FakeApp = {
    api,
    resume: () => undefined,
    rows: [makeRow()],
    nextCursor: null,
    domains: [],
    calls: [],
    logged: [],
    closed: false,
    describeError(error) {
      const failure = asFailure(error)
      if (failure.code === 'internal') app.logged.push(failure.cause)
      return failure.toShape()
    },
    opened: Promise.resolve(),
    exports: {
      make: async (input) => {
        app.calls.push({ procedure: 'exports.make', input })
        return exportedFile
      },
      fetch: async (id) =>
        id === exportedFile.id
          ? { name: exportedFile.name, mediaType: 'text/csv', sizeBytes: 2, content: new Blob(['id']).stream() }
          : null,
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    openStreams: () => streams,
    emit: (event) => {
      for (const listener of listeners) listener(event)
    },
    failNext: (procedure, error) => void failures.set(procedure, error),
    async close() {
      app.closed = true
    },
  }
  return app
}

async function* databaseSearchEvents() {
  const reached = { searched: 2, of: 2, added: 1, removed: 0, reachedAt: window.to }
  yield { type: 'progress' as const, ...reached }
  yield { type: 'done' as const, isLate: false, ...reached }
}
