import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { budgetReport } from '../../src-main/contract/budgets'
import { runSql } from '../fakes/test-postgres'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { accessibilityFindings, openApp, openCostsApp, untilRead, type CostsApp } from './costs-app'
import { seedSql } from './seed'
import { zoneOfDaytime } from './zone-of-daytime'

/** Teams, budgets and the console's bill in Chromium, over the real app and a real PostgreSQL. */
let costs: CostsApp
let watched: WatchedPage

/** Enough whole days before that a forecast can be made, a few requests each. */
const history = `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body)
  SELECT md5('history' || i)::uuid, now() - make_interval(hours => 3 * i), 'acme.com', 'claude-haiku-4-5-20251001',
    100000, 1000, '{"messages":[]}', '{"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}'
  FROM generate_series(17, 400) AS i`

const noSignal = { signal: undefined }
/** Where the month has begun, and its first day is not about to. */
const zone = zoneOfDaytime()

beforeAll(async () => {
  costs = await openCostsApp('books', `${seedSql}; ${history}`)
  await costs.app.api.settings.update({ timeZone: zone }, noSignal)
})

afterEach(() => watched?.page.close())

afterAll(() => costs?.close())

async function open(path: string): Promise<Page> {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/${path}`)
  return watched.page
}

async function counts(): Promise<Map<string, number>> {
  const rows = await runSql(
    costs.databaseUrl,
    `SELECT coalesce(domain, '') AS domain, count(*)::int AS n FROM requests
    WHERE timestamp >= now() - interval '720 hours' GROUP BY 1`,
  )
  return new Map(rows.map(({ domain, n }) => [String(domain), Number(n)]))
}

test('a team is made of domains, an axis of the allocation, and leads to its requests', async () => {
  const page = await open('costs/teams')
  await page.getByRole('button', { name: 'Add a team' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add team' })
  await dialog.getByLabel('Name').fill('Blue')
  await dialog.getByRole('button', { name: 'acme.com' }).click()
  await dialog.getByRole('button', { name: 'no domain' }).click()
  expect(await dialog.getByLabel('Domains', { exact: true }).inputValue()).toBe('acme.com\n(none)')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('acme.com, no domain').waitFor()

  const n = await counts()
  const { allocation } = await costs.app.api.costs.allocation({ hours: 30 * 24, rows: 'team' }, noSignal)
  const requests = new Map(allocation.rows.map((row) => [row.key, row.total.requests]))
  expect(requests.get('Blue')).toBe(n.get('acme.com')! + n.get('')!)
  expect(requests.get(null)).toBe(n.get('globex.io')! + n.get('initech.dev')!)

  await page.getByRole('link', { name: 'Allocation' }).click()
  await page.getByRole('combobox', { name: /^Rows/ }).click()
  await page.getByRole('option', { name: 'By team' }).click()
  await page
    .getByRole('row', { name: /^Blue/ })
    .getByRole('link', { name: /requests? of Blue/ })
    .click()
  await page.waitForURL(/\/conversations\?/)
  expect(new URL(page.url()).searchParams.get('q')).toBe('domain:"",acme.com')
  const list = await costs.app.api.conversations.list({ hours: 30 * 24, q: 'domain:"",acme.com' }, noSignal)
  expect(list.total).toBe(requests.get('Blue'))
})

test('a budget shows what the month cost, where it ends, and the steps it reached; it outlives a restart', async () => {
  const page = await open('costs/budgets')
  await page.getByRole('button', { name: 'Add a budget' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add budget' })
  await dialog.getByRole('combobox', { name: /^Of/ }).click()
  await page.getByRole('option', { name: 'A domain' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Choose one.').waitFor()
  await dialog.getByRole('button', { name: /^Which/ }).click()
  await page.getByRole('option', { name: 'acme.com' }).click()
  const month = await runSql(costs.databaseUrl, `SELECT date_trunc('month', now(), '${zone}') AS start`)
  const from = (month[0]!['start'] as Date).toISOString()
  const { allocation } = await costs.app.api.costs.allocation(
    { from, to: new Date(Date.now() + 1000).toISOString(), domain: 'acme.com', rows: 'domain' },
    noSignal,
  )
  const spent = allocation.total.costUsd
  await dialog.getByLabel('US dollars a month').fill((spent / 0.9).toFixed(6))
  await dialog.getByRole('button', { name: 'Save' }).click()
  const bar = page.getByRole('img', { name: /^acme.com: 90% of the month’s budget/ })
  await bar.waitFor()
  await page.getByText('80% reached').waitFor()
  await page.getByText(/^Month end: \$/).waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await watched.expectClean()

  const [state] = (await costs.app.api.budgets.report(undefined, noSignal)).states
  expect(state!.spentUsd).toBeCloseTo(spent, 9)
  expect(state!.reached).toEqual([50, 80])
  expect(state!.forecast!.valueUsd).toBeGreaterThanOrEqual(spent)

  await page.close()
  await costs.app.close()
  costs.app = await openApp(costs.databaseUrl, costs.directory)
  await untilRead(costs.app)
  expect((await costs.app.api.budgets.report(undefined, noSignal)).states).toHaveLength(1)
  expect((await costs.app.api.teams.get(undefined, noSignal)).teams).toHaveLength(1)
})

test('a budget is entered in the shown currency, and kept in dollars at the rate of that day', async () => {
  const report = await costs.app.api.budgets.report(undefined, noSignal)
  const before = budgetReport.parse(report).states.map(({ budget }) => budget)
  await costs.app.api.settings.update({ currency: { code: 'EUR', perUsd: 0.5, asOf: '2026-11-20' } }, noSignal)
  try {
    const page = await open('costs/budgets')
    await page.getByRole('button', { name: 'Add a budget' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Add budget' })
    await dialog.getByLabel('EUR a month').fill('400')
    await dialog.getByText('at 0.5 for a US dollar').waitFor()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/of €400\.00/).waitFor()
    const { states } = await costs.app.api.budgets.report(undefined, noSignal)
    const made = states.find(({ budget }) => budget.entered !== null)!
    expect(made.budget).toMatchObject({ monthlyUsd: 800, entered: { code: 'EUR', amount: 400, perUsd: 0.5 } })
    const spent = (made.spentUsd * 0.5).toLocaleString('en-US', { style: 'currency', currency: 'EUR' })
    await page.getByRole('link', { name: `${spent} of €400.00` }).waitFor()

    await costs.app.api.settings.update({ currency: { code: 'EUR', perUsd: 0.8, asOf: '2026-11-24' } }, noSignal)
    await page.reload()
    await page.getByText('Entered as 400 EUR at 0.5 for a US dollar').waitFor()
    await page.getByText(/of €640\.00/).waitFor()
    await watched.expectClean()
  } finally {
    await costs.app.api.settings.update({ currency: null }, noSignal)
    await costs.app.api.budgets.save({ budgets: before }, noSignal)
  }
})

test('the console’s bill is laid beside the costs, day by day and model by model', async () => {
  const days = await runSql(
    costs.databaseUrl,
    `SELECT to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(input_tokens * 1 + output_tokens * 5) / 1e6 AS usd
    FROM requests WHERE md5('history' || 1) IS NOT NULL AND input_tokens = 100000 AND output_tokens = 1000
      AND timestamp < now() - interval '4 days' AND timestamp > now() - interval '8 days' GROUP BY 1 ORDER BY 1`,
  )
  // The first and the last day are cut by the hour.
  const whole = days.slice(1, -1).map(({ day, usd }) => ({ day: String(day), usd: Number(usd) }))
  expect(whole.length).toBeGreaterThan(1)
  const lines = whole.map(({ day, usd }, index) => `${day},Claude Haiku 4.5,${index === 0 ? usd * 2 : usd}`)
  const path = join(costs.directory, 'console.csv')
  await writeFile(path, ['usage_date_utc,model,cost_usd', ...lines, 'nonsense,=1+1,x'].join('\r\n'))
  const page = await open('costs/reconcile')
  await page.getByLabel('Cost file of the console').setInputFiles(path)
  await page.getByText('1 line left out', { exact: false }).waitFor()
  const first = page.getByRole('row', { name: new RegExp(`^${whole[0]!.day}`) })
  await first.getByText('The console has more: requests beside the proxy').waitFor()
  const rows = page.getByRole('region', { name: 'By day and model' }).getByRole('row')
  expect(await rows.count()).toBe(2)
  await page
    .getByRole('radio', { name: 'All' })
    .or(page.getByRole('button', { name: 'All', exact: true }))
    .first()
    .click()
  await expect.poll(() => rows.count()).toBe(1 + whole.length)
  expect(await accessibilityFindings(page)).toEqual([])

  await writeFile(path, 'a,b\n1,2')
  await page.getByLabel('Cost file of the console').setInputFiles(path)
  await page.getByRole('alert').getByText('No column holds a date').waitFor()
  await watched.expectClean()
})

test.each(['light', 'dark'] as const)('teams have no accessibility finding, %s', async (colorScheme) => {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/costs/teams`, { colorScheme })
  await watched.page.getByText('acme.com, no domain').waitFor()
  expect(await accessibilityFindings(watched.page)).toEqual([])
})
