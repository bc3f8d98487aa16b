import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runSql } from '../fakes/test-postgres'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { accessibilityFindings, openCostsApp, type CostsApp } from './costs-app'
import { seedSql } from './seed'

/** The screen of costs in Chromium, over the real app and a real PostgreSQL. */
let costs: CostsApp
let watched: WatchedPage

/** A domain that a spreadsheet would run, a model without a price, and one that is retired. */
const peculiar = `
  UPDATE requests SET domain = '=1+1,"x"' WHERE request_id = md5('request1')::uuid;
  UPDATE requests SET model = 'an-unknown-model' WHERE request_id = md5('request2')::uuid;
  UPDATE requests SET model = 'claude-opus-4-20250514' WHERE request_id = md5('request3')::uuid`

beforeAll(async () => {
  costs = await openCostsApp('costs', `${seedSql}; ${peculiar}`)
})

afterEach(() => watched?.page.close())

afterAll(() => costs?.close())

async function open(query = '', options: Parameters<typeof openWatchedPage>[2] = {}) {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/costs?window=7d${query}`, options)
  await watched.page.getByRole('row', { name: /^Total/ }).waitFor()
  return watched.page
}

test('rows of the table have the requests that PostgreSQL counts, and lead to them', async () => {
  const page = await open()
  const counts = await runSql(
    costs.databaseUrl,
    `SELECT domain, count(*)::int AS requests FROM requests GROUP BY domain`,
  )
  for (const { domain, requests } of counts) {
    const row = page.getByRole('row', { name: (domain as string | null) ?? 'no domain' })
    await row.getByRole('link', { name: new RegExp(`^${String(requests)} requests? of`) }).waitFor()
  }
  await page.getByRole('link', { name: /requests of globex.io/ }).click()
  await page.waitForURL(/\/conversations\?/)
  expect(new URL(page.url()).searchParams.get('domain')).toBe('globex.io')
  await watched.expectClean()
})

test('the table can be turned to other axes', async () => {
  const page = await open()
  await page.getByRole('combobox', { name: /^Rows/ }).click()
  await page.getByRole('option', { name: 'By day' }).click()
  await page.getByRole('columnheader', { name: 'Day', exact: true }).waitFor()
  await page.getByRole('combobox', { name: /^Columns/ }).click()
  await page.getByRole('option', { name: 'across domains' }).click()
  await page.getByRole('columnheader', { name: 'globex.io' }).waitFor()
  await page.getByRole('combobox', { name: /^Columns/ }).click()
  expect(await page.getByRole('option').allTextContents()).toEqual([
    'No columns',
    'across domains',
    'across teams',
    'across models',
  ])
})

test('what has no price and what is near its end are named', async () => {
  const page = await open()
  await page.getByRole('region', { name: 'Without a price' }).getByRole('link', { name: 'an-unknown-model' }).waitFor()
  await page.getByRole('region', { name: 'Models near their end' }).getByText('1 request in this window').waitFor()
})

test('the table as CSV and JSON has the same figures, and no formula', async () => {
  const page = await open()
  const save = async (kind: string) => {
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: kind }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(new RegExp(`^costs-domain-by-model-.*\\.${kind.toLowerCase()}$`))
    return readFile(await download.path(), 'utf8')
  }
  const lines = (await save('CSV')).split('\r\n')
  const { allocation } = await costs.app.api.costs.allocation(
    { hours: 7 * 24, rows: 'domain', columns: 'model' },
    { signal: undefined },
  )
  expect(lines.length).toBe(1 + allocation.rows.length + 1 + 1)
  expect(lines.find((line) => line.includes('1+1'))).toMatch(/^"'=1\+1,""x""",/)
  const { costUsd, requests } = allocation.total
  expect(lines.at(-2)).toContain(`Total,${costUsd.toFixed(9)},1,${requests},`)
  const { rows } = JSON.parse(await save('JSON')) as { rows: Record<string, unknown>[] }
  expect(rows.at(-1)).toMatchObject({ 'Cost USD': costUsd, Share: 1, Requests: requests })
  expect(rows.slice(0, -1).map((row) => row['Cost USD'])).toEqual(allocation.rows.map((row) => row.total.costUsd))
  await watched.expectClean()
})

test('the prices in force can be read, with their sources', async () => {
  const page = await open()
  await page.getByRole('link', { name: 'prices in force' }).click()
  await page.getByRole('searchbox', { name: 'Find a model' }).fill('haiku-4-5')
  const row = page.getByRole('row', { name: /claude-haiku-4-5/ })
  const model = costs.app.api.costs.prices(undefined, { signal: undefined })
  const { rows, sources } = (await model).models.find(({ id }) => id.startsWith('claude-haiku-4-5'))!
  await row.getByRole('cell', { name: `$${rows[0]!.outputUsd.toFixed(2)}`, exact: true }).waitFor()
  await row.getByText('Sources').click()
  await row.getByText(sources[0]!.url).waitFor()
  await watched.expectClean()
})

test('paper gets the whole table and no frame', async () => {
  const page = await open()
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('complementary', { name: 'Workspace' }).isVisible()).toBe(false)
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isVisible()).toBe(false)
  await page.getByRole('heading', { name: /^Costs of/ }).waitFor()
})

test.each([
  ['costs', 'light'],
  ['costs', 'dark'],
  ['prices', 'light'],
  ['prices', 'dark'],
] as const)('the screen of %s has no accessibility finding, %s', async (screen, colorScheme) => {
  const page = await open('', { colorScheme })
  if (screen === 'prices') await page.getByRole('link', { name: 'prices in force' }).click()
  await page.getByRole('heading', { level: 2 }).first().waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await watched.expectClean()
})
