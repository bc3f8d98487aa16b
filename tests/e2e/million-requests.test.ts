import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestList } from '../../src-main/contract/conversations'
import type { Domains, Models, Stats, Timeline } from '../../src-main/contract/usage'
import type { Health } from '../../src-main/contract/workspace'
import { standIn } from '../fakes/electron/launch-desktop'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { fillWithRequests } from '../replica/million-requests'
import { startWebHost, type RunningHost } from './start-web-host'

/*
 * A million requests through the built hosts, as a person would meet them. That every statistic equals SQL over many
 * windows is held in tests/replica/million-requests.test.ts, one layer below.
 */

let postgres: TestPostgres
let databaseUrl: string
let host: RunningHost
const key = 'million'

beforeAll(async () => {
  postgres = await startTestPostgres({ shared_buffers: '512MB', max_wal_size: '4GB' })
  databaseUrl = await postgres.createDatabase('million_hosts')
  await fillWithRequests(databaseUrl, 1_000_000)
})

afterAll(async () => {
  await host?.stop()
  await postgres?.stop()
})

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`${host.origin}/dashboard/api/${path}`, {
    headers: { 'x-dashboard-key': key, accept: 'application/json' },
  })
  return (await answer.json()) as T
}

async function sqlFigures(where: string) {
  const [row] = await runSql(
    databaseUrl,
    `SELECT count(*)::int AS requests, coalesce(sum(input_tokens), 0)::float8 AS "inputTokens",
      coalesce(sum(output_tokens), 0)::float8 AS "outputTokens", count(DISTINCT domain)::int AS "activeDomains"
     FROM requests WHERE ${where}`,
  )
  return row as { requests: number; inputTokens: number; outputTokens: number; activeDomains: number }
}

test('the browser host has the true last day before it has read the rest', async () => {
  const progresses: number[] = []
  host = await startWebHost({ DATABASE_URL: databaseUrl, DASHBOARD_API_KEY: key })
  await expect.poll(async () => (await ask<Health>('health')).database.state, { interval: 10 }).toBe('connected')
  await expect
    .poll(
      async () => {
        const { progress } = (await ask<Health>('health')).replica
        const { from, to, requests, inputTokens, outputTokens, activeDomains } = await ask<Stats>('stats')
        const truth = await sqlFigures(`timestamp >= '${from}' AND timestamp < '${to}'`)
        const shown = { requests, inputTokens, outputTokens, activeDomains }
        progresses.push(progress)
        return { shown, truth, isEmpty: requests === 0 }
      },
      { interval: 20 },
    )
    .toSatisfy(({ shown, truth, isEmpty }) => !isEmpty && JSON.stringify(shown) === JSON.stringify(truth))
  expect(progresses.at(-1)).toBeLessThan(1)
})

test.each(['', 'team-3.example.com'])(
  'over all 90 days stats, timeline, models, domains and list equal SQL, for the domain "%s" or all',
  async (domain) => {
    await expect
      .poll(async () => (await ask<Health>('health')).replica, { interval: 200 })
      .toMatchObject({ progress: 1, syncing: false })
    const query = `hours=2100${domain && `&domain=${domain}`}`
    const { from, to, ...stats } = await ask<Stats>(`stats?${query}`)
    const window = `from=${from}&to=${to}${domain && `&domain=${domain}`}`
    const where = `timestamp >= '${from}' AND timestamp < '${to}'${domain && ` AND domain = '${domain}'`}`
    const truth = await sqlFigures(where)
    expect(stats).toMatchObject(truth)

    const timeline = await ask<Timeline>(`timeline?${window}`)
    const sum = (of: (point: Timeline['points'][number]) => number) =>
      timeline.points.reduce((total, point) => total + of(point), 0)
    expect([sum((point) => point.requests), sum((point) => point.inputTokens)]).toEqual([
      truth.requests,
      truth.inputTokens,
    ])

    const models = await ask<Models>(`models?${window}`)
    expect(models.items.map(({ model, requests }) => [model, requests])).toEqual(
      (
        await runSql(
          databaseUrl,
          `SELECT model, count(*)::int AS n FROM requests WHERE ${where} GROUP BY 1 ORDER BY 2 DESC, 1`,
        )
      ).map((row) => [row['model'], row['n']]),
    )
    const domains = await ask<Domains>(`domains?${window}`)
    expect(domains.items.reduce((total, item) => total + item.requests, 0)).toBe(truth.requests)

    const list = await ask<RequestList>(`conversations?${window}&limit=100`)
    const newest = await runSql(
      databaseUrl,
      `SELECT request_id AS id FROM requests WHERE ${where} ORDER BY timestamp DESC, request_id DESC LIMIT 100`,
    )
    expect(list.items.map((item) => item.id)).toEqual(newest.map((row) => row['id']))
    expect(list.total).toBe(truth.requests)
  },
)

test('the desktop host shows the same last day', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'nexus-million-'))
  const desktop = await standIn.launch({ NEXUS_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl })
  try {
    const page = await desktop.firstWindow()
    const figure = page.locator('section[aria-label="Requests"] [title]').first()
    await expect
      .poll(async () => {
        const { requests } = await sqlFigures(`timestamp >= now() - interval '24 hours'`)
        return ((await figure.getAttribute('title')) ?? '').replaceAll(/\D/g, '') === String(requests)
      })
      .toBe(true)
  } finally {
    await desktop.close()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
})
