import * as fc from '../fakes/seeded-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Annotation } from '../../src-main/contract/annotations'
import type { RequestRow } from '../../src-main/contract/conversations'
import type { CodedText, RequestBatch } from '../../src-main/core/ports'
import { conditionsOf, type Query } from '../../src-main/core/search/query'
import { readQuery } from '../../src-main/core/search/parse-query'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { anyQuery, oddTexts } from '../core/search/any-query'
import { judgeRow, type JudgedRow } from '../core/search/judge-row'
import { plainBatch } from './plain-batch'
import { allRows, hourMs, ledger, temporaryFolder } from './replica-fixture'

/*
 * Every operator over random rows in a real replica, beside the same query judged row by row in plain code.
 */

const rounds = Number(process.env.NEXUS_TEST_ROUNDS ?? 40)
const count = 400
const fromMs = Date.UTC(2026, 4, 1)
const window = { fromMs, toMs: fromMs + 48 * hourMs }

const domains = [null, '', 'acme.com', 'Acme.COM', 'api.acme.com', 'söhne.de', '日本.jp', ...oddTexts]
const models = [null, 'claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001', 'unknown']
const types = [null, 'inference', 'batch', "a'b"]
const stops = [null, 'end_turn', 'max_tokens', 'tool_use']
const previews = [
  '',
  'Deploy the naïve CAFÉ service',
  '日本語を話します',
  "Robert'); DROP TABLE request; --",
  'deployment or not',
  '$1 {} %s',
]

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let replica: ReplicaStore
let rows: JudgedRow[]

beforeAll(async () => {
  folder = await temporaryFolder()
  replica = await openReplica({
    directory: folder.path,
    sourceKey: 'test',
    ledger,
    log: silentLog,
    annotations: () => annotations,
  })
  const made = fc.sample(anyRow, { numRuns: count, seed: 42 })
  const range = { fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 }
  await replica.storeRange({ range, spans: [{ batch: batchOf(made), from: 0, to: count }] })
  const keys = made.map((_, index) => ({ timestampUs: timeOf(index), id: idOf(index) }))
  await replica.keepUsage(
    keys.filter((_, index) => made[index]!.usage !== null),
    made.flatMap(({ usage }, index) => (usage === null ? [] : [{ ...noUsage, ...usage, id: idOf(index) }])),
  )
  await replica.keepPreviews(
    new Map(made.flatMap(({ preview }, index) => (preview === null ? [] : [[idOf(index), preview]]))),
  )
  for (const [index, key] of keys.slice(0, 60).entries()) {
    const { domain } = (await replica.threadRow(key.id))!
    expect(await replica.keepLinks(domain, [linkOf(key, `conversation ${index % 20}`)])).toEqual([])
  }
  const marks = (id: string): Annotation[] => {
    const index = keys.findIndex((key) => key.id === id)
    return annotations.filter(({ target }) => {
      if (target.requestId === id) return true
      const other = keys.findIndex((key) => key.id === target.requestId)
      return target.message === null && index < 60 && other < 60 && index % 20 === other % 20
    })
  }
  rows = (await allRows(replica, window)).map((row) => ({
    ...row,
    // A row without an answer called nothing.
    tools: row.answered
      ? (made[keys.findIndex((key) => key.id === row.id)]!.usage?.tools ?? []).map(({ name }) => name)
      : [],
    tags: marks(row.id).flatMap(({ tags }) => tags),
    isPinned: marks(row.id).some(({ isPinned }) => isPinned),
    isNoted: marks(row.id).some(({ note }) => note !== ''),
  }))
  expect(rows.length).toBe(count)
})
afterAll(async () => {
  await replica.close()
  await folder.remove()
})

const queries = anyQuery({
  texts: fc.constantFrom(
    'bash',
    'read',
    'web search',
    'Follow up',
    ...new Set([...domains, ...models, ...types, ...stops].filter((text) => text !== null)),
    'acme',
    'deploy',
    'cafe service',
    '日本',
    'claude-',
    '5',
    'tion',
  ),
  numbers: {
    tokens: fc.constantFrom(0, 1, 500, 1000, 2000),
    time: fc.constantFrom(0, 1, 500, 1000),
    cost: fc.constantFrom(0, 1, 1_500_000_000, 5_000_000_000, Number.MAX_SAFE_INTEGER),
  },
})

test('a list holds exactly the rows that the query says', async () => {
  await fc.assert(
    fc.asyncProperty(queries, fc.boolean(), async (query, errorsOnly) => {
      const page = await replica.list({ ...window, query, errorsOnly, limit: 500, cursor: undefined })
      const wanted = rows.filter((row) => judgeRow(query, row) && (!errorsOnly || row.error === true))
      expect(page.items.map((row) => row.id)).toEqual(wanted.map((row) => row.id))
      expect(page.total).toBe(wanted.length)
    }),
    { numRuns: rounds * 2 },
  )
})

test('figures, timeline, models, domains and costs are those of the rows of the list', async () => {
  const bucketStarts = Array.from({ length: 8 }, (_, index) => fromMs + index * 6.5 * hourMs).filter(
    (at) => at < window.toMs,
  )
  const previous = { fromMs: fromMs - 48 * hourMs, toMs: fromMs }
  await fc.assert(
    fc.asyncProperty(fc.oneof(queries, rolledUp), async (query) => {
      const asked = { ...window, query }
      const wanted = rows.filter((row) => judgeRow(query, row))
      const {
        current,
        timeline,
        models: shares,
        domains: domainShares,
      } = await replica.overview(asked, { ...previous, query }, bucketStarts, 'model')
      expect(current).toMatchObject({
        requests: wanted.length,
        totalTokens: sum(wanted, (row) => row.totalTokens),
        errors: wanted.filter((row) => row.error).length,
      })
      expect(current.costUsd).toBeCloseTo(
        sum(wanted, (row) => row.costUsd ?? 0),
        9,
      )
      expect(timeline.points.map((point) => point.requests)).toEqual(
        bucketStarts.map((start, index) => {
          const end = bucketStarts[index + 1] ?? Infinity
          return wanted.filter(({ timestamp }) => Date.parse(timestamp) >= start && Date.parse(timestamp) < end).length
        }),
      )
      expect(new Map(shares.map((share) => [share.model, share.requests]))).toEqual(countBy(wanted, (row) => row.model))
      expect(new Map(domainShares.map((share) => [share.domain, share.requests]))).toEqual(
        countBy(wanted, (row) => row.domain),
      )
      const times = await replica.responseTimes({ window: asked })
      expect(times.all.total.requests).toBe(wanted.filter((row) => row.responseTimeMs !== null).length)
      const costs = await replica.costs({
        window: asked,
        previous: { ...previous, query },
        rows: 'domain',
        columns: 'model',
        bucketStarts: [fromMs],
        longPromptThresholds: [200_000],
        hasDiscounts: false,
        teamOf: () => null,
      })
      expect(costs.allocation.total.requests).toBe(wanted.length)
      expect(sum(costs.cacheReads, ({ tokens }) => tokens)).toBe(
        sum(
          wanted.filter((row) => row.costUsd !== null),
          (row) => row.cacheReadTokens ?? 0,
        ),
      )
    }),
    { numRuns: rounds },
  )
})

test('pages of every order, put together, are the whole list in that order', async () => {
  const sorts = fc.record({
    by: fc.constantFrom('time' as const, 'cost' as const, 'tokens' as const, 'duration' as const),
    order: fc.constantFrom('asc' as const, 'desc' as const),
  })
  await fc.assert(
    fc.asyncProperty(sorts, fc.option(queries, { nil: undefined }), async (sort, query) => {
      const found: RequestRow[] = []
      let cursor: string | undefined
      do {
        const page = await replica.list({ ...window, query, errorsOnly: false, sort, limit: 70, cursor })
        found.push(...page.items)
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      const direction = sort.order === 'asc' ? 1 : -1
      const figureOf = (row: JudgedRow) =>
        ({ time: 0, cost: row.costUsd, tokens: row.totalTokens, duration: row.responseTimeMs })[sort.by]
      const last = direction * Infinity
      const wanted = rows
        .filter((row) => query === undefined || judgeRow(query, row))
        .toSorted(
          (a, b) =>
            direction * compare(figureOf(a) ?? last, figureOf(b) ?? last) ||
            direction * (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.id < b.id ? -1 : 1),
        )
      expect(found.map((row) => row.id)).toEqual(wanted.map((row) => row.id))
    }),
    { numRuns: rounds },
  )
})

test('pages are whole where far more rows than a page share a figure, and some a moment', async () => {
  const other = await openReplica({ directory: folder.path, sourceKey: 'alike', ledger, log: silentLog })
  try {
    const shared = 1500
    const ids = Array.from(
      { length: shared },
      (_, n) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    )
    const batch = plainBatch(ids, window.fromMs * 1000)
    // All alike but a few at either end, four at a time.
    for (let n = 0; n < shared; n++) batch.timestampUs[n] = window.fromMs * 1000 + Math.floor(n / 4) * 1000
    for (const column of [batch.responseTimeMs, batch.inputTokens]) {
      for (let n = 0; n < 30; n++) column.values[n * 11] = n < 15 ? n : 5000 + n
    }
    const range = { fromUs: window.fromMs * 1000, toUs: window.toMs * 1000 }
    await other.storeRange({ range, spans: [{ batch, from: 0, to: shared }] })
    for (const by of ['cost', 'tokens', 'duration'] as const) {
      for (const order of ['asc', 'desc'] as const) {
        const found: RequestRow[] = []
        let cursor: string | undefined
        do {
          const page = await other.list({ ...window, errorsOnly: false, sort: { by, order }, limit: 190, cursor })
          expect(page.total).toBe(shared)
          found.push(...page.items)
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        const figureOf = (row: RequestRow) =>
          ({ cost: row.costUsd, tokens: row.totalTokens, duration: row.responseTimeMs })[by] ?? NaN
        const sign = order === 'asc' ? 1 : -1
        const wanted = found.toSorted(
          (a, b) =>
            sign *
            (compare(figureOf(a), figureOf(b)) ||
              (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.id < b.id ? -1 : 1)),
        )
        expect(new Set(found.map((row) => row.id)).size).toBe(shared)
        expect(found.map((row) => row.id)).toEqual(wanted.map((row) => row.id))
      }
    }
  } finally {
    await other.close()
  }
})

test('a cursor of another order is refused', async () => {
  const sort = { by: 'cost', order: 'desc' } as const
  const { nextCursor } = await replica.list({ ...window, errorsOnly: false, sort, limit: 5, cursor: undefined })
  const other = { ...window, errorsOnly: false, sort: { ...sort, order: 'asc' as const }, limit: 5 }
  await expect(replica.list({ ...other, cursor: nextCursor! })).rejects.toMatchObject({ code: 'invalid-input' })
})

test.each([
  `"'; DROP TABLE request; --"`,
  `domain:"x' OR '1'='1"`,
  `domain:acme.com" or "1`,
  `model:*');--`,
  `"$1" or domain:$2`,
  `type:"a'b" -stop:"\\"; DELETE FROM word; --"`,
  `"00000000-0000-0000-0000-000000000000,' UNION SELECT"`,
])('%s asks for nothing but itself', async (text) => {
  let query: Query
  try {
    query = readQuery(text)!
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-input' })
    return
  }
  const page = await replica.list({ ...window, query, errorsOnly: false, limit: 500, cursor: undefined })
  expect(page.items.map((row) => row.id)).toEqual(rows.filter((row) => judgeRow(query, row)).map((row) => row.id))
  expect((await replica.counts()).rows).toBe(count)
})

/** Queries that the roll-up answers. */
const rolledUp = queries.filter((query) =>
  conditionsOf(query).every((each) => each.kind === 'pattern' && (each.field === 'domain' || each.field === 'model')),
)

const integer = (max: number) => fc.option(fc.oneof(fc.constantFrom(0, 1), fc.nat(max)), { nil: null })

const anyRow = fc.record({
  domain: fc.constantFrom(...domains),
  model: fc.constantFrom(...models),
  requestType: fc.constantFrom(...types),
  inputTokens: integer(2000),
  outputTokens: integer(1000),
  responseTimeMs: integer(1500),
  stream: fc.constantFrom(0, 1, 2),
  answered: fc.constantFrom(0, 1, 1, 1),
  failed: fc.constantFrom(0, 1, 2, 2),
  preview: fc.option(fc.constantFrom(...previews), { nil: null }),
  usage: fc.option(
    fc.record({
      cacheReadTokens: integer(500),
      stopReason: fc.constantFrom(...stops),
      isError: fc.boolean(),
      tools: fc.uniqueArray(
        fc.constantFrom('bash', 'Read', 'mcp__web search').map((name) => ({ name, calls: 2 })),
        { selector: ({ name }) => name, maxLength: 2 },
      ),
    }),
    { nil: null },
  ),
})
type MadeRow = typeof anyRow extends fc.Arbitrary<infer Row> ? Row : never

const noUsage = {
  inputTokens: null,
  outputTokens: null,
  cacheWrite5mTokens: null,
  cacheWrite1hTokens: null,
  cacheWriteSplitUnknown: false,
  webSearches: null,
  serviceTier: null,
  speed: null,
  inferenceGeo: null,
  iterations: null,
}

/** On whole conversations, joined or not, and on single messages. */
const annotations: Annotation[] = [3, 25, 70, 90, 130, 200, 399].map((index, place) => ({
  target: { requestId: idOf(index), message: place % 3 === 2 ? { index: 0, digest: 'x' } : null },
  isPinned: place % 2 === 0,
  tags: place % 4 === 1 ? [] : ['follow UP', 'bash'].slice(0, 1 + (place % 2)),
  note: place % 3 === 0 ? '' : 'Look at this',
  changedAt: '2026-05-01T00:00:00.000Z',
}))

function linkOf(key: { timestampUs: number; id: string }, conversationId: string) {
  const nothing = { parentId: null, retryOf: null, toolUseId: null }
  const place = { kind: 'start', reason: 'nothing-earlier', confidence: 'high' } as const
  return { ...key, conversationId, branch: 'main', turn: 1, ...nothing, ...place }
}

/** Several rows of one moment, so that ids decide too. */
function timeOf(index: number): number {
  return (fromMs + Math.floor(index / 3) * 20 * 60_000) * 1000
}

function idOf(index: number): string {
  return `${((index * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`
}

function batchOf(made: MadeRow[]): RequestBatch {
  const id = new Uint8Array(made.length * 16)
  for (const index of made.keys()) id.set(Buffer.from(idOf(index).replaceAll('-', ''), 'hex'), index * 16)
  const integers = (name: 'inputTokens' | 'outputTokens' | 'responseTimeMs') => ({
    values: Int32Array.from(made, (row) => row[name] ?? 0),
    isNull: Uint8Array.from(made, (row) => (row[name] === null ? 1 : 0)),
  })
  return {
    length: made.length,
    id,
    timestampUs: Float64Array.from(made, (_, index) => timeOf(index)),
    domain: coded(made.map((row) => row.domain)),
    model: coded(made.map((row) => row.model)),
    requestType: coded(made.map((row) => row.requestType)),
    inputTokens: integers('inputTokens'),
    outputTokens: integers('outputTokens'),
    responseTimeMs: integers('responseTimeMs'),
    stream: Uint8Array.from(made, (row) => row.stream),
    answered: Uint8Array.from(made, (row) => row.answered),
    failed: Uint8Array.from(made, (row) => row.failed),
  }
}

function coded(texts: (string | null)[]): CodedText {
  const values = [...new Set(texts.filter((text) => text !== null))]
  return { values, codes: Uint32Array.from(texts, (text) => (text === null ? 0 : values.indexOf(text) + 1)) }
}

function sum<Item>(items: Item[], figure: (item: Item) => number): number {
  return items.reduce((total, item) => total + figure(item), 0)
}

function countBy(found: RequestRow[], key: (row: RequestRow) => string | null): Map<string | null, number> {
  const counts = new Map<string | null, number>()
  for (const row of found) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1)
  return counts
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
