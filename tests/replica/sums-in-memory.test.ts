import { setImmediate as nextTurn } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import * as fc from '../fakes/seeded-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestRow } from '../../src-main/contract/conversations'
import type { AnswerFacts, QueryWindow, RequestBatch } from '../../src-main/core/ports'
import { resolveWindow } from '../../src-main/core/usage/resolve-window'
import type { ReplicaStore } from '../../src-main/replica/open-replica'
import { allRows, dayMs, hourMs, openTestReplica, temporaryFolder } from './replica-fixture'

/* Sums are kept in memory as they are asked for. Whatever is written between two questions, they are those of the rows. */

const histories = Number(process.env.NEXUS_TEST_ROUNDS ?? 6)
const clockMs = Date.UTC(2026, 4, 10, 12, 41, 7)
const oldestMs = clockMs - 6 * dayMs
const domains = ['a.example.com', 'b.example.com', 'c.example.com']
const models = ['claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001', 'unheard-of']

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

interface Row {
  number: number
  atMs: number
  /** From 0; the one after the last is none. */
  domain: number
  model: number
  tokens: number
}

const row = fc.record({
  number: fc.nat(400),
  // Many in the newest hours, and some on the very edge of an hour.
  atMs: fc.oneof(
    fc.integer({ min: clockMs - 3 * hourMs, max: clockMs - 1 }),
    fc.integer({ min: oldestMs, max: clockMs - 1 }),
    fc.integer({ min: 0, max: 140 }).map((hours) => Math.floor(clockMs / hourMs) * hourMs - hours * hourMs),
  ),
  domain: fc.nat(domains.length),
  model: fc.nat(models.length),
  tokens: fc.nat(5000),
})
const rows = fc.array(row, { maxLength: 60 })
const step = fc.oneof(
  fc.record({
    kind: fc.constant('store' as const),
    rows,
    fromHours: fc.nat(140),
    hours: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({ kind: fc.constant('look' as const), rows, minutes: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('usage' as const), limit: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant('prune' as const), hours: fc.integer({ min: 20, max: 140 }) }),
)
const question = fc.record({
  endsMsAgo: fc.oneof(fc.constant(0), fc.nat(4 * dayMs)),
  hours: fc.constantFrom(1, 6, 18, 24, 70, 150),
  tz: fc.constantFrom('UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York'),
  domain: fc.constantFrom(undefined, undefined, '', ...domains),
  model: fc.constantFrom(undefined, undefined, '', ...models),
  sortedBy: fc.constantFrom('cost' as const, 'tokens' as const, 'duration' as const),
})

test('after any history of writes the figures in memory are those of the rows', async () => {
  let opened = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 9 }),
      fc.array(question, { minLength: 2, maxLength: 4 }),
      async (steps, questions) => {
        const directory = `${folder.path}/${opened++}`
        const replica = await openTestReplica(directory)
        let nowMs = clockMs
        for (const one of steps) {
          nowMs += 37_000
          await write(replica, one, nowMs)
          // Before and after memory was filled; several at once while a write is under way.
          const writing = replica.keepPreviews(new Map([['00000001-0000-0000-0000-000000000000', 'x']]))
          for (const asked of questions) await compare(replica, asked, nowMs)
          await writing
        }
        await replica.close()
        expect(await wrongPeaks(`${directory}/test/replica.duckdb`)).toEqual([])
      },
    ),
    { numRuns: histories, endOnFailure: true },
  )
})

test('figures asked for while rows come are of one moment', async () => {
  const replica = await openTestReplica(`${folder.path}/under-way`)
  const window = { fromMs: oldestMs, toMs: clockMs + hourMs }
  const writing = { isDone: false }
  const ask = async () => {
    let largest = 0
    while (!writing.isDone) {
      const { current, previous, timeline } = await replica.overview(
        window,
        window,
        [window.fromMs, clockMs - 2 * dayMs],
        'model',
      )
      expect(previous).toEqual(current)
      expect(timeline.points.reduce((sum, point) => sum + point.requests, 0)).toBe(current.requests)
      // Each write adds a whole hundred.
      expect(current.requests % 100).toBe(0)
      expect(current.requests).toBeGreaterThanOrEqual(largest)
      largest = current.requests
      // An answer from memory comes at once, and would leave the writer no turn.
      await nextTurn()
    }
  }
  const asking = Promise.all([ask(), ask()])
  asking.catch(() => undefined)
  for (let piece = 0; piece < 25; piece++) {
    const atMs = clockMs - piece * 4 * hourMs
    const range = { fromUs: (atMs - hourMs) * 1000, toUs: atMs * 1000 }
    const batch = batchOf(
      Array.from({ length: 100 }, (_, index) => ({
        number: piece * 100 + index,
        atMs: atMs - hourMs + index * 35_000,
        domain: index % 3,
        model: piece % 3,
        tokens: index,
      })),
    )
    await replica.storeRange({ range, spans: [{ batch, from: 0, to: 100 }] })
  }
  writing.isDone = true
  await asking
  const { current } = await replica.overview(window, window, [window.fromMs])
  expect(current.requests).toBe(2500)
  await replica.close()
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function write(replica: ReplicaStore, one: Step, nowMs: number): Promise<void> {
  if (one.kind === 'store') {
    const toMs = Math.floor(nowMs / hourMs) * hourMs - one.fromHours * hourMs
    const range = { fromUs: (toMs - one.hours * hourMs) * 1000, toUs: toMs * 1000 }
    await replica.storeRange({
      range,
      spans: spansOf(one.rows.filter(({ atMs }) => atMs >= toMs - one.hours * hourMs && atMs < toMs)),
    })
  } else if (one.kind === 'look') {
    const fromMs = nowMs - one.minutes * 60_000
    await replica.applyLook({
      windowFromUs: fromMs * 1000,
      asOfUs: nowMs * 1000,
      spans: spansOf(one.rows.filter(({ atMs }) => atMs >= fromMs)),
      missing: [],
    })
  } else if (one.kind === 'usage') {
    const keys = await replica.rowsWithoutUsage(0, one.limit)
    await replica.keepUsage(
      keys,
      keys.map(({ id }, index) => usageOf(id, index)),
    )
  } else {
    await replica.prune((Math.floor(nowMs / hourMs) - one.hours) * hourMs * 1000)
  }
}

async function compare(
  replica: ReplicaStore,
  asked: typeof question extends fc.Arbitrary<infer T> ? T : never,
  nowMs: number,
): Promise<void> {
  const toMs = nowMs - asked.endsMsAgo
  const { window, previous, bucketStarts } = resolveWindow(
    {
      domain: asked.domain,
      model: asked.model,
      from: new Date(toMs - asked.hours * hourMs).toISOString(),
      to: new Date(toMs).toISOString(),
    },
    { nowMs, asOfMs: null, timeZone: asked.tz },
  )
  const [answer, now, before] = [
    await replica.overview(window, previous, bucketStarts, 'domain'),
    await rowsOf(replica, window),
    await rowsOf(replica, previous),
  ]
  expect(answer.current).toMatchObject(figuresOf(now))
  for (const errorsOnly of [false, true]) {
    const { total } = await replica.list({ ...window, errorsOnly, limit: 1, cursor: undefined })
    expect(total).toBe(errorsOnly ? answer.current.errors : now.length)
  }
  expect(await sortedPages(replica, window, asked.sortedBy)).toEqual(sortedIds(now, asked.sortedBy).slice(0, 12))
  expect(answer.previous).toMatchObject(figuresOf(before))
  expect(
    answer.timeline.points.map(({ requests, inputTokens, errors }) => ({ requests, inputTokens, errors })),
  ).toEqual(
    bucketStarts.map((startMs, index) => {
      const within = now.filter(
        ({ timestamp }) =>
          Date.parse(timestamp) >= startMs && Date.parse(timestamp) < (bucketStarts[index + 1] ?? Infinity),
      )
      const { requests, inputTokens, errors } = figuresOf(within)
      return { requests, inputTokens, errors }
    }),
  )
  expect(answer.domains.map(({ domain, requests, lastSeen }) => [domain, requests, lastSeen]).sort()).toEqual(
    [...new Set(now.map((one) => one.domain))]
      .map((domain) => {
        const its = now.filter((one) => one.domain === domain)
        return [
          domain,
          its.length,
          its
            .map((one) => one.timestamp)
            .toSorted()
            .at(-1),
        ]
      })
      .sort(),
  )
}

type SortedBy = 'cost' | 'tokens' | 'duration'

/** The first rows, four a page: far fewer than there are. */
async function sortedPages(replica: ReplicaStore, window: QueryWindow, by: SortedBy): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const sort = { by, order: 'desc' as const }
    const page = await replica.list({ ...window, errorsOnly: false, sort, limit: 4, cursor })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && ids.length < 12)
  return ids
}

function sortedIds(found: RequestRow[], by: SortedBy): string[] {
  const figureOf = (one: RequestRow): number =>
    ({ cost: one.costUsd, tokens: one.totalTokens, duration: one.responseTimeMs })[by] ?? -1
  const key = (one: RequestRow): string => `${one.timestamp} ${one.id}`
  return found.toSorted((a, b) => figureOf(b) - figureOf(a) || (key(a) < key(b) ? 1 : -1)).map(({ id }) => id)
}

/** Hours whose largest figures are not those of their rows. */
async function wrongPeaks(path: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  const found = await connection.run(`
    SELECT hour, domain, model, most_tokens, most_time_ms, most_cost_pico FROM hourly EXCEPT
    SELECT timestamp_us // 3600000000, domain, model, max(input_tokens + output_tokens),
      coalesce(max(CASE WHEN source_nulls & 4 = 0 THEN response_time_ms END), -1),
      coalesce(max(CASE WHEN pricing = 0 THEN cost_pico END), -1) FROM request GROUP BY ALL`)
  const wrong = await found.getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return wrong
}

async function rowsOf(replica: ReplicaStore, window: QueryWindow): Promise<RequestRow[]> {
  return (await allRows(replica, window)) as RequestRow[]
}

function figuresOf(found: RequestRow[]) {
  const sum = (value: (one: RequestRow) => number | null) => found.reduce((total, one) => total + (value(one) ?? 0), 0)
  return {
    requests: found.length,
    inputTokens: sum((one) => one.inputTokens),
    outputTokens: sum((one) => one.outputTokens),
    cacheReadTokens: sum((one) => one.cacheReadTokens),
    cacheWriteTokens: sum((one) => one.cacheWriteTokens),
    activeDomains: new Set(found.map((one) => one.domain).filter((domain) => domain !== null)).size,
    errors: sum((one) => (one.error ? 1 : 0)),
    costUsd: expect.closeTo(
      sum((one) => one.costUsd),
      9,
    ),
  }
}

function spansOf(some: Row[]) {
  const byNumber = new Map(some.map((one) => [one.number, one]))
  const batch = batchOf([...byNumber.values()].toSorted((a, b) => a.atMs - b.atMs))
  return [{ batch, from: 0, to: batch.length }]
}

function batchOf(some: Row[]): RequestBatch {
  const length = some.length
  const coded = (values: string[], code: (one: Row) => number) => ({
    values,
    codes: Uint32Array.from(some, (one) => (code(one) + 1) % (values.length + 1)),
  })
  const integers = (value: (one: Row) => number) => ({
    values: Int32Array.from(some, value),
    isNull: new Uint8Array(length),
  })
  const id = new Uint8Array(length * 16)
  const numbers = new DataView(id.buffer)
  for (const [index, { number }] of some.entries()) numbers.setUint32(index * 16, number + 1)
  return {
    length,
    id,
    timestampUs: Float64Array.from(some, ({ atMs }) => atMs * 1000),
    domain: coded(domains, (one) => one.domain),
    model: coded(models, (one) => one.model),
    requestType: coded(['inference'], () => 0),
    inputTokens: integers((one) => one.tokens),
    outputTokens: integers((one) => one.tokens % 77),
    responseTimeMs: {
      values: Int32Array.from(some, (one) => one.tokens),
      isNull: Uint8Array.from(some, (one) => Number(one.tokens % 5 === 0)),
    },
    stream: new Uint8Array(length),
    answered: Uint8Array.from(some, (one) => (one.tokens % 9 === 0 ? 0 : 1)),
    failed: Uint8Array.from(some, (one) => one.tokens % 3),
  }
}

function usageOf(id: string, index: number): AnswerFacts {
  return {
    id,
    inputTokens: index,
    outputTokens: 3,
    cacheReadTokens: index * 7,
    cacheWrite5mTokens: index % 5,
    cacheWrite1hTokens: index % 3,
    cacheWriteSplitUnknown: false,
    webSearches: null,
    serviceTier: null,
    speed: null,
    inferenceGeo: null,
    stopReason: 'end_turn',
    isError: index % 11 === 0,
    iterations: null,
    tools: index % 4 === 0 ? [{ name: 'search', calls: 2 }] : [],
  }
}
