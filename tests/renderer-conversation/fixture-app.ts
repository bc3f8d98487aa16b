import { createUpdatesApi } from '../../src-main/app/updates-api'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { RequestRow } from '../../src-main/contract/conversations'
import type { ExportInput } from '../../src-main/contract/exports'
import type { Thread } from '../../src-main/contract/threads'
import type { SavedView } from '../../src-main/contract/views'
import type { TranscriptInput } from '../../src-main/contract/transcripts'
import type { AppEvent, Workspace } from '../../src-main/contract/workspace'
import { cutPage, openBodies, readWhole, type WholeBodies } from '../../src-main/core/bodies/open-bodies'
import { buildMessagePage, buildRequestDetail } from '../../src-main/core/bodies/request-detail'
import { Failure } from '../../src-main/core/failure'
import type { StoredBodies } from '../../src-main/core/ports'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { fixtureSearch, rowsOfQuery } from '../fakes/fixture-search'
import { createFixtureAnnotations } from './fixture-annotations'
import { fixtureTurn } from './fixture-turn'
import { threadOf } from './fixture-thread'
import type { AppApi } from '../../src-main/rpc/app-api'

/** An app in memory: rows that a test puts there, and bodies that go through the real reading of bodies. */
export function createFixtureApp(
  firstRows: RequestRow[],
  bodies: (id: string) => StoredBodies,
  /** Conversations of more than one request. */
  threads: Thread[] = [],
) {
  const ledger = createLedger(JSON.parse(readFileSync(path.resolve('resources/claude-prices.json'), 'utf8')))
  let rows = firstRows
  const listeners = new Set<(event: AppEvent) => void>()
  /** Calls of the list, for tests that count them. */
  const listCalls: unknown[] = []
  let isListBroken = false
  let views: SavedView[] = []
  /** What pages were turned of last. */
  let opened: { stored: StoredBodies; whole: WholeBodies } | undefined
  const linkCalls: string[] = []
  const transcriptInputs: TranscriptInput[] = []
  const link = (requestId: string, toRequestId: string | null) => {
    linkCalls.push(toRequestId === null ? `split ${requestId}` : `join ${requestId} ${toRequestId}`)
    return { id: '00000000-0000-4000-8000-0000000000aa', requestId, toRequestId, at: new Date().toISOString() }
  }

  const workspace: Workspace = {
    kind: 'connection',
    id: 'fixture',
    name: 'fixture',
    colour: 'teal',
    source: {
      state: 'connected',
      failure: null,
      since: new Date().toISOString(),
      table: 'public.requests',
      serverVersion: '18.4',
      roleCanWrite: false,
    },
    sync: {
      phase: 'following',
      asOf: new Date().toISOString(),
      syncedFrom: new Date(0).toISOString(),
      syncTarget: new Date(0).toISOString(),
      progress: 1,
      rows: rows.length,
      usagePending: 0,
      lastSyncAt: new Date().toISOString(),
      failure: null,
    },
    feed: { state: 'live', via: 'stream', since: new Date().toISOString(), lastEventAt: null, failure: null },
  }
  const page = (items: RequestRow[], nextCursor: string | null, total: number) => ({
    asOf: new Date().toISOString(),
    items,
    nextCursor,
    total,
  })

  const conversations: Partial<AppApi['conversations']> = {
    list: async (input) => {
      listCalls.push(input)
      if (isListBroken) throw new Failure('replica-failed')
      const { domain, model, errorsOnly, limit = 50, cursor } = input
      const wanted = rowsOfQuery(rows, input.q).filter(
        (row) =>
          (domain === undefined || (row.domain ?? '') === domain) &&
          (model === undefined || (row.model ?? '') === model) &&
          (!errorsOnly || row.error === true),
      )
      const start = cursor === undefined ? 0 : wanted.findIndex((row) => row.id === cursor) + 1
      const items = wanted.slice(start, start + limit)
      return page(items, start + limit < wanted.length ? (items.at(-1)?.id ?? null) : null, wanted.length)
    },
    rows: async ({ ids }) => {
      const found = ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
      return page(found, null, found.length)
    },
    get: async ({ id, characters }) => {
      const row = rows.find((each) => each.id === id)
      if (!row) throw new Failure('request-not-found')
      const readAt = new Date().toISOString()
      return buildRequestDetail({
        row,
        usage: null,
        opened: openBodies(bodies(id), characters === undefined ? {} : { characters }),
        ledger,
        readFrom: 'database',
        readAt,
      })
    },
    messages: async ({ id, ...want }) => {
      const row = rows.find((each) => each.id === id)
      if (!row) throw new Failure('request-not-found')
      const stored = bodies(id)
      if (opened?.stored.request !== stored.request) opened = { stored, whole: readWhole(stored) }
      const { whole } = opened
      return buildMessagePage({ row, usage: null, opened: { page: cutPage(whole, want), response: whole.response } })
    },
    raw: async ({ id }) => bodies(id),
    thread: async ({ id }) => {
      const row = rows.find((each) => each.id === id)
      if (!row) throw new Failure('request-not-found')
      return threads.find(({ requests }) => requests.some((each) => each.row.id === id)) ?? threadOf([{ row }])
    },
    turn: async ({ id }) => {
      const requests = threads.flatMap((each) => each.requests)
      return fixtureTurn(id, requests, bodies, ledger)
    },
  }
  const exportPlans: ExportInput[] = []
  const api = refusingTheRest({
    conversations,
    exports: {
      plan: async (input) => {
        exportPlans.push(input)
        return { asOf: null, rows: input.ids?.length ?? rows.length, bodiesKept: 0 }
      },
      run: () => Promise.reject(new Failure('not-supported')),
    },
    links: {
      split: async ({ id }) => link(id, null),
      join: async ({ id, toId }) => link(id, toId),
      remove: async ({ id }) => {
        linkCalls.push(`remove ${id}`)
        return []
      },
    },
    transcripts: {
      preview: async (input) => {
        transcriptInputs.push(input)
        if (input.redaction.patterns.includes('(')) throw new Failure('invalid-input', { message: 'No such pattern.' })
        const removed = input.redaction.mail ? [{ kind: 'mail' as const, text: 'ada@mail.example', count: 3 }] : []
        return { requests: 7, length: 1234, removed, removedTotal: removed.length * 3 }
      },
      make: async ({ format }) => ({ name: `conversation.${format}`, mediaType: 'text/plain', text: 'made' }),
    },
    annotations: createFixtureAnnotations(threads, () => emit({ type: 'annotations' })),
    search: fixtureSearch(() => rows),
    views: {
      list: async () => views,
      save: async (view) => (views = [...views.filter(({ id }) => id !== view.id), view]),
      remove: async ({ id }) => (views = views.filter((view) => view.id !== id)),
    },
    usage: { domains: async () => ({ asOf: null, items: [] }) },
    workspace: {
      current: async () => workspace,
      syncNow: async () => workspace,
      events: async (_input, { signal }) => events(signal),
    },
    connections: { list: async () => [] },
    offline: { report: async () => undefined },
    host: {
      info: async () => ({
        name: 'fixture',
        version: '0.0.0',
        platform: 'test',
        capabilities: {
          canManageConnections: false,
          canOpenExternal: false,
          canNotify: false,
          hasTray: false,
          canSignOut: false,
          canUpdate: false,
        },
        keychain: { kind: 'in-memory', reason: null },
      }),
    },
    updates: createUpdatesApi(undefined),
    diagnostics: { run: () => Promise.reject(new Failure('not-supported')) },
    settings: {
      get: async () => ({ theme: 'system', timeZone: 'UTC', retentionDays: 90 }),
      update: async () => ({ theme: 'system', timeZone: 'UTC', retentionDays: 90 }),
    },
  })

  async function* events(signal: AbortSignal | undefined): AsyncGenerator<AppEvent, void> {
    const waiting: AppEvent[] = [{ type: 'workspace', workspace }]
    let wake: (() => void) | undefined
    const listener = (event: AppEvent): void => {
      waiting.push(event)
      wake?.()
    }
    listeners.add(listener)
    signal?.addEventListener('abort', () => wake?.())
    try {
      for (let isOpen = true; isOpen; isOpen = signal?.aborted !== true) {
        for (let event = waiting.shift(); event; event = waiting.shift()) yield event
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      listeners.delete(listener)
    }
  }

  function announce(newIds: string[], changedRows: number): void {
    emit({ type: 'data', asOf: new Date().toISOString(), newIds, changedRows })
  }

  function emit(event: AppEvent): void {
    for (const listener of listeners) listener(event)
  }

  return {
    api,
    listCalls,
    exportPlans,
    linkCalls,
    transcriptInputs,
    /** Newest first. */
    insert(fresh: RequestRow[]): void {
      rows = [...fresh, ...rows]
      announce(
        fresh.map((row) => row.id),
        0,
      )
    },
    change(id: string, patch: Partial<RequestRow>): void {
      rows = rows.map((row) => (row.id === id ? { ...row, ...patch } : row))
      announce([], 1)
    },
    breakList(isBroken: boolean): void {
      isListBroken = isBroken
    },
  }
}

type KnownApi = { [Group in keyof AppApi]?: Partial<AppApi[Group]> }

/** What is not answered here is refused: also what the contract gets one day. */
function refusingTheRest(known: KnownApi): AppApi {
  const refuse = async (): Promise<never> => {
    throw new Failure('not-supported')
  }
  const group = (procedures: object) => new Proxy(procedures, { get: (all, name) => Reflect.get(all, name) ?? refuse })
  return new Proxy(known, { get: (all, name) => group(Reflect.get(all, name) ?? {}) }) as AppApi
}
