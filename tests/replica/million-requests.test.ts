import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryWindow } from '../../src-main/core/ports'
import { resolveWindow } from '../../src-main/core/usage/resolve-window'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { fillWithRequests } from './million-requests'
import { dayMs, hourMs, ledger, startSync, stateOf, temporaryFolder, type Running } from './replica-fixture'

const rows = 1_000_000
let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let url: string
let endMs: number
let firstDayMs: number

beforeAll(async () => {
  postgres = await startTestPostgres({ shared_buffers: '512MB', max_wal_size: '4GB' })
  url = await postgres.createDatabase('million')
  endMs = await fillWithRequests(url, rows)
  folder = await temporaryFolder()
  const startedMs = performance.now()
  running = await startSync(folder.path, url)
  await stateOf(running.sync, (state) => state.asOf !== null)
  firstDayMs = performance.now() - startedMs
  // The last day has its usage read at once; the answers of older days say nothing that a sum needs.
  await stateOf(running.sync, (state) => state.phase === 'following')
})

afterAll(async () => {
  await running?.close()
  await folder?.remove()
  await postgres?.stop()
})

const windows: [string, { hours: number; endsMsAgo: number; tz: string }][] = [
  ['24 hours', { hours: 24, endsMsAgo: 0, tz: 'UTC' }],
  ['one hour by minutes', { hours: 1, endsMsAgo: 7_777, tz: 'UTC' }],
  ['seven days that end in the middle of an hour', { hours: 168, endsMsAgo: 3 * dayMs + 1_234_567, tz: 'UTC' }],
  ['30 days of a zone with half hours', { hours: 720, endsMsAgo: 0, tz: 'Asia/Kolkata' }],
  ['90 days through a change of the clock', { hours: 2100, endsMsAgo: 0, tz: 'America/New_York' }],
  ['a year by months, most of it empty', { hours: 24 * 365, endsMsAgo: dayMs, tz: 'Australia/Lord_Howe' }],
]

const filters: [string, Pick<QueryWindow, 'domain' | 'model'>][] = [
  ['all domains', {}],
  ['one domain', { domain: 'team-3.example.com' }],
  ['rows without a domain', { domain: '' }],
  ['one model', { model: 'claude-haiku-4-5-20251001' }],
]
/** The rarer filters take the same way, so two windows are enough for them. */
const questions = windows.flatMap(([name, window], index) =>
  filters.slice(0, index === 0 || index === 4 ? 4 : 2).map(([of, filter]) => ({ name, of, ...window, filter })),
)

test.each(questions)(
  'over $name, stats, timeline, models and domains of $of equal what SQL says',
  async ({ hours, endsMsAgo, tz, filter }) => {
    const toMs = endMs - endsMsAgo
    // Older rows than the retention are in the database only.
    const floorMs = Date.parse(running.sync.state().syncedFrom!)
    const scope = { ...filter, from: new Date(toMs - hours * hourMs).toISOString(), to: new Date(toMs).toISOString() }
    const { window, previous, bucketStarts } = resolveWindow(scope, { nowMs: endMs, asOfMs: null, timeZone: tz })
    const answer = await running.replica.overview(window, previous, bucketStarts, 'model')

    expect(answer.current).toMatchObject((await sqlFigures(window, floorMs))!)
    expect(answer.previous).toMatchObject((await sqlFigures(previous, floorMs))!)
    expect(answer.timeline.points.map(withoutCost)).toEqual(await sqlTimeline(window, bucketStarts, floorMs))
    expect(answer.models.map(toShare('model'))).toEqual(await sqlShares('model', window, floorMs))
    expect(answer.domains.map(toShare('domain'))).toEqual(await sqlShares('domain', window, floorMs))

    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
    const { series, points } = answer.timeline
    expect(series!.map((one) => one.name)).toEqual(answer.models.map((share) => share.model))
    for (const [index, point] of points.entries()) {
      expect(sum(series!.map((one) => one.requests[index]!))).toBe(point.requests)
      expect(sum(series!.map((one) => one.tokens[index]!))).toBe(point.inputTokens + point.outputTokens)
    }
    expect(sum(points.map((point) => point.costUsd))).toBeCloseTo(answer.current.costUsd, 6)
    expect(sum(answer.models.map((share) => share.costUsd))).toBeCloseTo(answer.current.costUsd, 6)
  },
)

test('the first day is there long before the rest', () => {
  // A generous bound for a busy machine; the figure itself is measured by the benchmark.
  expect(firstDayMs).toBeLessThan(30_000)
})

test('cost, cache tokens and errors of the last day equal a pricing of the rows that SQL gives', async () => {
  const window = { fromMs: endMs - 20 * hourMs, toMs: endMs }
  await stateOf(running.sync, (state) => state.asOf !== null && state.usagePending <= rows - 11_000)
  const answer = await running.replica.overview(window, window, [window.fromMs])
  const stored = await runSql(
    url,
    `SELECT extract(epoch FROM timestamp)::float8 * 1000 AS "timestampMs", model, input_tokens AS "inputTokens",
      output_tokens AS "outputTokens", (response_body #>> '{usage,cache_read_input_tokens}')::int AS "cacheReadTokens",
      (response_body #>> '{usage,cache_creation_input_tokens}')::int AS "cacheWriteTokens",
      (response_body #>> '{usage,input_tokens}')::int AS "usageInput", (response_body #>> '{usage,output_tokens}')::int AS "usageOutput",
      coalesce(response_body ->> 'type' = 'error', false) AS "isError"
    FROM requests WHERE ${sqlWindow(window, 0)}`,
  )
  let picoUsd = 0n
  let unpriced = 0
  for (const row of stored) {
    const usage = {
      model: row.model as string | null,
      timestampMs: row.timestampMs as number,
      inputTokens: (row.inputTokens ?? row.usageInput) as number | null,
      outputTokens: (row.outputTokens ?? row.usageOutput) as number | null,
      cacheReadTokens: row.cacheReadTokens as number | null,
      cacheWrite5mTokens: row.cacheWriteTokens as number | null,
      cacheWrite1hTokens: null,
      cacheWriteSplitUnknown: true,
      domain: null,
      webSearches: null,
      serviceTier: null,
      speed: null,
      inferenceGeo: null,
      iterations: null,
    }
    const price = ledger.price(usage).picoUsd
    if (price === null) unpriced++
    else picoUsd += BigInt(price)
  }
  const sum = (column: string) => stored.reduce((total, row) => total + Number(row[column] ?? 0), 0)
  expect(answer.current).toMatchObject({
    requests: stored.length,
    usagePending: 0,
    cacheReadTokens: sum('cacheReadTokens'),
    cacheWriteTokens: sum('cacheWriteTokens'),
    errors: sum('isError'),
    unpricedRequests: unpriced,
  })
  expect(answer.current.costUsd).toBeCloseTo(Number(picoUsd) / 1e12, 9)
  expect(unpriced).toBeGreaterThan(0)
})

describe.each([
  ['all rows', {}, ''],
  ['one domain', { domain: 'team-17.example.com' }, `AND domain = 'team-17.example.com'`],
  [
    'one model without a domain',
    { domain: '', model: 'an-unknown-model' },
    `AND domain IS NULL AND model = 'an-unknown-model'`,
  ],
  ['a domain that nobody has', { domain: 'nobody.example.com' }, 'AND false'],
])('the list of %s', (_, filter, condition) => {
  test.each([0, 1, 40, 80])('gives the pages that SQL gives, %d days back', async (daysBack) => {
    const window = { fromMs: endMs - 85 * dayMs + 12_345, toMs: endMs - daysBack * dayMs, ...filter }
    const expected = await runSql(
      url,
      `SELECT request_id AS id FROM requests WHERE ${sqlWindow(window, 0)} ${condition}
        ORDER BY timestamp DESC, request_id DESC LIMIT 150`,
    )
    const [counted] = await runSql(
      url,
      `SELECT count(*)::int AS total FROM requests WHERE ${sqlWindow(window, 0)} ${condition}`,
    )
    const ids: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 3; page++) {
      const list = await running.replica.list({ ...window, errorsOnly: false, limit: 50, cursor })
      expect(list.total).toBe(counted!.total)
      ids.push(...list.items.map((row) => row.id))
      cursor = list.nextCursor ?? undefined
      if (cursor === undefined) break
    }
    expect(ids).toEqual(expected.map((row) => row.id))
  })
})

test('the list of errors has exactly the rows whose answer is an error', async () => {
  const window = { fromMs: endMs - 20 * hourMs, toMs: endMs }
  const expected = await runSql(
    url,
    `SELECT request_id AS id FROM requests WHERE ${sqlWindow(window, 0)} AND response_body ->> 'type' = 'error'
      ORDER BY timestamp DESC, request_id DESC`,
  )
  const list = await running.replica.list({ ...window, errorsOnly: true, limit: 500, cursor: undefined })
  expect(expected.length).toBeGreaterThan(50)
  expect(list.items.map((row) => row.id)).toEqual(expected.map((row) => row.id))
  expect(list.total).toBe(expected.length)
  expect(list.nextCursor).toBeNull()
})

test('a row has every figure of its source, null where that is null', async () => {
  const stored = await runSql(
    url,
    `SELECT request_id AS id, to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS timestamp, domain, model,
      request_type AS "requestType", input_tokens AS "inputTokens", output_tokens AS "outputTokens",
      response_time_ms AS "responseTimeMs", stream, response_body IS NOT NULL AS answered,
      response_body ->> 'stop_reason' AS "stopReason"
    FROM requests WHERE ${sqlWindow({ fromMs: endMs - 2 * hourMs, toMs: endMs }, 0)} ORDER BY request_id`,
  )
  const found = await running.replica.rows(stored.map((row) => row.id as string))
  expect(found.map(({ row }) => row)).toMatchObject(stored)
  expect(stored.some((row) => row.domain === null) && stored.some((row) => row.inputTokens === null)).toBe(true)
})

describe.each([
  ['all requests together', undefined, {}],
  ['each model', 'model', {}],
  ['each domain of one model', 'domain', { model: 'claude-haiku-4-5-20251001' }],
] as const)('percentiles of response time of %s', (_, by, filter) => {
  test.each([
    ['30 days', { hours: 720, endsMsAgo: 1_234_567, tz: 'UTC' }],
    ['three days that end in the middle of an hour', { hours: 72, endsMsAgo: dayMs + 1_234_567, tz: 'Asia/Kolkata' }],
  ])('over %s and in each part of it are those of SQL', async (_, { hours, endsMsAgo, tz }) => {
    const toMs = endMs - endsMsAgo
    const scope = { ...filter, from: new Date(toMs - hours * hourMs).toISOString(), to: new Date(toMs).toISOString() }
    const { window, bucketStarts } = resolveWindow(scope, { nowMs: endMs, asOfMs: null, timeZone: tz })
    const answer = await running.replica.responseTimes({ window, ...(by && { by }), bucketStarts })
    const asGroups = async (bucket: string) =>
      new Map((await sqlTimes(window, by, bucket)).map(({ key, bucket: at, ...times }) => [`${key} ${at}`, times]))
    const [all, byBucket] = [
      await sqlTimes(window, undefined, '0'),
      await sqlTimes(window, undefined, sqlBucket(bucketStarts)),
    ]
    expect([answer.all.total]).toEqual(all.map(({ key: _key, bucket: _bucket, ...times }) => times))
    const none = { requests: 0, p50Ms: null, p95Ms: null, p99Ms: null }
    const found = new Map(byBucket.map(({ key: _key, bucket, ...times }) => [bucket, times]))
    expect(answer.all.buckets).toEqual(bucketStarts.map((_, index) => found.get(index) ?? none))
    if (!by) {
      expect(answer.groups).toEqual([])
      return
    }
    const totals = await asGroups('0')
    const parts = await asGroups(sqlBucket(bucketStarts))
    expect(answer.groups.length).toBe(totals.size)
    for (const { key, total, buckets } of answer.groups) {
      expect(total).toEqual(totals.get(`${key} 0`))
      expect(buckets).toEqual(bucketStarts.map((_, index) => parts.get(`${key} ${index}`) ?? none))
    }
  })
})

function sqlBucket(startsMs: number[]): string {
  return `width_bucket(extract(epoch FROM timestamp) * 1000, ARRAY[${startsMs.join(',')}]::numeric[]) - 1`
}

async function sqlTimes(window: QueryWindow, by: 'model' | 'domain' | undefined, bucket: string) {
  const percentile = (share: number) => `percentile_disc(${share}) WITHIN GROUP (ORDER BY response_time_ms)`
  return runSql(
    url,
    `SELECT ${by ?? 'NULL'} AS key, ${bucket} AS bucket, count(response_time_ms)::int AS requests, ${percentile(0.5)} AS "p50Ms",
      ${percentile(0.95)} AS "p95Ms", ${percentile(0.99)} AS "p99Ms"
    FROM requests WHERE ${sqlCondition(window, 0)} AND response_time_ms IS NOT NULL GROUP BY 1, 2`,
  )
}

function sqlWindow({ fromMs, toMs }: { fromMs: number; toMs: number }, floorMs: number): string {
  const instant = (ms: number) => `'${new Date(ms).toISOString()}'::timestamptz`
  return `timestamp >= ${instant(Math.max(fromMs, floorMs))} AND timestamp < ${instant(toMs)}`
}

function sqlCondition(window: QueryWindow, floorMs: number): string {
  const text = (column: string, value: string | undefined) =>
    value === undefined ? '' : value === '' ? `AND ${column} IS NULL` : `AND ${column} = '${value}'`
  return `${sqlWindow(window, floorMs)} ${text('domain', window.domain)} ${text('model', window.model)}`
}

const sqlTokens = `coalesce(sum(input_tokens), 0)::float8 AS "inputTokens", coalesce(sum(output_tokens), 0)::float8 AS "outputTokens"`

async function sqlFigures(window: QueryWindow, floorMs: number) {
  const [row] = await runSql(
    url,
    `SELECT count(*)::int AS requests, ${sqlTokens},
      (coalesce(sum(input_tokens), 0) + coalesce(sum(output_tokens), 0))::float8 AS "totalTokens",
      count(DISTINCT domain)::int AS "activeDomains"
    FROM requests WHERE ${sqlCondition(window, floorMs)}`,
  )
  return row
}

async function sqlTimeline(window: QueryWindow, startsMs: number[], floorMs: number) {
  const edges = startsMs.map((start) => `'${new Date(start).toISOString()}'`).join(',')
  const found = await runSql(
    url,
    `SELECT width_bucket(timestamp, ARRAY[${edges}]::timestamptz[]) - 1 AS bucket, count(*)::int AS requests, ${sqlTokens},
      count(DISTINCT domain)::int AS "activeDomains"
    FROM requests WHERE ${sqlCondition(window, floorMs)} GROUP BY 1`,
  )
  const byBucket = new Map(found.map(({ bucket, ...figures }) => [bucket as number, figures]))
  const empty = { requests: 0, inputTokens: 0, outputTokens: 0, activeDomains: 0 }
  return startsMs.map((start, bucket) => ({
    start: new Date(start).toISOString(),
    ...(byBucket.get(bucket) ?? empty),
  }))
}

async function sqlShares(column: 'domain' | 'model', window: QueryWindow, floorMs: number) {
  const found = await runSql(
    url,
    `SELECT ${column} AS name, count(*)::int AS requests, ${sqlTokens},
      to_char(max(timestamp) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "lastSeen"
    FROM requests WHERE ${sqlCondition(window, floorMs)} GROUP BY ${column}
    ORDER BY requests DESC, ${column} COLLATE "C" NULLS LAST`,
  )
  return found.map(({ lastSeen, ...share }) => (column === 'domain' ? { ...share, lastSeen } : share))
}

function withoutCost({ start, requests, inputTokens, outputTokens, activeDomains }: Record<string, unknown>) {
  return { start, requests, inputTokens, outputTokens, activeDomains }
}

function toShare(column: 'domain' | 'model') {
  return (share: Record<string, unknown>) => {
    const { requests, inputTokens, outputTokens, lastSeen } = share
    return { name: share[column], requests, inputTokens, outputTokens, ...(column === 'domain' && { lastSeen }) }
  }
}
