import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConversationsApi } from '../../src-main/app/conversations-api'
import { createBodyWork } from '../../src-main/core/bodies/body-work'
import { allColumns } from '../../src-main/core/exports/export-line'
import { doneHere } from '../../src-main/core/remote-work'
import { createCostsApi } from '../../src-main/app/costs-api'
import { createUsageApi } from '../../src-main/app/usage-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import { costInput } from '../../src-main/contract/costs'
import type { UsageToPrice } from '../../src-main/core/pricing/usage-to-price'
import { checkedPrices, toUsage } from '../core/pricing/checked-prices'
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

/*
 * The hand-checked prices once more, as rows and answers of a real PostgreSQL: what is on screen must be what was
 * worked out by hand, however far the figures travelled.
 */

interface StoredCase {
  id: string
  why: string
  usage: UsageToPrice
  usd: number | null
}

/** An answer holds JSON, so attempts that are none cannot be stored. */
const cases: StoredCase[] = checkedPrices
  .filter(([, , , , more]) => more.iterations !== '[{')
  .map((each) => ({ id: randomUUID(), why: each[0], usage: toUsage(each), usd: each[5] }))

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let workspaces: Workspaces

const scope = { from: '2024-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z', tz: 'UTC' }
const noSignal = { signal: undefined }

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  const url = await postgres.createDatabase('checked', briefTable)
  for (const { id, why, usage } of cases) {
    await runSql(
      url,
      `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body)
      VALUES ($1, $2, $3, $4, $5, $6, '{"messages":[]}', $7)`,
      [id, new Date(usage.timestampMs), why, usage.model, usage.inputTokens, usage.outputTokens, answer(usage)],
    )
  }
  running = await startSync(folder.path, url, { retentionDays: 3650 })
  await stateOf(running.sync, isComplete)
  workspaces = { open: () => running, log: undefined } as unknown as Workspaces
})

afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

/** An answer as the Messages API gives it. */
function answer(usage: UsageToPrice): string {
  const write5m = usage.cacheWrite5mTokens ?? 0
  const write1h = usage.cacheWrite1hTokens ?? 0
  return JSON.stringify({
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: 'end_turn',
    usage: {
      cache_read_input_tokens: usage.cacheReadTokens,
      cache_creation_input_tokens: write5m + write1h,
      ...(!usage.cacheWriteSplitUnknown && {
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      }),
      ...(usage.webSearches !== null && { server_tool_use: { web_search_requests: usage.webSearches } }),
      ...(usage.serviceTier !== null && { service_tier: usage.serviceTier }),
      ...(usage.speed !== null && { speed: usage.speed }),
      ...(usage.inferenceGeo !== null && { inference_geo: usage.inferenceGeo }),
      ...(usage.iterations !== null && { iterations: JSON.parse(usage.iterations) as unknown }),
    },
  })
}

function isNear(found: number | null | undefined, usd: number | null): boolean {
  if (found === null || found === undefined || usd === null) return found === usd
  return Math.abs(found - usd) <= 1e-9
}

/** Where a row that used nothing has no price, the sums count it as nothing. */
const sum = (of: StoredCase[]): number => of.reduce((total, { usd }) => total + (usd ?? 0), 0)

test('there are more than sixty, and each has the cost in the list that was worked out by hand', async () => {
  expect(cases.length).toBeGreaterThan(60)
  const rows = await allRows(running.replica, { fromMs: Date.parse(scope.from), toMs: Date.parse(scope.to) })
  const costOf = new Map(rows.map((row) => [row.id, row.costUsd]))
  expect(cases.filter(({ id, usd }) => !isNear(costOf.get(id), usd)).map(({ why }) => why)).toEqual([])
})

test('the reader shows the same cost', async () => {
  const conversations = createConversationsApi(workspaces, ledger, doneHere(createBodyWork()), () => 'UTC')
  const different: string[] = []
  for (const { id, why, usd } of cases) {
    const { cost, request } = await conversations.get({ id }, noSignal)
    if (!isNear(cost.totalUsd, usd) || cost.totalUsd !== request.costUsd) different.push(why)
  }
  expect(different).toEqual([])
})

test('an export has the same cost of each', async () => {
  const path = join(folder.path, 'checked.jsonl')
  const window = { fromMs: Date.parse(scope.from), toMs: Date.parse(scope.to) }
  await running.replica.exportRows(
    { window, errorsOnly: false, ids: undefined },
    { path, format: 'jsonl', columns: allColumns },
  )
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  const exported = lines.map((line) => JSON.parse(line) as { id: string; costUsd: number | null })
  const costOf = new Map(exported.map(({ id, costUsd }) => [id, costUsd]))
  expect(cases.filter(({ id, usd }) => !isNear(costOf.get(id), usd)).map(({ why }) => why)).toEqual([])
})

test('overview and costs add up to the sum of them all', async () => {
  const usage = createUsageApi(workspaces, () => 'UTC')
  const costs = createCostsApi(
    workspaces,
    ledger,
    () => 'UTC',
    () => null,
  )
  const total = sum(cases)
  const { stats, timeline, models, domains } = await usage.overview(scope, noSignal)
  const found = await costs.allocation(costInput.parse({ ...scope, rows: 'domain', columns: 'month' }), noSignal)
  const totals = {
    stats: stats.costUsd,
    timeline: timeline.points.reduce((all, point) => all + point.costUsd, 0),
    models: models.reduce((all, share) => all + share.costUsd, 0),
    domains: domains.reduce((all, share) => all + share.costUsd, 0),
    allocation: found.allocation.total.costUsd,
    months: found.allocation.columns.reduce((all, column) => all + column.total.costUsd, 0),
  }
  for (const [where, usd] of Object.entries(totals))
    expect(isNear(usd, total), `${where}: ${usd}, not ${total}`).toBe(true)
  for (const row of found.allocation.rows) {
    const own = cases.filter(({ why }) => why === row.key)
    expect(isNear(row.total.costUsd, sum(own)), row.key ?? '').toBe(true)
  }
  const unpriced = cases.filter(({ usd }) => usd === null).length
  expect([stats.unpricedRequests, found.allocation.total.unpricedRequests]).toEqual([unpriced, unpriced])
})
