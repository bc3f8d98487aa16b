import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runSql } from '../fakes/test-postgres'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { openCostsApp, type CostsApp } from './costs-app'
import { seedSql } from './seed'

/** Charts and their figures as files, over the real app and a real PostgreSQL; those of trends and costs are beside their screens. */
let opened: CostsApp
let watched: WatchedPage
/** A page without a policy, that reads pictures as another program would. */
let viewer: Page
const noSignal = { signal: undefined }

/** A name that a spreadsheet would run, a model with no price, and a budget. */
const peculiar = `
  UPDATE requests SET domain = '=1+1,"x"' WHERE request_id = md5('request1')::uuid;
  UPDATE requests SET model = 'an-unknown-model' WHERE request_id = md5('request2')::uuid`

beforeAll(async () => {
  opened = await openCostsApp('charts', `${seedSql}; ${peculiar}`)
  viewer = await opened.browser.newPage()
  await opened.app.api.budgets.save(
    {
      budgets: [
        { id: 'one', target: { kind: 'domain', key: 'acme.com' }, monthlyUsd: 5, entered: null, webhookIds: [] },
      ],
    },
    noSignal,
  )
}, 90_000)
afterEach(() => watched?.page.close())
afterAll(() => opened?.close())

async function open(path: string, options: Parameters<typeof openWatchedPage>[2] = {}): Promise<Page> {
  watched = await openWatchedPage(opened.browser, `${opened.host.url}/${path}`, { height: 1600, ...options })
  watched.page.setDefaultTimeout(15_000)
  return watched.page
}

async function save(page: Page, button: string, kind: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: button, exact: true }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: kind, exact: true }).click(),
  ])
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

/** Lines of a CSV without quoted breaks, by the names of their columns. */
async function saveCsv(page: Page, button: string): Promise<Record<string, string>[]> {
  const { bytes } = await save(page, button, 'CSV')
  const [head, ...lines] = bytes.toString().trimEnd().split('\r\n').map(fieldsOf)
  return lines.map((line) => Object.fromEntries(line.map((field, at) => [head![at]!, field])))
}

function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  )
}

const sum = (rows: Record<string, string>[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column]), 0)

/** Checks the picture as a browser reads it: its size, that something is drawn, and for SVG that it can do nothing. */
async function expectPictures(page: Page, button: string, texts: string[]): Promise<void> {
  const png = await save(page, button, 'PNG')
  const drawn = await viewer.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const colours = new Set<number>()
    for (let at = 0; at < data.length; at += 4) colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
    return { width: image.width, height: image.height, colours: colours.size }
  }, png.bytes.toString('base64'))
  expect(drawn).toMatchObject({ width: 1920, height: 840 })
  expect(drawn.colours).toBeGreaterThan(20)

  const svg = await save(page, button, 'SVG')
  const read = await viewer.evaluate((text) => {
    const document = new DOMParser().parseFromString(text, 'image/svg+xml')
    const elements = [...document.querySelectorAll('*')]
    return {
      root: document.documentElement.localName,
      size: [document.documentElement.getAttribute('width'), document.documentElement.getAttribute('height')],
      scripted: elements.filter(
        (element) =>
          ['script', 'foreignObject', 'parsererror'].includes(element.localName) ||
          element.getAttributeNames().some((name) => name.startsWith('on')),
      ).length,
      links: elements.flatMap((element) =>
        ['href', 'xlink:href']
          .flatMap((name) => element.getAttribute(name) ?? [])
          .filter((to) => !to.startsWith('data:image/')),
      ),
      texts: [...document.querySelectorAll('text')].map((element) => element.textContent),
    }
  }, svg.bytes.toString())
  expect(read).toMatchObject({ root: 'svg', size: ['960', '420'], scripted: 0, links: [] })
  const shown = read.texts.join('\n')
  for (const text of texts) expect(shown).toContain(text)
  expect(svg.name.replace(/svg$/, '')).toBe(png.name.replace(/png$/, ''))
}

test('the timeline of the overview: its figures are those that are shown, and PostgreSQL’s', async () => {
  const page = await open('?window=7d')
  await page
    .getByRole('application', { name: /^Timeline of requests/ })
    .locator('canvas')
    .first()
    .waitFor()
  const rows = await saveCsv(page, 'Save Timeline of requests')
  const cells = await page
    .getByRole('table', { name: /^Requests, tokens, cost/ })
    .locator('tbody td')
    .allTextContents()
  const shown = cells.map((cell) => Number(cell.replaceAll(/[^\d.]/g, '')))
  const saved = rows.flatMap((row) =>
    ['Requests', 'Input tokens', 'Output tokens', 'Cost USD', 'Failed'].map((column) => Number(row[column])),
  )
  expect(shown).toHaveLength(saved.length)
  for (const [at, value] of shown.entries()) expect(saved[at]).toBeCloseTo(value, 5)
  const [counted] = await runSql(
    opened.databaseUrl,
    `SELECT count(*)::int AS requests, sum(input_tokens)::int AS tokens,
       count(*) FILTER (WHERE response_body ->> 'type' = 'error')::int AS failed FROM requests`,
  )
  expect([sum(rows, 'Requests'), sum(rows, 'Input tokens'), sum(rows, 'Failed')]).toEqual(Object.values(counted!))
  // Stretches follow each other without a gap.
  for (const [at, row] of rows.entries()) if (at > 0) expect(row['From']).toBe(rows[at - 1]!['To'])
  await expectPictures(page, 'Save Timeline of requests', ['Timeline of requests', 'failed', 'Errors'])
  await watched.expectClean()
})

test('the timeline by domain has a column for each, and no formula', async () => {
  const page = await open('?window=7d&model=claude-haiku-4-5-20251001')
  await page.getByRole('combobox', { name: /^Stack/ }).click()
  await page.getByRole('option', { name: 'By domain' }).click()
  await page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name: 'Cost', exact: true }).click()
  const button = 'Save Timeline of cost by domain'
  const rows = await saveCsv(page, button)
  const names = Object.keys(rows[0]!).filter((name) => name.endsWith(': cost'))
  expect(names).toContain(`'=1+1,"x": cost`)
  for (const row of rows) {
    const parts = names.reduce((total, name) => total + Number(row[name]), 0)
    expect(parts).toBeCloseTo(Number(row['Cost USD']), 8)
  }
  expect(sum(rows, 'Cost USD')).toBeGreaterThan(0)
  const { bytes } = await save(page, button, 'JSON')
  const json = JSON.parse(bytes.toString()) as { title: string; rows: Record<string, unknown>[] }
  expect(json.title).toBe('Timeline of cost by domain')
  expect(json.rows.map((row) => row['acme.com: cost'])).toEqual(
    rows.map((row) => expect.closeTo(Number(row['acme.com: cost']), 8)),
  )
  await expectPictures(page, button, ['acme.com', 'globex.io', '=1+1,"x"', 'haiku-4-5'])
})

test('the models as a ring with its figures', async () => {
  const page = await open('?window=7d', { colorScheme: 'dark' })
  await page.getByRole('region', { name: 'Models', exact: true }).locator('canvas').first().waitFor()
  const rows = await saveCsv(page, 'Save Models')
  const counted = await runSql(
    opened.databaseUrl,
    'SELECT model, count(*)::int AS requests FROM requests GROUP BY model',
  )
  expect(Object.fromEntries(rows.map((row) => [row['Model'], Number(row['Requests'])]))).toEqual(
    Object.fromEntries(counted.map(({ model, requests }) => [model, requests])),
  )
  expect(rows.find((row) => row['Model'] === 'an-unknown-model')).toMatchObject({
    'Cost USD': '0',
    'Unpriced requests': '1',
  })
  await expectPictures(page, 'Save Models', ['600', 'an-unknown-model', 'sonnet-4-5'])
  const domains = await saveCsv(page, 'Save Top domains')
  expect(sum(domains, 'Requests')).toBe(600)
  expect(domains.map((row) => row['Domain'])).toContain('no domain')
  await watched.expectClean()
})

test('the hours of the week, the budgets and the movers', async () => {
  const trends = await open('trends?window=7d')
  await trends
    .getByRole('application', { name: /^Field of the hours/ })
    .locator('canvas')
    .first()
    .waitFor()
  const hours = await saveCsv(trends, 'Save Hours of the week: requests')
  expect(hours).toHaveLength(168)
  expect(sum(hours, 'requests')).toBe(600)
  await expectPictures(trends, 'Save Hours of the week: requests', ['Mon', 'Hours of the week: requests'])
  await trends.close()

  const budgets = await open('costs/budgets')
  const [budget] = await saveCsv(budgets, 'Save Budgets')
  const { states } = await opened.app.api.budgets.report(undefined, noSignal)
  expect(budget).toMatchObject({ Budget: 'acme.com', Of: 'domain', 'Monthly USD': '5' })
  expect(Number(budget!['Spent USD'])).toBeCloseTo(states[0]!.spentUsd, 8)
  await budgets.close()

  const costs = await open('costs?window=24h')
  const movers = await saveCsv(costs, 'Save Movers by domain')
  for (const row of movers) {
    expect(Number(row['Cost USD']) - Number(row['Cost before USD'])).toBeCloseTo(Number(row['Difference USD']), 7)
  }
  expect(movers.map((row) => row['Domain'])).toContain('acme.com')
})

test('what the model read in a conversation', async () => {
  const { items } = await opened.app.api.conversations.list({ hours: 168, domain: 'acme.com', limit: 1 }, noSignal)
  const page = await open(`conversation/${items[0]!.id}`)
  const button = 'More about this request in its conversation'
  const [row] = await saveCsv(page, button)
  expect(row).toMatchObject({ Request: items[0]!.id, 'Input tokens': String(items[0]!.inputTokens) })
  expect(Number(row!['Context tokens'])).toBe(
    items[0]!.inputTokens! + items[0]!.cacheReadTokens! + items[0]!.cacheWriteTokens!,
  )
  await expectPictures(page, button, ['Context by request', 'Fresh input', 'acme.com'])
  await watched.expectClean()
})
