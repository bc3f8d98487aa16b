import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCostsApi } from '../../src-main/app/costs-api'
import { createUsageApi } from '../../src-main/app/usage-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import { costInput, costs, type Costs } from '../../src-main/contract/costs'
import { priceRequest } from '../../src-main/replica/price-request'
import { createTeamOf } from '../../src-main/core/usage/team-of'
import { toUsageToPrice } from '../../src-main/core/pricing/usage-to-price'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { isComplete, ledger, startSync, stateOf, temporaryFolder, type Running } from '../replica/replica-fixture'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let url: string
let ask: (input: Record<string, unknown>) => Promise<Costs>
let usage: ReturnType<typeof createUsageApi>

const rows = 4000
const teamOf = createTeamOf({
  teams: [
    { id: 'a', name: 'Blue', domains: ['team-1.example.com', 'team-2.*'] },
    { id: 'b', name: 'Red', domains: ['team-*.example.com', ''] },
  ],
})
const models = ['claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929', 'claude-opus-4-20250514', 'an-unknown-model']

/** Random requests of 60 days: every column null somewhere, long prompts, batch tier, refused attempts. */
const randomRequests = `
  SELECT setseed(0.42);
  INSERT INTO requests
  SELECT gen_random_uuid(), now() - random() * interval '60 days',
    CASE WHEN random() < 0.9 THEN 'team-' || floor(random() * 6)::int || '.example.com' END,
    CASE WHEN random() < 0.95 THEN (ARRAY['${models.join("','")}'])[1 + floor(random() * 4)::int] END,
    CASE WHEN random() < 0.9 THEN input END, CASE WHEN random() < 0.9 THEN floor(random() * 3000)::int END,
    '{"messages":[{"role":"user","content":"hello"}]}',
    CASE WHEN random() < 0.9 THEN jsonb_build_object('type', 'message', 'content', '[]'::jsonb, 'stop_reason', 'end_turn',
      'usage', jsonb_build_object('input_tokens', input, 'output_tokens', 12, 'cache_read_input_tokens', reads,
        'cache_creation_input_tokens', floor(random() * 9000)::int,
        'service_tier', CASE WHEN random() < 0.2 THEN 'batch' ELSE 'standard' END)
      || CASE WHEN random() < 0.05 THEN jsonb_build_object('iterations', jsonb_build_array(
        jsonb_build_object('type', 'message', 'model', 'claude-opus-4-5-20251101', 'input_tokens', 100,
          'output_tokens', 50, 'cache_read_input_tokens', 2000))) ELSE '{}'::jsonb END) END,
    100, true, 'inference'
  FROM (SELECT floor(random() * 20000)::int AS input,
    CASE WHEN random() < 0.3 THEN floor(random() * 400000)::int ELSE floor(random() * 20000)::int END AS reads
    FROM generate_series(1, ${rows})) AS made`

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  url = await postgres.createDatabase('costs', briefTable)
  await runSql(url, randomRequests)
  running = await startSync(folder.path, url)
  await stateOf(running.sync, isComplete)
  const workspaces = { open: () => ({ replica: running.replica }) } as unknown as Workspaces
  const api = createCostsApi(workspaces, ledger, () => 'UTC', teamOf)
  usage = createUsageApi(workspaces, () => 'UTC')
  ask = async (input) => costs.parse(await api.allocation(costInput.parse(input), { signal: undefined }))
})

afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

const zone = 'Asia/Kathmandu'
const window = { from: new Date(Date.now() - 45 * 86_400_000).toISOString(), to: new Date().toISOString(), tz: zone }

interface Row {
  axisA: string | null
  axisB: string | null
  at: Date
  domain: string | null
  model: string | null
  input: number | null
  output: number | null
  usage: Record<string, never> | null
}

const axisSql: Record<string, string> = {
  domain: 'domain',
  model: 'model',
  ...Object.fromEntries(
    ['day', 'week', 'month'].map((unit) => [
      unit,
      `to_char(date_trunc('${unit}', timestamp, '${zone}') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    ]),
  ),
}

/** The rows as PostgreSQL has them, each with its price by the ledger; grouped in plain JavaScript. */
async function priced(rowAxis: string, columnAxis: string) {
  const found = (await runSql(
    url,
    `SELECT ${axisSql[rowAxis]} AS "axisA", ${axisSql[columnAxis]} AS "axisB", timestamp AS at, domain, model,
      input_tokens AS input, output_tokens AS output, response_body->'usage' AS usage
    FROM requests WHERE timestamp >= $1 AND timestamp < $2`,
    [window.from, window.to],
  )) as unknown as Row[]
  return found.map((row) => {
    const answer = row.usage as Record<string, unknown> | null
    const number = (name: string) => (answer?.[name] ?? null) as number | null
    const toPrice = toUsageToPrice(
      {
        model: row.model,
        domain: row.domain,
        timestampMs: row.at.getTime(),
        inputTokens: row.input,
        outputTokens: row.output,
      },
      answer && {
        inputTokens: number('input_tokens'),
        outputTokens: number('output_tokens'),
        cacheReadTokens: number('cache_read_input_tokens'),
        cacheWrite5mTokens: number('cache_creation_input_tokens'),
        cacheWrite1hTokens: null,
        cacheWriteSplitUnknown: true,
        webSearches: null,
        serviceTier: answer.service_tier as string,
        speed: null,
        inferenceGeo: null,
        iterations: answer.iterations ? JSON.stringify(answer.iterations) : null,
        isError: false,
        stopReason: null,
      },
    )
    const { picoUsd, pricing } = priceRequest(ledger, toPrice)
    return { ...row, picoUsd, isUnpriced: pricing === 1, isPriced: pricing === 0, toPrice }
  })
}

test.each([
  ['domain', 'model'],
  ['model', 'month'],
  ['domain', 'week'],
  ['day', 'domain'],
  ['month', 'model'],
])('costs by %s and %s are those of the rows, cell by cell', async (rowAxis, columnAxis) => {
  const { allocation } = await ask({ ...window, rows: rowAxis, columns: columnAxis })
  const expected = new Map<string, { requests: number; pico: number; unpriced: number; input: number }>()
  const all = await priced(rowAxis, columnAxis)
  for (const row of all) {
    const key = JSON.stringify([row.axisA, row.axisB])
    const sums = expected.get(key) ?? { requests: 0, pico: 0, unpriced: 0, input: 0 }
    sums.requests += 1
    sums.pico += row.picoUsd
    sums.unpriced += row.isUnpriced ? 1 : 0
    sums.input += row.input ?? 0
    expected.set(key, sums)
  }
  const seen = new Set<string>()
  for (const row of allocation.rows) {
    for (const [index, cell] of row.cells.entries()) {
      const key = JSON.stringify([row.key, allocation.columns[index]!.key])
      const sums = expected.get(key)
      expect(cell?.requests, key).toBe(sums?.requests)
      expect(cell?.unpricedRequests, key).toBe(sums?.unpriced)
      expect(cell?.inputTokens, key).toBe(sums?.input)
      if (cell && sums) expect(cell.costUsd).toBeCloseTo(sums.pico / 1e12, 9)
      if (cell) seen.add(key)
    }
    expect(row.total.requests).toBe(row.cells.reduce((sum, cell) => sum + (cell?.requests ?? 0), 0))
  }
  expect([...seen].toSorted()).toEqual([...expected.keys()].toSorted())
  expect(allocation.total.requests).toBe(all.length)
  expect(allocation.total.costUsd).toBeCloseTo(all.reduce((sum, row) => sum + row.picoUsd, 0) / 1e12, 9)
})

test('teams are the sums of their domains, each in the first that names it', async () => {
  const { allocation } = await ask({ ...window, rows: 'team', columns: 'model' })
  const { allocation: byDomain } = await ask({ ...window, rows: 'domain', columns: 'model' })
  expect(new Set(allocation.rows.map(({ key }) => key))).toEqual(new Set(['Blue', 'Red']))
  for (const row of allocation.rows) {
    const own = byDomain.rows.filter(({ key }) => teamOf(key) === row.key)
    expect(own.length).toBeGreaterThan(1)
    expect(row.total.requests).toBe(own.reduce((sum, { total }) => sum + total.requests, 0))
    expect(row.total.costUsd).toBeCloseTo(
      own.reduce((sum, { total }) => sum + total.costUsd, 0),
      9,
    )
    // The query of a team asks for its requests and no others.
    const asked = await ask({ ...window, q: row.query })
    expect(asked.allocation.total.requests).toBe(row.total.requests)
  }
  expect(allocation.total).toEqual(byDomain.total)
})

test('costs by day, domain and model add up to the same total', async () => {
  const [fromMs, toMs] = [Date.parse(window.from), Date.parse(window.to)]
  const middleMs = Math.floor((fromMs + toMs) / 2)
  const cells = await running.replica.costCells({ fromMs, toMs }, [fromMs, middleMs])
  const { allocation } = await ask(window)
  expect(cells.reduce((sum, { requests }) => sum + requests, 0)).toBe(allocation.total.requests)
  expect(cells.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(allocation.total.costUsd, 9)
  const late = await ask({ ...window, from: new Date(middleMs).toISOString() })
  const second = cells.filter(({ bucket }) => bucket === 1)
  expect(second.reduce((sum, { requests }) => sum + requests, 0)).toBe(late.allocation.total.requests)
  expect(new Set(cells.map(({ bucket, domain, model }) => `${bucket} ${domain} ${model}`)).size).toBe(cells.length)
})

test('totals are those of the overview, to the last digit', async () => {
  const found = await ask({ ...window, rows: 'model', columns: 'day' })
  const stats = await usage.stats(window, { signal: undefined })
  const { requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd, unpricedRequests } = stats
  const figures = { requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd, unpricedRequests }
  expect(found.allocation.total).toEqual(figures)
  expect(found.previous).toMatchObject({ costUsd: stats.previous.costUsd, requests: stats.previous.requests })
})

test('cache reads are worth what each request was spared', async () => {
  const { cache } = await ask(window)
  const spared = { tokens: 0, read: 0, fresh: 0 }
  for (const row of await priced('domain', 'model')) {
    const price = row.isPriced ? ledger.priceCacheReads(row.toPrice) : null
    if (!price) continue
    spared.tokens += row.toPrice.cacheReadTokens ?? 0
    spared.read += price.readPico
    spared.fresh += price.freshPico
  }
  expect(spared.read).toBeGreaterThan(0)
  expect(cache.readTokens).toBe(spared.tokens)
  expect(cache.readCostUsd).toBeCloseTo(spared.read / 1e12, 6)
  expect(cache.freshCostUsd).toBeCloseTo(spared.fresh / 1e12, 6)
})

test('what has no price is listed with what it used', async () => {
  const { unpriced, allocation } = await ask(window)
  const [expected] = await runSql(
    url,
    `SELECT coalesce(sum(input_tokens), 0)::int AS "inputTokens", coalesce(sum(output_tokens), 0)::int AS "outputTokens"
    FROM requests WHERE model = 'an-unknown-model' AND response_body->'usage'->'iterations' IS NULL AND timestamp >= $1 AND timestamp < $2`,
    [window.from, window.to],
  )
  expect(unpriced.find(({ model }) => model === 'an-unknown-model')).toMatchObject(expected!)
  expect(unpriced.reduce((sum, { requests }) => sum + requests, 0)).toBe(allocation.total.unpricedRequests)
})

test('movers are the differences to the former window, the largest first', async () => {
  const found = await ask({ from: isoDaysAgo(20), to: isoDaysAgo(0) })
  const former = await ask({ from: isoDaysAgo(40), to: isoDaysAgo(20) })
  const was = new Map(former.allocation.rows.map((row) => [row.key, row.total.costUsd]))
  const expected = found.allocation.rows
    .map(({ key, total }) => ({ key, costUsd: total.costUsd, previousCostUsd: was.get(key) ?? 0 }))
    .toSorted((a, b) => Math.abs(b.costUsd - b.previousCostUsd) - Math.abs(a.costUsd - a.previousCostUsd))
  expect(found.movers.domains).toEqual(expected.slice(0, 8))
  expect(found.movers.models.length).toBeGreaterThan(2)
})

test('a model whose end is announced or past is named with it', async () => {
  const { endingModels } = await ask({ ...window, domain: 'team-1.example.com' })
  const known = ledger.describe('claude-opus-4-20250514')!
  expect(endingModels.find(({ model }) => model === 'claude-opus-4-20250514')).toMatchObject({
    name: known.name,
    endOfLife: known.endOfLife,
    isRetired: known.isRetired,
  })
})

test('a domain that nobody has costs nothing', async () => {
  const { allocation, unpriced, cache } = await ask({ ...window, domain: 'nobody.example', columns: 'model' })
  expect(allocation).toMatchObject({ rows: [], columns: [], total: { requests: 0, costUsd: 0 } })
  expect([unpriced, cache.readTokens]).toEqual([[], 0])
})

test('two times, or the same axis twice, are refused', () => {
  expect(costInput.safeParse({ rows: 'day', columns: 'month' }).success).toBe(false)
  expect(costInput.safeParse({ rows: 'model', columns: 'model' }).success).toBe(false)
})

const nowMs = Date.now()
function isoDaysAgo(days: number): string {
  return new Date(nowMs - days * 86_400_000).toISOString()
}
