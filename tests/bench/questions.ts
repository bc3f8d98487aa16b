import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Client } from 'pg'
import type { ListQuery, Replica } from '../../src-main/core/ports'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { parseQuery } from '../../src-main/core/search/parse-query'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { allocationPairs } from './allocation-questions'
import {
  briefOverview,
  dailyTrendByModel,
  filteredPage,
  listPage,
  listPageByOffset,
  mostTokensPage,
  responseTimesByModel,
  rowById,
  slowestPage,
  type SqlQuestion,
} from './brief-queries'
import { measureLimits } from './limits'
import { formatMs, formatRatio, measureInTurn, table, type Replicated } from './measure'
import { overviewOf } from './overview-of'

const dayMs = 86_400_000
const rounds = 15
const domain = 'team-02.example.com'
const model = 'claude-haiku-4-5-20251001'

export interface Pair {
  name: string
  sql(): Promise<unknown>
  local(): Promise<unknown>
  /** What the figure should be. */
  goal: string
  isSlow?: boolean
}

/** The same questions to PostgreSQL and to the replica, in turn. */
export async function measureQuestions(replicated: Replicated): Promise<string> {
  const { databaseUrl, directory, sourceKey, rows, days, endMs } = replicated
  const ledger = createLedger(JSON.parse(readFileSync(join(process.cwd(), 'resources/claude-prices.json'), 'utf8')))
  const replica = await openReplica({ directory, sourceKey, ledger, log: silentLog })
  const client = new Client(databaseUrl)
  await client.connect()
  const ask = async (questions: SqlQuestion[]) => {
    for (const { sql, values } of questions) await client.query(sql, values)
  }
  const window = { fromMs: endMs - days * dayMs, toMs: endMs }
  const list = (more: Partial<ListQuery> = {}) =>
    replica.list({ ...window, errorsOnly: false, limit: 50, cursor: undefined, ...more })
  const deepMs = endMs - 60 * dayMs
  const deepId = (await list({ toMs: deepMs })).items[0]!.id
  const deepOffset = Math.floor(rows / 2)
  const { rows: unlisted } = await client.query<{ id: string }>(
    'SELECT request_id AS id FROM requests WHERE timestamp < $1 ORDER BY timestamp DESC OFFSET 5000 LIMIT 1',
    [new Date(deepMs)],
  )
  const unlistedId = unlisted[0]!.id
  const slowest = await list({ sort: { by: 'duration', order: 'desc' } })
  const query = parseQuery('tokens:>20000').query

  const pairs: Pair[] = [
    {
      name: '24 h overview',
      sql: () => ask(briefOverview(endMs)),
      local: () => overviewOf(replica, endMs, 24),
      goal: '100 × at 10 M',
    },
    {
      name: '24 h overview, one domain',
      sql: () => ask(briefOverview(endMs, domain)),
      local: () => overviewOf(replica, endMs, 24, { domain }),
      goal: '100 × at 10 M',
    },
    {
      name: '90-day daily trend by model',
      sql: () => ask([dailyTrendByModel(endMs, days)]),
      local: () => overviewOf(replica, endMs, days * 24, { by: 'model' }),
      goal: '300 × at 10 M',
      isSlow: true,
    },
    {
      name: 'p50, p95, p99 by model, 30 days',
      sql: () => ask([responseTimesByModel(endMs, 30)]),
      local: () => replica.responseTimes({ window: { ...window, fromMs: endMs - 30 * dayMs }, by: 'model' }),
      goal: '50 × at 10 M',
      isSlow: true,
    },
    { name: 'list of 50, newest', sql: () => ask([listPage(endMs)]), local: () => list(), goal: '< 20 ms' },
    {
      name: 'list of 50, 60 days back by key',
      sql: () => ask([listPage(deepMs)]),
      local: () => list({ toMs: deepMs }),
      goal: '< 20 ms',
    },
    {
      name: `list of 50, at row ${deepOffset.toLocaleString('en')} (PostgreSQL by OFFSET)`,
      sql: () => ask([listPageByOffset(deepOffset)]),
      local: () => list({ toMs: deepMs }),
      goal: '< 20 ms',
      isSlow: true,
    },
    {
      name: 'list of 50 of one domain and model, counted',
      sql: () => ask(filteredPage(endMs, days, 'domain = $2 AND model = $3', [domain, model])),
      local: () => list({ domain, model }),
      goal: '< 20 ms',
      isSlow: true,
    },
    {
      name: 'list of 50 with more than 20,000 tokens, counted',
      sql: () =>
        ask(filteredPage(endMs, days, 'coalesce(input_tokens, 0) + coalesce(output_tokens, 0) > $2', [20_000])),
      local: () => list({ query: query! }),
      goal: '< 20 ms',
      isSlow: true,
    },
    {
      name: 'list of 50, slowest first',
      sql: () => ask([slowestPage(endMs, days, 0)]),
      local: () => list({ sort: { by: 'duration', order: 'desc' } }),
      goal: '< 20 ms',
      isSlow: true,
    },
    {
      name: 'its second page',
      sql: () => ask([slowestPage(endMs, days, 50)]),
      local: () => list({ sort: { by: 'duration', order: 'desc' }, cursor: slowest.nextCursor! }),
      goal: '< 20 ms',
      isSlow: true,
    },
    {
      name: 'list of 50, most tokens first',
      sql: () => ask([mostTokensPage(endMs, days)]),
      local: () => list({ sort: { by: 'tokens', order: 'desc' } }),
      goal: '< 20 ms',
      isSlow: true,
    },
    {
      name: 'one row by id that a list has shown',
      sql: () => ask([rowById(deepId)]),
      local: () => replica.rows([deepId]),
      goal: '< 10 ms',
    },
    {
      name: 'one row by id that was never listed',
      sql: () => ask([rowById(unlistedId)]),
      local: () => replica.rows([unlistedId]),
      goal: '< 10 ms',
    },
    ...allocationPairs({ ask, replica, ledger, endMs, days }),
  ]
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  const few = rows >= 10_000_000 ? 3 : rounds
  const measured = await measureInTurn(
    pairs.flatMap(({ name, sql, local, isSlow }) => [
      { name: `${name} sql`, run: sql, ...(isSlow && { rounds: few }) },
      { name: `${name} local`, run: local },
    ]),
    rounds,
  )
  const filters = await measureFilters(replica, endMs)
  delay.disable()
  await client.end()
  await replica.close()
  const limits = await measureLimits(join(directory, sourceKey, 'replica.duckdb'))
  const lines = pairs.map(({ name, goal }) => {
    const sql = measured.get(`${name} sql`)!
    const local = measured.get(`${name} local`)!
    const ratio = formatRatio(sql.medianMs / local.medianMs)
    return [name, formatMs(sql.medianMs), formatMs(local.medianMs), formatMs(local.fastestMs), ratio, goal]
  })
  const header = [
    'question (medians of interleaved runs)',
    'PostgreSQL',
    'replica',
    'replica, fastest',
    'times faster',
    'goal',
  ]
  return [
    table(header, lines),
    limits,
    filters,
    `Longest event loop delay while asking: ${formatMs(delay.max / 1e6)}. Memory of the asking process: ${Math.round(process.memoryUsage().rss / 1_048_576)} MB.`,
  ].join('\n\n')
}

/** Each window is asked once, then with one filter after the other, none of them twice. */
async function measureFilters(replica: Replica, endMs: number): Promise<string> {
  const filters = [
    {},
    { domain },
    { domain: 'team-11.example.com' },
    { model },
    { domain, model },
    { model: 'claude-opus-4-5-20251101' },
  ]
  const lines: string[][] = []
  for (const days of [1, 7, 30, 90]) {
    const firstMs = performance.now()
    await overviewOf(replica, endMs - 7_777, days * 24)
    const first = performance.now() - firstMs
    const times: number[] = []
    for (const filter of filters) {
      const startedMs = performance.now()
      await overviewOf(replica, endMs - 7_777, days * 24, { by: 'model', ...filter })
      times.push(performance.now() - startedMs)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const label = days === 1 ? '24 hours' : `${days} days`
    lines.push([label, formatMs(first), formatMs(sorted[Math.floor(sorted.length / 2)]!), formatMs(sorted.at(-1)!)])
  }
  return table(['window, moved by a few seconds', 'first answer', 'change of filter, median', 'slowest of six'], lines)
}
