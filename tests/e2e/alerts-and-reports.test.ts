import { mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../fakes/eventually'
import { runSql } from '../fakes/test-postgres'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { accessibilityFindings, openCostsApp, type CostsApp } from './costs-app'
import { seedSql } from './seed'

/** The screen of reports in Chromium over the real app, and the files that come of it beside the screens and SQL. */
let costs: CostsApp
let watched: WatchedPage
const noSignal = { signal: undefined }
const out = (directory: string): string => join(directory, 'reports-out')

beforeAll(async () => {
  costs = await openCostsApp('reports', seedSql, (directory) => {
    mkdirSync(out(directory))
    return { NEXUS_REPORTS_DIR: out(directory) }
  })
  await costs.app.api.settings.update({ timeZone: 'UTC' }, noSignal)
})

afterEach(() => watched?.page.close())

afterAll(() => costs?.close())

async function open(colorScheme: 'light' | 'dark' = 'light') {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/costs/reports`, { colorScheme })
  return watched.page
}

/** Yesterday in UTC, as the database counts it. */
async function yesterday() {
  const [row] = await runSql(
    costs.databaseUrl,
    `SELECT date_trunc('day', now(), 'UTC') - interval '1 day' AS "from", date_trunc('day', now(), 'UTC') AS "to"`,
  )
  return { from: (row!['from'] as Date).toISOString(), to: (row!['to'] as Date).toISOString() }
}

test('a report is made in the form, previewed and run, and its figures are those of the screens and of SQL', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'New report' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New report' })
  await dialog.getByLabel('Name').fill('Morning costs')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Choose a folder or a webhook.').waitFor()
  await dialog.getByRole('combobox', { name: /^How often/ }).click()
  await page.getByRole('option', { name: 'Every day' }).click()
  await dialog.getByLabel('Time').fill('08:15')
  for (const format of ['CSV', 'Parquet']) await dialog.getByLabel(format).check()
  await dialog.getByLabel('The server’s reports folder').check()
  await dialog.getByLabel('Folder in it').fill('acme')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Every day at 08:15, of the day before').waitFor()
  await page.getByText('HTML, CSV, Parquet to acme').waitFor()

  const { from, to } = await yesterday()
  const { allocation } = await costs.app.api.costs.allocation({ from, to, rows: 'domain', columns: 'model' }, noSignal)
  const dollars = allocation.total.costUsd.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
  const [counted] = await runSql(
    costs.databaseUrl,
    `SELECT count(*)::int AS requests, count(*) FILTER (WHERE response_body->>'type' = 'error')::int AS errors,
      count(DISTINCT domain)::int AS domains
    FROM requests WHERE timestamp >= $1 AND timestamp < $2`,
    [from, to],
  )
  await page.getByRole('button', { name: 'Preview Morning costs' }).click()
  const preview = page.getByRole('dialog', { name: /^Morning costs: / })
  const rowOf = (name: string) => preview.getByRole('row', { name: new RegExp(`^${name} `) }).first()
  await rowOf('Cost').getByRole('cell', { name: dollars, exact: true }).first().waitFor()
  await rowOf('Requests')
    .getByRole('cell', { name: String(counted!['requests']), exact: true })
    .first()
    .waitFor()
  await rowOf('Errors')
    .getByRole('cell', { name: String(counted!['errors']), exact: true })
    .first()
    .waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await preview.getByRole('button', { name: 'Close' }).last().click()

  await page.getByRole('button', { name: 'Run Morning costs now' }).click()
  const history = page.getByRole('list', { name: 'Reports that were made' })
  await history.getByText('Delivered').waitFor()
  const folder = join(out(costs.directory), 'acme')
  const stem = `morning-costs-${from.slice(0, 10)}`
  expect((await readdir(folder)).toSorted()).toEqual([`${stem}.csv`, `${stem}.html`, `${stem}.parquet`])
  expect(await readFile(join(folder, `${stem}.html`), 'utf8')).toContain(`<td class="n">${dollars}</td>`)

  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  for (const file of [`read_csv('${join(folder, `${stem}.csv`)}')`, `'${join(folder, `${stem}.parquet`)}'`]) {
    const sums = await connection.runAndReadAll(
      `SELECT section, sum("costUsd")::DOUBLE AS usd, sum(requests)::INTEGER AS requests FROM ${file}
      WHERE section IN ('summary', 'allocation') GROUP BY section`,
    )
    for (const row of sums.getRowObjects()) {
      expect(row['usd']).toBeCloseTo(allocation.total.costUsd, 9)
      expect(row['requests']).toBe(counted!['requests'])
    }
    const errors = await connection.runAndReadAll(
      `SELECT sum(errors)::INTEGER AS n FROM ${file} WHERE section = 'errors'`,
    )
    expect(errors.getRowObjects()[0]!['n']).toBe(counted!['errors'])
  }
  connection.closeSync()
  await watched.expectClean()
})

test('a report is turned off, removed and brought back', async () => {
  const page = await open()
  const menu = page.getByRole('button', { name: 'What to do with Morning costs' })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Turn off' }).click()
  await page.getByText('Off', { exact: true }).waitFor()
  await menu.click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByText('No report yet').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Every day at 08:15, of the day before').waitFor()
  await eventually(async () =>
    expect((await costs.app.api.reports.list(undefined, noSignal)).plans[0]!.plan.isOn).toBe(false),
  )
  await watched.expectClean()
})

test.each(['light', 'dark'] as const)('the screen has no accessibility finding, %s', async (colorScheme) => {
  const page = await open(colorScheme)
  await page.getByText('Every day at 08:15, of the day before').waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'New report' }).first().click()
  await page.getByRole('dialog', { name: 'New report' }).waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await watched.expectClean()
})
