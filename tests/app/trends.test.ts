import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTrendsApi } from '../../src-main/app/trends-api'
import { createUsageApi } from '../../src-main/app/usage-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import {
  trendInput,
  trendPatterns,
  trendResponseTimes,
  trends,
  type TrendPatterns,
  type TrendResponseTimes,
  type Trends,
} from '../../src-main/contract/trends'
import { priceRequest } from '../../src-main/replica/price-request'
import { toUsageToPrice } from '../../src-main/core/pricing/usage-to-price'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import {
  dayMs,
  isComplete,
  ledger,
  startSync,
  stateOf,
  temporaryFolder,
  type Running,
} from '../replica/replica-fixture'

/*
 * Every figure of the trends beside what PostgreSQL says of the same random rows, with nulls in every column.
 */

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let url: string
let api: ReturnType<typeof createTrendsApi>
let usage: ReturnType<typeof createUsageApi>

const rows = Number(process.env.NEXUS_TEST_ROUNDS ?? 3000)
const models = ['claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929', 'an-unknown-model']

/**
 * The figures of random days depend on where the days are cut, so that these are always the same. NEXUS_TEST_NOW takes
 * another moment.
 */
const nowMs = Date.parse(process.env.NEXUS_TEST_NOW ?? '2026-11-20T09:41:00Z')

/** 80 days that end then: tool calls, errors, unanswered rows, every column null somewhere, eleven domains. */
const randomRequests = `
  SELECT setseed(0.42);
  INSERT INTO requests
  SELECT gen_random_uuid(), to_timestamp(${nowMs / 1000}) - random() * interval '80 days',
    CASE WHEN random() < 0.9 THEN 'team-' || floor(power(random(), 2) * 11)::int || '.example.com' END,
    CASE WHEN random() < 0.95 THEN (ARRAY['${models.join("','")}'])[1 + floor(random() * 3)::int] END,
    CASE WHEN random() < 0.9 THEN floor(random() * 20000)::int END,
    CASE WHEN random() < 0.9 THEN floor(random() * 3000)::int END,
    '{"messages":[{"role":"user","content":"hello"}]}',
    CASE WHEN n % 17 = 0 THEN NULL
      WHEN n % 19 = 0 THEN '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}'::jsonb
      ELSE jsonb_build_object('type', 'message',
        'stop_reason', (ARRAY['end_turn', 'tool_use', 'max_tokens', NULL])[1 + floor(power(random(), 2) * 4)::int],
        'content', (SELECT coalesce(jsonb_agg(jsonb_build_object('type', 'tool_use', 'id', 'toolu_' || i,
          'name', (ARRAY['Read', 'Bash', 'Edit'])[1 + (n * i) % 3])), '[]') FROM generate_series(1, n % 4) AS i),
        'usage', CASE WHEN random() < 0.8 THEN jsonb_build_object('input_tokens', 10, 'output_tokens', 20,
          'cache_read_input_tokens', floor(random() * 9000)::int, 'cache_creation_input_tokens', floor(random() * 900)::int) END)
      END,
    CASE WHEN random() < 0.9 THEN floor(power(random(), 3) * 60000)::int END, true,
    (ARRAY['inference', 'query_evaluation', NULL])[1 + floor(random() * 3)::int]
  FROM generate_series(1, ${rows}) AS n`

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  url = await postgres.createDatabase('trends', briefTable)
  await runSql(url, randomRequests)
  running = await startSync(folder.path, url, { retentionDays: 3650 })
  await stateOf(running.sync, isComplete)
  const workspaces = { open: () => ({ ...running, replica: atThatMoment(running.replica) }) } as unknown as Workspaces
  api = createTrendsApi(workspaces, { timeZone: () => 'UTC', retentionDays: () => 90, now: () => nowMs })
  usage = createUsageApi(workspaces, () => 'UTC')
})

afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

/** The replica as it was at the moment that the rows end at. */
function atThatMoment(replica: Running['replica']): Running['replica'] {
  return { ...replica, asOf: () => new Date(nowMs).toISOString() }
}

type Input = Record<string, unknown>
const context = { signal: undefined }
const series = async (input: Input): Promise<Trends> => trends.parse(await api.series(trendInput.parse(input), context))
const patterns = async (input: Input): Promise<TrendPatterns> =>
  trendPatterns.parse(await api.patterns(trendInput.parse(input), context))
const times = async (input: Input): Promise<TrendResponseTimes> =>
  trendResponseTimes.parse(await api.responseTimes(trendInput.parse(input), context))

const daysAgo = (days: number) => new Date(nowMs - days * dayMs).toISOString()

/** Scopes with the condition that SQL has for them. */
const scopes: [string, Input, string][] = [
  ['30 days of Berlin by day', { from: daysAgo(30), to: daysAgo(0), tz: 'Europe/Berlin', bucket: 'day' }, ''],
  ['80 days of Kathmandu by week', { from: daysAgo(79.3), to: daysAgo(1.1), tz: 'Asia/Kathmandu', bucket: 'week' }, ''],
  [
    '60 days of New York by month, of a domain',
    { from: daysAgo(60), to: daysAgo(0.5), tz: 'America/New_York', bucket: 'month', domain: 'team-0.example.com' },
    `AND domain = 'team-0.example.com'`,
  ],
  [
    'a week by hour, of a model and without a domain',
    { from: daysAgo(7), to: daysAgo(0), tz: 'UTC', bucket: 'hour', domain: '', model: models[0] },
    `AND domain IS NULL AND model = '${models[0]}'`,
  ],
  [
    '40 days by day, of a query',
    { from: daysAgo(40), to: daysAgo(0), tz: 'UTC', bucket: 'day', q: 'type:inference tokens:>5000' },
    `AND request_type = 'inference' AND coalesce(input_tokens, 0) + coalesce(output_tokens, 0) > 5000`,
  ],
]

const split = { domain: 'domain', model: 'model', type: 'request_type' } as const

/** Sums by bucket (and key) as SQL has them, with the bucket's start in ISO UTC. */
async function sqlSums(input: Input, condition: string, key: string | null, window = input) {
  return runSql(
    url,
    `SELECT to_char(date_trunc($3, timestamp, $4) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS start,
      ${key ?? 'NULL::text'} AS key, count(*)::int AS requests,
      coalesce(sum(input_tokens), 0)::int AS "inputTokens", coalesce(sum(output_tokens), 0)::int AS "outputTokens",
      coalesce(sum((response_body #>> '{usage,cache_read_input_tokens}')::int), 0)::int AS "cacheReadTokens",
      coalesce(sum((response_body #>> '{usage,cache_creation_input_tokens}')::int), 0)::int AS "cacheWriteTokens",
      (count(*) FILTER (WHERE response_body ->> 'type' = 'error'))::int AS errors,
      count(response_time_ms)::int AS timed,
      percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY response_time_ms) AS percentiles
    FROM requests WHERE timestamp >= $1 AND timestamp < $2 ${condition} GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`,
    [window.from, window.to, input.bucket, input.tz],
  )
}

const figures = ['requests', 'inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'errors'] as const
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

describe.each(scopes)('over %s', (_, input, condition) => {
  test('each figure of each bucket is what SQL says, now and in the time before', async () => {
    const found = await series(input)
    const length = Date.parse(input.to as string) - Date.parse(input.from as string)
    const before = { from: new Date(Date.parse(input.from as string) - length).toISOString(), to: input.from }
    const expected = await sqlSums(input, condition, null)
    for (const figure of figures) {
      const values = found.starts.map((start) => expected.find((row) => row.start === start)?.[figure] ?? 0)
      expect(found.all[figure], figure).toEqual(values)
      const former = await sqlSums(input, condition, null, before)
      expect(total(found.previous.columns[figure]), `${figure} before`).toBe(
        total(former.map((row) => Number(row[figure]))),
      )
    }
    expect(expected.every(({ start }) => found.starts.includes(start as string))).toBe(true)
    expect(found.previous).toMatchObject({ from: before.from, to: before.to })
    expect(found.missing).toEqual([])
  })

  test.each(['domain', 'model', 'type'] as const)(
    'by %s, each part is what SQL says and all parts are the whole',
    async (by) => {
      const found = await series({ ...input, by })
      const expected = await sqlSums(input, condition, split[by])
      const keys = new Set(expected.map(({ key }) => key))
      for (const { key, isOthers, columns } of found.series) {
        if (isOthers) continue
        for (const figure of figures) {
          const values = found.starts.map(
            (start) => expected.find((row) => row.start === start && row.key === key)?.[figure] ?? 0,
          )
          expect(columns[figure], `${String(key)} ${figure}`).toEqual(values)
        }
      }
      expect(found.series.length).toBe(Math.min(keys.size, 8))
      for (const figure of [...figures, 'costUsd' as const]) {
        for (const [index, whole] of found.all[figure].entries()) {
          expect(total(found.series.map(({ columns }) => columns[figure][index]!))).toBeCloseTo(whole, 9)
        }
      }
      const [largest] = found.series
      expect(total(largest!.columns.requests)).toBe(
        Math.max(...found.series.filter(({ isOthers }) => !isOthers).map(({ columns }) => total(columns.requests))),
      )
    },
  )

  test('response times are what percentile_disc says, of each bucket and each part', async () => {
    for (const by of [undefined, 'domain', 'type'] as const) {
      const found = await times({ ...input, by })
      const expected = await sqlSums(input, condition, by ? split[by] : null)
      for (const { key, columns } of by ? found.series : [{ key: null, columns: found.all }]) {
        for (const [index, start] of found.starts.entries()) {
          const row = expected.find((one) => one.start === start && one.key === key)
          const percentiles = [columns.p50Ms[index], columns.p95Ms[index], columns.p99Ms[index]]
          expect(columns.requests[index]).toBe(row?.timed ?? 0)
          expect(percentiles).toEqual((row?.percentiles as number[] | null) ?? [null, null, null])
        }
      }
    }
  })

  test('stop reasons and tools are those of the answers', async () => {
    const found = await patterns(input)
    const bucket = `to_char(date_trunc($3, timestamp, $4) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS start`
    const values = [input.from, input.to, input.bucket, input.tz]
    const stops = await runSql(
      url,
      `SELECT ${bucket}, response_body ->> 'stop_reason' AS key, count(*)::int AS requests FROM requests
        WHERE timestamp >= $1 AND timestamp < $2 AND response_body ->> 'type' = 'message' ${condition} GROUP BY 1, 2`,
      values,
    )
    const tools = await runSql(
      url,
      `SELECT ${bucket}, block ->> 'name' AS key, count(*)::int AS calls, count(DISTINCT request_id)::int AS requests
        FROM requests CROSS JOIN LATERAL jsonb_array_elements(response_body -> 'content') AS block
        WHERE timestamp >= $1 AND timestamp < $2 ${condition} GROUP BY 1, 2`,
      values,
    )
    const column = (rows: Input[], key: string | null, figure: string) =>
      found.starts.map((start) => rows.find((row) => row.start === start && row.key === key)?.[figure] ?? 0)
    expect(found.stopReasons.map(({ key }) => key).toSorted()).toEqual(
      [...new Set(stops.map(({ key }) => key as string | null))].toSorted(),
    )
    for (const { key, requests } of found.stopReasons) expect(requests).toEqual(column(stops, key, 'requests'))
    expect(found.tools.map(({ name }) => name).toSorted()).toEqual(
      [...new Set(tools.map(({ key }) => key as string))].toSorted(),
    )
    for (const { name, calls, requests } of found.tools) {
      expect(calls).toEqual(column(tools, name, 'calls'))
      expect(requests).toEqual(column(tools, name, 'requests'))
    }
    expect([total(found.stopReasonPending), total(found.toolsPending)]).toEqual([0, 0])
  })

  test('the hours of the week are those of the wall clock', async () => {
    const { week } = await patterns(input)
    const expected = await runSql(
      url,
      `SELECT ((extract(isodow FROM local) - 1) * 24 + extract(hour FROM local))::int AS place, count(*)::int AS requests,
        (coalesce(sum(input_tokens), 0) + coalesce(sum(output_tokens), 0))::int AS tokens,
        (count(*) FILTER (WHERE response_body ->> 'type' = 'error'))::int AS errors
      FROM (SELECT *, timestamp AT TIME ZONE $3 AS local FROM requests) AS r
      WHERE timestamp >= $1 AND timestamp < $2 ${condition} GROUP BY 1`,
      [input.from, input.to, input.tz],
    )
    for (const figure of ['requests', 'tokens', 'errors'] as const) {
      const values = Array.from(
        { length: 168 },
        (_, place) => expected.find((row) => row.place === place)?.[figure] ?? 0,
      )
      expect(week[figure], figure).toEqual(values)
    }
    expect(total(week.costUsd)).toBeCloseTo(total((await series(input)).all.costUsd), 9)
  })
})

test('cost is that of a pricing of the rows that SQL gives, bucket by bucket, and its sum that of the overview', async () => {
  const input = { from: daysAgo(30), to: daysAgo(0), tz: 'Europe/Berlin', bucket: 'day' }
  const found = await series(input)
  const stored = await runSql(
    url,
    `SELECT to_char(date_trunc('day', timestamp, $3) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS start,
      extract(epoch FROM timestamp)::float8 * 1000 AS ms, domain, model, input_tokens AS input, output_tokens AS output,
      response_body -> 'usage' AS usage, response_body ->> 'type' = 'message' AS "isMessage"
    FROM requests WHERE timestamp >= $1 AND timestamp < $2`,
    [input.from, input.to, input.tz],
  )
  const pico = new Map<string, number>()
  const unpriced = new Map<string, number>()
  for (const row of stored) {
    const used = row.usage as Record<string, number> | null
    const toPrice = toUsageToPrice(
      {
        domain: row.domain as string | null,
        model: row.model as string | null,
        timestampMs: row.ms as number,
        inputTokens: row.input as number | null,
        outputTokens: row.output as number | null,
      },
      row.isMessage === true
        ? {
            inputTokens: used?.input_tokens ?? null,
            outputTokens: used?.output_tokens ?? null,
            cacheReadTokens: used?.cache_read_input_tokens ?? null,
            cacheWrite5mTokens: used?.cache_creation_input_tokens ?? null,
            cacheWrite1hTokens: null,
            cacheWriteSplitUnknown: true,
            webSearches: null,
            serviceTier: null,
            speed: null,
            inferenceGeo: null,
            iterations: null,
            isError: false,
            stopReason: null,
          }
        : null,
    )
    const price = priceRequest(ledger, toPrice)
    const start = row.start as string
    pico.set(start, (pico.get(start) ?? 0) + price.picoUsd)
    unpriced.set(start, (unpriced.get(start) ?? 0) + (price.pricing === 1 ? 1 : 0))
  }
  for (const [index, start] of found.starts.entries()) {
    expect(found.all.costUsd[index], start).toBeCloseTo((pico.get(start) ?? 0) / 1e12, 9)
    expect(found.all.unpricedRequests[index], start).toBe(unpriced.get(start) ?? 0)
  }
  const { from, to, tz } = input
  const stats = await usage.stats({ from, to, tz }, context)
  expect(total(found.all.costUsd)).toBeCloseTo(stats.costUsd, 9)
  expect(total(found.all.requests)).toBe(stats.requests)
})

test('a forecast reaches to the month’s end, counts what is there already and says how it was made', async () => {
  const day = await series({ hours: 24 * 30, tz: 'UTC', bucket: 'day' })
  expect(day.forecast!.starts[0]).toBe(day.starts.at(-1))
  expect(day.forecast!.starts).toHaveLength(15)
  const month = await series({ hours: 24 * 60, tz: 'UTC', bucket: 'month' })
  expect(month.forecast!.starts[0]).toBe(month.starts.at(-1))
  for (const figure of ['requests', 'tokens', 'costUsd'] as const) {
    const forecast = month.forecast![figure]
    if ('reason' in forecast) throw new Error(forecast.reason)
    const soFar =
      figure === 'tokens' ? month.all.inputTokens.at(-1)! + month.all.outputTokens.at(-1)! : month.all[figure].at(-1)!
    expect(forecast.bands[0]!.low).toBeGreaterThanOrEqual(soFar)
    expect(forecast.bands).toHaveLength(month.forecast!.starts.length)
    expect(forecast.method).toMatch(/^Each day is forecast as/)
    expect(forecast.error).toMatch(/off by [\d.]+% of a mean day/)
  }
})

test('a window of the past and short steps have no forecast, and a domain that nobody has has a reason', async () => {
  expect((await series({ from: daysAgo(30), to: daysAgo(10), bucket: 'day' })).forecast).toBeNull()
  expect((await series({ hours: 24 })).forecast).toBeNull()
  const { forecast } = await series({ hours: 24 * 30, bucket: 'day', domain: 'nobody.example.com' })
  expect(forecast!.costUsd).toEqual({ reason: 'A forecast needs 15 whole days of use; there are 0.' })
})

test('an incident is marked with why, and only where it is', async () => {
  const at = new Date(Math.floor((nowMs - 3 * dayMs) / dayMs) * dayMs + 14 * 3_600_000).toISOString()
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens)
      SELECT gen_random_uuid(), $1::timestamptz + i * interval '1 second', 'surge.example.com', $2, 100 FROM generate_series(1, 900) AS i`,
    [at, models[0]],
  )
  await running.close()
  running = await startSync(`${folder.path}/again`, url, { retentionDays: 3650 })
  await stateOf(running.sync, isComplete)
  const found = await series({ hours: 24 * 30, bucket: 'day', tz: 'UTC' })
  const requests = found.anomalies.filter(({ figure }) => figure === 'requests')
  expect(requests).toHaveLength(1)
  expect(found.starts[requests[0]!.index]).toBe(`${at.slice(0, 10)}T00:00:00.000Z`)
  expect(requests[0]).toMatchObject({ direction: 'above', value: found.all.requests[requests[0]!.index] })
  expect(requests[0]!.reason).toMatch(/^[\d,]+ requests, [\d.]+ times its usual: the last \d+ \w+days had/)
})

test('more points than can be drawn are refused with a way out', async () => {
  await expect(series({ hours: 24 * 70, bucket: 'hour' })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(/^The window has 1,68\d points by hour/),
  })
})

test('what the copy does not reach is said to be missing, and is never compared', async () => {
  const coverage = [{ fromUs: (nowMs - 20 * dayMs) * 1000, toUs: (nowMs + 1) * 1000 }]
  const partly = { ...atThatMoment(running.replica), coverage: () => coverage }
  const sync = { state: () => ({ ...running.sync.state(), syncTarget: daysAgo(90) }) }
  const workspaces = { open: () => ({ replica: partly, sync }) } as unknown as Workspaces
  const partial = createTrendsApi(workspaces, { timeZone: () => 'UTC', retentionDays: () => 90, now: () => nowMs })
  const found = await partial.series(trendInput.parse({ from: daysAgo(30), to: daysAgo(0), bucket: 'day' }), context)
  expect(found.missing).toEqual([{ from: daysAgo(30), to: daysAgo(20) }])
  expect(found.previous.isWhole).toBe(false)
})
