import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { runSql } from '../fakes/test-postgres'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { accessibilityFindings, openCostsApp, type CostsApp } from './costs-app'
import { seedSql } from './seed'

/** The screen of trends in Chromium, over the real app and a real PostgreSQL. */
let opened: CostsApp
let watched: WatchedPage

/**
 * Forty days of tool calls in an even rhythm, a surge three days ago, and a domain that a spreadsheet would run. A row
 * every twenty minutes, the next ten minutes from now: none comes to the edge of a window of whole days meanwhile.
 */
const rhythm = `
  INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, response_body, response_time_ms, request_type)
  SELECT md5('rhythm' || i)::uuid, date_trunc('day', now(), 'UTC') - (i / 60 + 1) * interval '24 hours' + (i % 60) * interval '20 minutes'
      + (extract(epoch FROM now())::bigint + 600) % 1200 * interval '1 second',
    (ARRAY['acme.com', 'globex.io', '=1+1'])[1 + i % 3], 'claude-sonnet-4-5-20250929', 1000, 100,
    jsonb_build_object('type', 'message', 'stop_reason', 'tool_use', 'usage', jsonb_build_object('input_tokens', 1000,
      'output_tokens', 100, 'cache_read_input_tokens', 3000), 'content', jsonb_build_array(
        jsonb_build_object('type', 'tool_use', 'id', 'toolu_1', 'name', (ARRAY['Read', 'Bash'])[1 + i % 2]))), 500 + i % 60, 'inference'
  FROM generate_series(0, 2399) AS i;
  INSERT INTO requests (request_id, timestamp, domain, model)
  SELECT md5('surge' || i)::uuid, date_trunc('day', now(), 'UTC') - interval '72 hours' + interval '13 hours' + i * interval '1 second', 'acme.com', 'claude-sonnet-4-5-20250929'
  FROM generate_series(1, 900) AS i`

beforeAll(async () => {
  opened = await openCostsApp('trends', `${seedSql}; ${rhythm}`)
})
afterEach(() => watched?.page.close())
afterAll(() => opened?.close())

async function open(query = '?window=30d', options: Parameters<typeof openWatchedPage>[2] = {}): Promise<Page> {
  watched = await openWatchedPage(opened.browser, `${opened.host.url}/trends${query}`, { height: 2600, ...options })
  await chartOf(watched.page, 'requests').locator('canvas').waitFor()
  await chartOf(watched.page, 'tool calls').locator('canvas').waitFor()
  return watched.page
}

const chartOf = (page: Page, title: string) => page.getByRole('application', { name: `Chart of ${title}.` })
const panelOf = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })
const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0)

async function sqlCount(condition: string): Promise<number> {
  const [row] = await runSql(opened.databaseUrl, `SELECT count(*)::int AS rows FROM requests WHERE ${condition}`)
  return row!.rows as number
}

async function numbersOf(page: Page, title: string, column: string): Promise<number[]> {
  await page.getByRole('button', { name: `Show ${title} as a table` }).click()
  const table = panelOf(page, title).getByRole('table')
  const heads = await table.getByRole('columnheader').allTextContents()
  const at = heads.indexOf(column)
  expect(heads, title).toContain(column)
  const cells = await table.locator(`tbody tr > :nth-child(${at + 1})`).allTextContents()
  return cells.map((cell) => Number(cell.replaceAll(/[^\d.]/g, '')))
}

test('the figures of the charts are what PostgreSQL says', async () => {
  const page = await open()
  const within = `timestamp >= now() - interval '720 hours'`
  expect(total(await numbersOf(page, 'Requests', 'Requests'))).toBe(await sqlCount(within))
  expect(total(await numbersOf(page, 'Errors', 'Errors'))).toBe(
    await sqlCount(`${within} AND response_body ->> 'type' = 'error'`),
  )
  expect(total(await numbersOf(page, 'Stop reasons', 'tool_use'))).toBe(
    await sqlCount(`${within} AND response_body ->> 'stop_reason' = 'tool_use'`),
  )
  expect(total(await numbersOf(page, 'Tool calls', 'Bash'))).toBe(
    await sqlCount(`${within} AND response_body @> '{"content":[{"name":"Bash"}]}'`),
  )
  await page.getByRole('button', { name: 'Show the hours of the week as a table' }).click()
  const cells = await panelOf(page, 'Hours of the week').locator('tbody td').allTextContents()
  expect(total(cells.map((cell) => Number(cell.replaceAll(',', ''))))).toBe(await sqlCount(within))
  await watched.expectClean()
})

test('dragging over a chart zooms all of them, and going back undoes it', async () => {
  const page = await open()
  const box = (await chartOf(page, 'cost').boundingBox())!
  await page.mouse.move(box.x + box.width * 0.3, box.y + 80)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + 90, { steps: 5 })
  await page.mouse.up()
  await page.waitForURL(/from=.*to=/)
  const { searchParams } = new URL(page.url())
  const days = (Date.parse(searchParams.get('to')!) - Date.parse(searchParams.get('from')!)) / 86_400_000
  expect(days).toBeGreaterThan(4)
  expect(days).toBeLessThan(16)
  await page.goBack()
  await page.waitForURL((url) => !url.searchParams.has('from'))
  await chartOf(page, 'requests').locator('canvas').waitFor()
  await watched.expectClean()
})

test('a bar opens its requests, by pointer and by keyboard', async () => {
  const page = await open()
  const chart = chartOf(page, 'errors')
  await chart.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/conversations\?/)
  const { searchParams } = new URL(page.url())
  expect(searchParams.get('errors')).toBe('1')
  const [from, to] = [searchParams.get('from'), searchParams.get('to')]
  const errors = await sqlCount(`timestamp >= '${from}' AND timestamp < '${to}' AND response_body ->> 'type' = 'error'`)
  const { total: listed } = await opened.app.api.conversations.list(
    { from: from!, to: to!, errorsOnly: true, limit: 1 },
    { signal: undefined },
  )
  expect(listed).toBe(errors)
  await page.goBack()
  await chartOf(page, 'requests').locator('canvas').waitFor()
  const box = (await chartOf(page, 'requests').boundingBox())!
  await page.mouse.click(box.x + box.width * 0.4, box.y + 100)
  await page.waitForURL(/\/conversations\?.*from=/)
  await watched.expectClean()
})

test('by domain a series is hidden by a click, and the figures as CSV and JSON hold no formula', async () => {
  const page = await open()
  await page.getByRole('combobox', { name: /^Split/ }).click()
  await page.getByRole('option', { name: 'By domain' }).click()
  const series = panelOf(page, 'Requests').getByRole('button', { name: 'globex.io' })
  await series.click()
  expect(await series.getAttribute('aria-pressed')).toBe('false')

  const save = async (kind: string) => {
    await page.getByRole('button', { name: 'Save Requests' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: kind }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(new RegExp(`^requests-.*\\.${kind.toLowerCase()}$`))
    return readFile(await download.path())
  }
  const [head, ...lines] = (await save('CSV')).toString().trim().split('\r\n')
  const columns = head!.split(',')
  expect(columns).toContain(`'=1+1`)
  const acme = columns.indexOf('acme.com')
  const inWindow = `timestamp >= now() - interval '720 hours' AND domain = 'acme.com'`
  expect(total(lines.map((line) => Number(line.split(',')[acme])))).toBe(await sqlCount(inWindow))
  const { rows } = JSON.parse((await save('JSON')).toString()) as { rows: Record<string, number>[] }
  expect(total(rows.map((row) => row['acme.com'] ?? 0))).toBe(await sqlCount(inWindow))
  const png = await save('PNG')
  expect(png.subarray(0, 4).toString('latin1')).toBe('\u0089PNG')
  expect(png.length).toBeGreaterThan(10_000)
  const svg = (await save('SVG')).toString()
  expect(svg).toMatch(/^<svg[^]*<\/svg>\s*$/)
  for (const text of ['Requests', 'acme.com', 'Forecast band']) expect(svg).toContain(`>${text}</text>`)
  await watched.expectClean()
})

test('a surge is marked with why, and a forecast says how it was made and how far it was off', async () => {
  const page = await open()
  const note = page.getByRole('list', { name: 'What stands out in Requests' })
  await note
    .getByText(/requests, [\d.]+ times its usual: the last \d+ \w+ had/)
    .first()
    .waitFor()
  const panel = panelOf(page, 'Requests')
  await panel.getByText(/^Today: about [\d,]+ in all, [\d,]+ to [\d,]+$/).click()
  await panel.getByText(/^Each day is forecast as the mean/).waitFor()
  await panel.getByText(/^Tried on the last \d+ days, it was off by [\d.]+% of a mean day/).waitFor()
})

test('a part of a stack opens its own requests, with the query that stands already', async () => {
  const page = await open('?window=30d&q=domain:acme.com,globex.io')
  const tools = chartOf(page, 'tool calls')
  const { x, y, width, height } = (await tools.boundingBox())!
  // Ten days back, in the middle of a bar, just above the axis: the lowest part of the stack.
  const plot = { left: x + 52, width: width - 62 }
  const at = { x: plot.left + (plot.width * 20.5) / 31, y: y + height - 30 }
  await page.mouse.move(at.x - 5, at.y)
  await page.mouse.move(at.x, at.y)
  await page.mouse.click(at.x, at.y)
  await page.waitForURL(/\/conversations\?/)
  expect(new URL(page.url()).searchParams.get('q')).toMatch(/^\(domain:acme\.com,globex\.io\) tool:"(Read|Bash)"$/)
  await watched.expectClean()
})

test('the timeline of the overview is zoomed in the same way', async () => {
  watched = await openWatchedPage(opened.browser, `${opened.host.url}/?window=30d`)
  const { page } = watched
  const timeline = page.getByRole('application', { name: /^Timeline of requests/ })
  await timeline.locator('canvas').waitFor()
  const box = (await timeline.boundingBox())!
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 4 })
  await page.mouse.up()
  await page.waitForURL(/from=.*to=/)
  await page.goBack()
  await page.waitForURL((url) => !url.searchParams.has('from'))
  await watched.expectClean()
})

test('g t leads here with the window, and an empty window says so', async () => {
  const page = await open()
  await page.goto(`${opened.host.url}/?window=7d`)
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.waitForURL(/\/trends\?window=7d/)
  await page.goto(`${opened.host.url}/trends?domain=nobody.example`)
  await page.getByText('No requests').first().waitFor()
  await watched.expectClean()
})

test.each(['light', 'dark'] as const)('the screen has no accessibility finding, %s', async (colorScheme) => {
  const page = await open('?window=30d', { colorScheme })
  expect(await accessibilityFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Show Requests as a table' }).click()
  await page.getByRole('button', { name: 'Show the hours of the week as a table' }).click()
  expect(await accessibilityFindings(page)).toEqual([])
  await watched.expectClean()
})
