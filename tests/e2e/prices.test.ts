import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../fakes/eventually'
import { runSql } from '../fakes/test-postgres'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { accessibilityFindings, openApp, openCostsApp, untilRead, type CostsApp } from './costs-app'
import { seedSql } from './seed'

/** The price ledger in Chromium, over the real app and a real PostgreSQL: figures are those that SQL counts. */
let costs: CostsApp
let watched: WatchedPage

const unknown = `UPDATE requests SET model = 'gpt-4o' WHERE model LIKE 'claude-opus%'`

beforeAll(async () => {
  costs = await openCostsApp('prices', `${seedSql}; ${unknown}`)
})

afterEach(() => watched?.page.close())

afterAll(() => costs?.close())

const noSignal = { signal: undefined }

async function open(path = 'prices'): Promise<Page> {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/${path}`)
  await watched.page.getByRole('heading', { name: 'Price list' }).waitFor()
  return watched.page
}

/** Costs of all that is stored, once nothing is being priced anew. */
async function total(app = costs.app): Promise<{ costUsd: number; unpricedRequests: number }> {
  await eventually(async () => expect((await app.api.prices.get(undefined, noSignal)).repricing).toBeNull())
  const { costUsd, unpricedRequests } = await app.api.usage.stats({ hours: 7 * 24 }, noSignal)
  return { costUsd, unpricedRequests }
}

async function sql(query: string): Promise<number> {
  const [row] = await runSql(costs.databaseUrl, query)
  return Number(row!['n'])
}

/** As the own price below has it: input 2.5, output 10, cache read 1.25. */
const ownCost = `SELECT sum((2.5 * coalesce(input_tokens, (response_body->'usage'->>'input_tokens')::int, 0)
  + 10 * coalesce(output_tokens, (response_body->'usage'->>'output_tokens')::int, 0)
  + 1.25 * coalesce((response_body->'usage'->>'cache_read_input_tokens')::int, 0)) / 1e6) AS n
  FROM requests WHERE model = 'gpt-4o'`
const ownCount = `SELECT count(*) AS n FROM requests WHERE model = 'gpt-4o' AND (input_tokens IS NOT NULL
  OR output_tokens IS NOT NULL OR response_body->'usage' IS NOT NULL)`

test('a price for an unpriced model is found from the costs, shown before it holds, applied to the history, undone', async () => {
  const before = await total()
  const unpriced = await sql(ownCount)
  expect(before.unpricedRequests).toBe(unpriced)

  watched = await openWatchedPage(costs.browser, `${costs.host.url}/costs?window=7d`)
  const { page } = watched
  await page.getByRole('region', { name: 'Without a price' }).getByRole('link', { name: 'Add a price' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add own price' })
  expect(await dialog.getByLabel('Model').inputValue()).toBe('gpt-4o')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await dialog.getByText('Dollars per million tokens.').first().waitFor()
  await dialog.getByLabel('Input').fill('2.5')
  await dialog.getByLabel('Output').fill('10')
  await dialog.getByLabel('Cache read').fill('1.25')
  await dialog.getByRole('button', { name: 'Keep' }).click()

  await page.getByRole('button', { name: 'Show the difference' }).click()
  const difference = page.getByRole('dialog', { name: 'What the changes make of the history' })
  await difference.getByText(/^\d+ of 600 requests get another cost/).waitFor()
  await difference.getByText(`Before: ${unpriced} requests unpriced. After: all priced.`).waitFor()
  await difference.getByRole('rowheader', { name: 'gpt-4o' }).first().waitFor()
  expect(await total()).toEqual(before)
  await difference.getByRole('button', { name: 'Apply' }).click()
  await page.getByRole('region', { name: 'Your own prices' }).first().getByText('gpt-4o').waitFor()

  const after = await total()
  expect(after.unpricedRequests).toBe(0)
  expect(after.costUsd - before.costUsd).toBeCloseTo(await sql(ownCost), 9)

  await page.getByRole('button', { name: 'Go back to the former prices' }).click()
  await page.getByText('None. Add one for a model').waitFor()
  expect(await total()).toEqual(before)
  await watched.expectClean()
})

test('a discount of a domain is taken off its costs alone, and still holds after a restart', async () => {
  const before = await costs.app.api.usage.domains({ hours: 7 * 24 }, noSignal)
  const page = await open()
  await page.getByRole('button', { name: 'Add a discount' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add discount' })
  await dialog.getByRole('button', { name: /^Domain/ }).click()
  await page.getByRole('option', { name: 'acme.com' }).click()
  await dialog.getByLabel('Percent off').fill('12.5')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('button', { name: 'Show the difference' }).click()
  const apply = page.getByRole('dialog').getByRole('button', { name: 'Apply' })
  await apply.click()
  await page.getByText('The prices hold', { exact: true }).waitFor()
  await total()
  const after = await costs.app.api.usage.domains({ hours: 7 * 24 }, noSignal)
  for (const { domain, costUsd } of before.items) {
    const now = after.items.find((item) => item.domain === domain)!.costUsd
    expect(now, domain ?? 'none').toBeCloseTo(domain === 'acme.com' ? costUsd * 0.875 : costUsd, 8)
  }
  await watched.expectClean()

  const wanted = await total()
  await costs.app.close()
  costs.app = await openApp(costs.databaseUrl, costs.directory)
  await untilRead(costs.app)
  expect(await total()).toEqual(wanted)
  expect((await costs.app.api.prices.get(undefined, noSignal)).own.discounts).toHaveLength(1)
  await costs.app.api.prices.undo(undefined, noSignal)
})

test('a price file shows what it changes, and one that cannot be used says why', async () => {
  const page = await open()
  const release = JSON.parse(await readFile('resources/claude-prices.json', 'utf8')) as {
    models: { id: string; periods: { output: number }[] }[]
  }
  const haiku = release.models.find(({ id }) => id === 'claude-haiku-4-5')!
  haiku.periods[0]!.output = 6
  const path = join(costs.directory, 'newer-prices.json')
  await writeFile(path, JSON.stringify(release))
  await page.getByLabel('Price file').setInputFiles(path)
  await page.getByRole('button', { name: 'Show the difference' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Always: output $5 becomes $6.').waitFor()
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await page.getByText(/The list newer-prices.json/).waitFor()
  await total()
  await page.getByRole('button', { name: 'Back to the release’s' }).click()
  await page.getByRole('button', { name: 'Discard' }).click()

  await writeFile(path, '{"schema_version": 1}')
  await page.getByLabel('Price file').setInputFiles(path)
  await page.getByRole('button', { name: 'Show the difference' }).click()
  await dialog.getByText(/^The price file cannot be used: rules/).waitFor()
  await costs.app.api.prices.undo(undefined, noSignal)
})

test('costs can be shown in another currency, at the rate of a day', async () => {
  const page = await open()
  await page.getByRole('button', { name: /^Currency/ }).click()
  await page.getByRole('combobox', { name: 'Search: Currency' }).fill('CHF')
  await page.getByRole('option', { name: /^CHF/ }).click()
  await page.getByLabel('For one US dollar').fill('0.8')
  await page.getByLabel('Rate of the day').fill('2026-11-20')
  await page.getByRole('button', { name: 'Show costs so' }).click()
  await page.getByText('Costs are shown in CHF at 0.8 for a US dollar, as of 20 November 2026.').waitFor()
  await page.goto(`${costs.host.url}/costs?window=7d`)
  const { costUsd } = await total()
  const shown = (0.8 * costUsd).toFixed(2)
  await page
    .getByRole('row', { name: /^Total/ })
    .getByText(`CHF ${shown}`)
    .waitFor()
  await page.getByText('CHF, at 0.8 for a US dollar on 2026-11-20').waitFor()
  await costs.app.api.settings.update({ currency: null }, noSignal)
})

test.each(['light', 'dark'] as const)('the dialogs have no accessibility finding, %s', async (colorScheme) => {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/prices`, { colorScheme })
  const { page } = watched
  await page.getByRole('button', { name: 'Add a price' }).click()
  await page.getByLabel('Other rates for long prompts').check()
  expect(await accessibilityFindings(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add a discount' }).click()
  await page.getByRole('dialog', { name: 'Add discount' }).waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
})
