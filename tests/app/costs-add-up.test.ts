import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCostsApi } from '../../src-main/app/costs-api'
import { createUsageApi } from '../../src-main/app/usage-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import type { RequestRow } from '../../src-main/contract/conversations'
import { costInput } from '../../src-main/contract/costs'
import { openBodies } from '../../src-main/core/bodies/open-bodies'
import { buildRequestDetail } from '../../src-main/core/bodies/request-detail'
import { requestColumns, requestValues } from '../../src-main/sample/request-columns'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import {
  allRows,
  isComplete,
  ledger,
  startSync,
  stateOf,
  temporaryFolder,
  type Running,
} from '../replica/replica-fixture'
import { sampleRequests } from '../sample/sample-requests'
import { eventually } from '../fakes/eventually'

/*
 * The sample workspace as its generator makes it: what each turn cost must be what its conversation, its domain and the
 * overview add up to, to the picodollar. NEXUS_SAMPLE_HOURS=720 takes the whole month.
 */

const hours = Number(process.env['NEXUS_SAMPLE_HOURS'] ?? 6)
const endMs = Date.parse('2026-11-23T12:00:00Z')
const samples = [...sampleRequests(endMs, hours)].filter(
  ({ timestampMs, largeText }) => timestampMs < endMs && largeText === null,
)
const scope = {
  from: new Date(endMs - (hours + 1) * 3_600_000).toISOString(),
  to: new Date(endMs + 1).toISOString(),
  tz: 'UTC',
}
const noSignal = { signal: undefined }
const waitMs = 120_000 + hours * 5000

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let rows: RequestRow[]

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  const url = await postgres.createDatabase('add_up', briefTable)
  const columns = requestColumns.join(', ')
  for (let start = 0; start < samples.length; start += 200) {
    const part = samples.slice(start, start + 200).map((sample) => {
      const values = requestValues(sample)
      return Object.fromEntries(requestColumns.map((column, i) => [column, values[i]]))
    })
    await runSql(
      url,
      `INSERT INTO requests (${columns}) SELECT (r->>'request_id')::uuid, (r->>'timestamp')::timestamptz, r->>'domain',
        r->>'model', (r->>'input_tokens')::int, (r->>'output_tokens')::int, (r->>'request_body')::jsonb,
        (r->>'response_body')::jsonb, (r->>'response_time_ms')::int, (r->>'stream')::boolean, r->>'request_type'
      FROM jsonb_array_elements($1::jsonb) r`,
      [JSON.stringify(part)],
    )
  }
  running = await startSync(folder.path, url, { retentionDays: 3650, now: () => endMs })
  await stateOf(running.sync, isComplete)
  await eventually(
    async () => {
      expect(await running.replica.unreadRows({ sinceUs: 0, mostRows: 100_000, limit: 1 })).toEqual([])
      expect(await running.replica.domainsToLink()).toEqual([])
    },
    { everyMs: 200 },
  )
  rows = await allRows(running.replica, { fromMs: Date.parse(scope.from), toMs: Date.parse(scope.to) })
}, waitMs + 120_000)

afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

/** A double holds every picodollar of an amount below 9,007 USD. */
const pico = (usd: number): bigint => BigInt(Math.round(usd * 1e12))
const add = (amounts: bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n)
const costOf = (row: RequestRow): bigint => pico(row.costUsd ?? 0)

test('what turns cost is what their conversations cost, each request in one conversation', async () => {
  expect(rows.length).toBe(samples.length)
  const costs = new Map(rows.map((row) => [row.id, costOf(row)]))
  const seen = new Set<string>()
  const totals: bigint[] = []
  for (const { id } of rows) {
    if (seen.has(id)) continue
    const { requests, totals: sums } = (await running.replica.thread(id))!
    expect(pico(sums.costUsd)).toBe(add(requests.map((request) => costs.get(request.row.id)!)))
    expect(sums.requests).toBe(requests.length)
    for (const request of requests) {
      expect(seen.has(request.row.id)).toBe(false)
      seen.add(request.row.id)
    }
    totals.push(pico(sums.costUsd))
  }
  expect(seen.size).toBe(rows.length)
  expect(totals.length).toBeGreaterThan(hours)
  expect(add(totals)).toBe(add(rows.map(costOf)))
})

test('the overview and the domains cost what their turns cost', async () => {
  const workspaces = { open: () => running, log: undefined } as unknown as Workspaces
  const { stats, timeline, models, domains } = await createUsageApi(workspaces, () => 'UTC').overview(scope, noSignal)
  const all = add(rows.map(costOf))
  expect(all).toBeGreaterThan(0n)
  expect(pico(stats.costUsd)).toBe(all)
  expect(add(timeline.points.map(({ costUsd }) => pico(costUsd)))).toBe(all)
  expect(add(models.map(({ costUsd }) => pico(costUsd)))).toBe(all)
  for (const { domain, costUsd } of domains) {
    expect(pico(costUsd)).toBe(add(rows.filter((row) => row.domain === domain).map(costOf)))
  }
  const input = costInput.parse({ ...scope, rows: 'domain', columns: 'model' })
  const { allocation } = await createCostsApi(
    workspaces,
    ledger,
    () => 'UTC',
    () => null,
  ).allocation(input, noSignal)
  expect(pico(allocation.total.costUsd)).toBe(all)
})

test('the parts of each turn add up to it, and the tokens of its messages to its prompt', () => {
  const rowOf = new Map(rows.map((row) => [row.id, row]))
  for (const { id, requestBody, responseBody } of samples) {
    const row = rowOf.get(id)!
    const opened = openBodies({ request: requestBody, response: responseBody })
    const detail = buildRequestDetail({ row, usage: null, opened, ledger, readFrom: 'database', readAt: row.timestamp })
    const { cost, messages, systemTokens, toolsTokens, request, response } = detail
    expect(add(cost.parts.map(({ costUsd }) => pico(costUsd)))).toBe(pico(cost.totalUsd ?? 0))
    expect(pico(cost.totalUsd ?? 0)).toBe(costOf(row))
    const prompt = (request.inputTokens ?? 0) + (request.cacheReadTokens ?? 0) + (request.cacheWriteTokens ?? 0)
    if (prompt > 0) {
      const shares = messages.reduce((sum, { tokens }) => sum + tokens!, systemTokens! + toolsTokens!)
      expect([shares, messages.every(({ tokensEstimated }) => tokensEstimated)]).toEqual([prompt, true])
    }
    if (response.message) expect(response.message.tokens).toBe(request.outputTokens)
  }
})
